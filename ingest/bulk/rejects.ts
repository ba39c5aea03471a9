import { closeSync, existsSync, openSync, readSync, writeSync } from 'node:fs';
import { siblingPath } from '../replay/sibling-path.ts';
import { HEADER_OF_IMPORT, isOfRejectedRows, NotARejectsFileError } from '../replay/rejected-rows.ts';
import type { ObjectReport } from './importing.ts';
import type { ImportStack } from './import-stack.ts';

/** A row that the job could not take. */
interface Reject {
  readonly reason: string;
  /** The row as it stands in the file. */
  readonly text: string;
}

/** Rows of a file that are brought back; a file with more is another file. */
const MOST = 100_000;

/** What was rejected of a file, and where it was written. */
export interface RejectsFile {
  readonly path: string;
  readonly rows: number;
  /** The first few. */
  readonly examples: readonly Reject[];
}

/**
 * Write what the job rejected of a file beside it, as CSV in UTF-8: the reason, and the row as it stands in the file.
 *
 * @param examples - how many rows to give back
 * @returns undefined when the job rejected nothing
 * @throws NotARejectsFileError
 */
export async function fetchRejects(
  stack: Pick<ImportStack, 'keys' | 'packedLines'>,
  { file, transformed }: ObjectReport,
  examples: number,
  note: (text: string) => void,
): Promise<RejectsFile | undefined> {
  const prefix = transformed?.rejects ?? undefined;
  if (prefix === undefined || (transformed?.rejected ?? 0) === 0) return undefined;
  const path = siblingPath(file.path, '.rejected.csv', note);
  refuseForeign(path);
  const shown: Reject[] = [];
  let rows = 0;
  const target = openSync(path, 'w');
  try {
    writeSync(target, HEADER_OF_IMPORT);
    for (const key of await stack.keys(prefix)) {
      if (!key.endsWith('.json.gz') || rows >= MOST) continue;
      const rejects = (await stack.packedLines(key, MOST - rows)).map((line) => JSON.parse(line) as Reject);
      writeSync(target, rejects.map(({ reason, text }) => `${quoted(reason)},${quoted(text)}\r\n`).join(''));
      rows += rejects.length;
      shown.push(...rejects.slice(0, examples - shown.length));
    }
  } finally {
    closeSync(target);
  }
  return { path, rows, examples: shown };
}

/** What a person wrote is not written over. */
function refuseForeign(path: string): void {
  if (!existsSync(path)) return;
  const file = openSync(path, 'r');
  const beginning = Buffer.alloc(64);
  const length = readSync(file, beginning, 0, beginning.length, 0);
  closeSync(file);
  const text = beginning.subarray(0, length).toString('latin1');
  if (length > 0 && !isOfRejectedRows(text)) throw new NotARejectsFileError(path);
}

const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
