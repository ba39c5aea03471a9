import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DamagedStateError } from '../../state-files.ts';
import { ByteReader } from './leveldb-bytes.ts';
import { readLog } from './leveldb-log.ts';
import { checkTable } from './leveldb-table.ts';

/** The fields of a version edit. @source LevelDB, `db/version_edit.cc` */
const TAG = { comparator: 1, log: 2, nextFile: 3, lastSequence: 4, compactPointer: 5, deleted: 6, added: 7, previousLog: 9 };

/** Which files of the directory count; the others are left over, and LevelDB removes them. */
interface Version {
  readonly tables: ReadonlyMap<number, number>;
  /** Logs of this number and above have what is in no table yet. */
  readonly firstLog: number;
  readonly previousLog: number;
}

/**
 * Check all files of a LevelDB that count by their checksums, before it is opened.
 *
 * @remarks LevelDB looks at a checksum only when it reads the block, or never: of its log it drops what is damaged and goes on, a damaged
 * filter hides keys, and without the file `CURRENT` it begins anew and removes everything else.
 * @param directory - exists, and may be empty
 * @throws DamagedStateError
 */
export async function checkLevelDb(directory: string): Promise<void> {
  const names = await readdir(directory);
  const current = join(directory, 'CURRENT');
  if (!names.includes('CURRENT')) {
    if (names.some((name) => /\.(ldb|sst)$|^MANIFEST-/.test(name)))
      throw new DamagedStateError(current, 'it is gone, and the tables are still there');
    return;
  }
  const [manifest] = /^MANIFEST-\d{6,}(?=\n$)/.exec(await readFile(current, 'latin1')) ?? [];
  if (manifest === undefined || !names.includes(manifest))
    throw new DamagedStateError(
      current,
      `it names no manifest: ${names.filter((name) => name.startsWith('MANIFEST-')).join(', ')} is there`,
    );
  const version = versionOf(join(directory, manifest), await readFile(join(directory, manifest)));
  for (const [number, size] of version.tables) {
    const path = join(directory, `${digits(number)}.ldb`);
    if (!names.includes(`${digits(number)}.ldb`)) throw new DamagedStateError(path, `it is gone, and ${manifest} names it`);
    const bytes = await readFile(path);
    if (bytes.length !== size)
      throw new DamagedStateError(path, `it has ${String(bytes.length)} bytes, and ${manifest} says ${String(size)}`);
    checkTable(path, bytes);
  }
  const firstLog = `${digits(version.firstLog)}.log`;
  if (version.firstLog > 0 && !names.includes(firstLog))
    throw new DamagedStateError(join(directory, firstLog), `it is gone, and ${manifest} names it`);
  for (const name of names) {
    const [, number] = /^(\d+)\.log$/.exec(name) ?? [];
    if (number === undefined || (Number(number) < version.firstLog && Number(number) !== version.previousLog)) continue;
    readLog(join(directory, name), await readFile(join(directory, name)));
  }
}

function versionOf(path: string, bytes: Buffer): Version {
  const tables = new Map<number, number>();
  let [firstLog, previousLog] = [0, 0];
  let isWhole = false;
  for (const record of readLog(path, bytes)) {
    const reader = new ByteReader(record);
    while (!reader.isAtEnd) {
      const tag = reader.varint();
      if (tag === TAG.comparator) reader.slice();
      else if (tag === TAG.log) firstLog = reader.varint();
      else if (tag === TAG.previousLog) previousLog = reader.varint();
      else if (tag === TAG.nextFile || tag === TAG.lastSequence) {
        reader.varint();
        isWhole ||= tag === TAG.nextFile;
      } else if (tag === TAG.compactPointer) {
        reader.varint();
        reader.slice();
      } else if (tag === TAG.deleted) {
        reader.varint();
        tables.delete(reader.varint());
      } else if (tag === TAG.added) {
        reader.varint();
        const number = reader.varint();
        tables.set(number, reader.varint());
        reader.slice();
        reader.slice();
      } else throw new DamagedStateError(path, `it has an edit of kind ${String(tag)}, which no LevelDB writes`);
    }
  }
  if (!isWhole) throw new DamagedStateError(path, 'its first edit is gone');
  return { tables, firstLog, previousLog };
}

const digits = (number: number): string => String(number).padStart(6, '0');
