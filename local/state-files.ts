import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { errorText, toError } from './errors.ts';

/** What a person can do about state that is damaged, unless there is something better. */
const REMEDY = 'put back a copy of the data directory, or begin anew with --fresh';

/** State on disk is not what was written: nothing is read from it, because more may be wrong. */
export class DamagedStateError extends Error {
  override readonly name = 'DamagedStateError';
  readonly code = 'DAMAGED_STATE';

  /**
   * @param why - what is wrong with it, such as `its checksum is wrong`
   * @param remedy - what to do
   */
  constructor(
    readonly file: string,
    readonly why: string,
    readonly remedy: string = REMEDY,
    options?: ErrorOptions,
  ) {
    super(`${file} is damaged: ${why}; ${remedy}`, options);
  }
}

/** State could not be written; what was there before is still there, whole. */
export class StateNotWrittenError extends Error {
  override readonly name = 'StateNotWrittenError';
  readonly code = 'STATE_NOT_WRITTEN';

  constructor(
    readonly file: string,
    override readonly cause: Error,
  ) {
    super(`${file} could not be written (${cause.message}): make room on its disk, or give the owner the right to write there`);
  }
}

/** Behind the JSON, on a line of its own. A file of an earlier version has none, and is taken as it is. */
const TRAILER = /\n\/\/ crc32 ([0-9a-f]{8})\n$/;

/**
 * Read a file that `writeState` wrote.
 *
 * @returns undefined when there is none
 * @throws DamagedStateError that names it
 */
export function readState(file: string, remedy?: string): unknown {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return parseState(file, bytes, remedy);
}

/** What is in a file that `writeState` wrote. @throws DamagedStateError that names it */
export function parseState(file: string, bytes: Buffer, remedy?: string): unknown {
  if (bytes.length === 0) throw new DamagedStateError(file, 'it is empty', remedy);
  const [trailer, sum] = TRAILER.exec(bytes.toString('latin1')) ?? [];
  const content = bytes.subarray(0, bytes.length - (trailer?.length ?? 0));
  if (sum !== undefined && sum !== sumOf(content)) throw new DamagedStateError(file, 'its checksum is wrong', remedy);
  try {
    return JSON.parse(content.toString('utf8'));
  } catch (cause) {
    const message = errorText(cause);
    throw new DamagedStateError(file, `it is no JSON (${message.replaceAll('\n', ' ')})`, remedy, { cause });
  }
}

/**
 * Write a file of state in one piece: a reader finds the old content or the new.
 *
 * @param flush - whether it must be on the disk itself when this returns. Not for what is written again and again: there the operating
 * system is enough, as it is for the records themselves
 * @throws StateNotWrittenError
 */
export function writeState(
  file: string,
  content: unknown,
  { flush = true, mode = 0o600 }: { readonly flush?: boolean; readonly mode?: number } = {},
): void {
  const json = Buffer.from(JSON.stringify(content));
  writeFileAtomically(file, Buffer.concat([json, Buffer.from(`\n// crc32 ${sumOf(json)}\n`)]), { flush, mode });
}

/** Write a file in one piece, by a draft beside it. @throws StateNotWrittenError */
export function writeFileAtomically(
  file: string,
  content: Buffer | string,
  { flush = true, mode = 0o600 }: { readonly flush?: boolean; readonly mode?: number } = {},
): void {
  const bytes = Buffer.from(content);
  const draft = `${file}.next`;
  try {
    const descriptor = openSync(draft, 'w', mode);
    try {
      for (let written = 0; written < bytes.length;) written += writeSync(descriptor, bytes, written);
      if (flush) fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(draft, file);
  } catch (error) {
    try {
      rmSync(draft, { force: true });
    } catch {
      // What is wrong with the disk is said by the first error.
    }
    throw new StateNotWrittenError(file, toError(error));
  }
}

function sumOf(bytes: Buffer): string {
  return crc32(bytes).toString(16).padStart(8, '0');
}
