import { closeSync, existsSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import type { RejectedRow } from './packets.ts';

const HEADER = 'Row,Code,Reason,Text\r\n';

/** How a file begins in which an import wrote rejected rows: under the same name, if it was of the same file. */
export const HEADER_OF_IMPORT = 'Reason,Text\r\n';

/** Whether a replay or an import wrote the file that begins like this, so that it may be written over. */
export const isOfRejectedRows = (beginning: string): boolean =>
  beginning.startsWith(HEADER) || beginning.startsWith(HEADER_OF_IMPORT);

/** The file named for rejected rows holds something else. */
export class NotARejectsFileError extends Error {
  override readonly name = 'NotARejectsFileError';
  readonly code = 'NOT_A_REJECTS_FILE';

  constructor(readonly path: string) {
    super(`${path} exists and is no file of rejected rows: name another one with --rejects`);
  }
}

/**
 * The rows that will not arrive, as CSV in UTF-8: number, code, reason, and the row as it stands in the file.
 *
 * @remarks Written in the order of the rows; made when the first row comes, so that no file means no rejected row.
 */
export class RejectedRows {
  private file: number | undefined;
  private length = 0;

  /** @param resumeAt - how much of the file to keep, in bytes; 0 begins anew @throws NotARejectsFileError */
  constructor(
    readonly path: string,
    resumeAt = 0,
  ) {
    if (!existsSync(path)) return;
    const file = openSync(path, 'r+');
    const stats = fstatSync(file);
    const { size } = stats;
    const beginning = Buffer.alloc(HEADER.length);
    readSync(file, beginning, 0, HEADER.length, 0);
    if (!stats.isFile() || (size > 0 && !isOfRejectedRows(beginning.toString()))) {
      closeSync(file);
      throw new NotARejectsFileError(path);
    }
    if (resumeAt === 0 || beginning.toString() !== HEADER) {
      closeSync(file);
      rmSync(path);
      return;
    }
    // What was written after the last saved position will come again.
    this.length = Math.min(size, resumeAt);
    ftruncateSync(file, this.length);
    this.file = file;
  }

  /** How long the file is. */
  get bytes(): number {
    return this.length;
  }

  append(rows: readonly RejectedRow[]): void {
    if (rows.length === 0) return;
    this.file ??= openSync(this.path, 'w');
    const lines = rows.map(({ row, code, reason, text }) => [String(row), code, reason, text].map(quoted).join(','));
    const bytes = Buffer.from(`${this.length === 0 ? HEADER : ''}${lines.join('\r\n')}\r\n`);
    writeSync(this.file, bytes, 0, bytes.length, this.length);
    this.length += bytes.length;
  }

  /** From here on, a crash loses nothing of what was appended. */
  sync(): void {
    if (this.file !== undefined) fsyncSync(this.file);
  }

  close(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }
}

const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
