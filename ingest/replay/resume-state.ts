import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import type { StoreSnapshot } from '../arrival/stores.ts';
import { Totals } from './totals.ts';
import type { Fingerprint } from './transactions-file.ts';

/** How far a replay came: every row up to `row` is accepted or rejected, and the next row begins another invoice. */
export interface ResumeState {
  readonly row: number;
  readonly totals: Totals;
  /** How long the file of rejected rows was. @unit bytes */
  readonly rejectsBytes: number;
  /** How the stores stood before the first row was sent; absent where they cannot be seen. */
  readonly since?: StoreSnapshot | undefined;
}

/** What a replay must have in common with the one it resumes. */
export interface ReplayIdentity {
  readonly file: Fingerprint;
  /** How its rows are read: lines that were read otherwise are other lines. */
  readonly readAs: string;
  /** Where the lines go, such as the address of the API. */
  readonly target: string;
  /** What is made anew with the target: another one has nothing of what was sent. */
  readonly identity: string;
}

/** The replay cannot go on where it stopped. */
export class ResumeError extends Error {
  override readonly name = 'ResumeError';
  readonly code = 'RESUME';

  constructor(
    readonly path: string,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`${path}: ${reason}; begin anew without --resume (lines that have arrived are not counted twice)`, options);
  }
}

const VERSION = 3;

interface Saved extends ReplayIdentity {
  readonly version: number;
  readonly row: number;
  /** `mills` as text: JSON knows no integers of any size. */
  readonly totals: Omit<Totals, 'mills' | 'accept' | 'add'> & { readonly mills: string };
  readonly rejectsBytes: number;
  readonly since?: StoreSnapshot;
}

/** Remembers on disk how far a replay came; a kill at any moment leaves the old state or the new one. */
export class ResumeFile {
  constructor(
    readonly path: string,
    private readonly undertaking: ReplayIdentity,
  ) {}

  /** `undefined` when no replay of the file was interrupted. @throws ResumeError when it was another file, or went elsewhere */
  read(): ResumeState | undefined {
    const saved = this.saved();
    if (saved === undefined) return undefined;
    const { file, readAs, target, identity } = this.undertaking;
    for (const [fact, name] of [
      ['size', 'size'],
      ['beginning', 'beginning'],
      ['modified', 'time of change'],
    ] as const)
      if (saved.file[fact] !== file[fact])
        throw new ResumeError(
          this.path,
          `the CSV file has changed since (its ${name} was ${String(saved.file[fact])}, is ${String(file[fact])})`,
        );
    if (saved.readAs !== readAs)
      throw new ResumeError(this.path, `that replay read the file as ${saved.readAs}, this one reads it as ${readAs}`);
    if (saved.target !== target)
      throw new ResumeError(this.path, `that replay went to ${saved.target}, this one goes to ${target}`);
    if (saved.identity !== identity)
      throw new ResumeError(this.path, `${target} was begun anew since, and has nothing of what that replay sent`);
    return {
      row: saved.row,
      totals: Object.assign(new Totals(), saved.totals, { mills: BigInt(saved.totals.mills) }),
      rejectsBytes: saved.rejectsBytes,
      since: saved.since,
    };
  }

  /** The row after which an interrupted replay would go on, whatever has changed since. */
  resumeRow(): number | undefined {
    try {
      return this.saved()?.row;
    } catch {
      return undefined;
    }
  }

  write(state: ResumeState): void {
    const { lines, rejected, units, mills, mutations, streamRecords, resent } = state.totals;
    const totals = { lines, rejected, units, mills: String(mills), mutations, streamRecords, resent };
    const { row, rejectsBytes, since } = state;
    const saved: Saved = { version: VERSION, ...this.undertaking, row, totals, rejectsBytes, ...(since && { since }) };
    const draft = `${this.path}.draft`;
    const file = openSync(draft, 'w');
    try {
      writeSync(file, `${JSON.stringify(saved, undefined, 2)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, this.path);
  }

  remove(): void {
    rmSync(this.path, { force: true });
  }

  private saved(): Saved | undefined {
    let text: string;
    try {
      text = readFileSync(this.path, 'utf8');
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
      throw new ResumeError(this.path, 'it cannot be read', { cause });
    }
    try {
      const saved = JSON.parse(text) as Partial<Saved> | null;
      if (saved?.version === VERSION && Number.isSafeInteger(saved.row)) return saved as Saved;
    } catch (cause) {
      throw new ResumeError(this.path, 'it is no JSON', { cause });
    }
    throw new ResumeError(this.path, 'it was not written by this version of replay');
  }
}
