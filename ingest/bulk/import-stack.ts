import type { BulkFile } from './bulk-files.ts';
import type { UnreportedImports } from './unreported.ts';

/** The stack as an import needs it: its bucket, and the job that reads it. */
export interface ImportStack {
  /** Such as `the local stack on /home/me/shop/.local`. */
  readonly name: string;
  /** Where logs are, for whom something failed. */
  readonly logs: string;
  /** The log of one run. */
  logOf(run: string): string;
  /** The ETag of an object, without quotes; `undefined` when there is none. */
  etagOf(key: string): Promise<string | undefined>;
  /** How an object is written, as whoever put it has said; `undefined` when nothing is said. */
  layoutOf(key: string): Promise<string | undefined>;
  /**
   * Put a file in one piece, streaming.
   *
   * @param digest - hex MD5 of its content: S3 refuses anything else
   * @param onBytes - is told how many bytes have gone out
   */
  put(file: BulkFile, digest: string, signal: AbortSignal, onBytes: (bytes: number) => void): Promise<void>;
  /** An object's content as text; `undefined` when there is none. */
  text(key: string): Promise<string | undefined>;
  /** The keys below a prefix. */
  keys(prefix: string): Promise<readonly string[]>;
  /** An object's content, unpacked, as lines; at most so many. */
  packedLines(key: string, most: number): Promise<readonly string[]>;
  /** The latest runs of the job, the newest first. */
  runs(): Promise<readonly JobRun[]>;
  /** Start a run of the job. @param objects - to be done again; none: whatever is pending @returns its id */
  startRun(objects: readonly string[]): Promise<string>;
  /** Imports whose outcome a command began to wait for and has not told, as far as this machine knows. */
  readonly unreported: UnreportedImports;
}

/** A run of the Spark job. */
export interface JobRun {
  readonly id: string;
  /** As Glue has it, such as `RUNNING`. */
  readonly state: string;
  /** What Glue says beside it, such as why a run waits. */
  readonly detail: string | undefined;
  /** Why it failed. */
  readonly error: string | undefined;
}

const ACTIVE = new Set(['WAITING', 'STARTING', 'RUNNING', 'STOPPING']);

/** Whether a run is still to do something, or at it. */
export const isActive = ({ state }: JobRun): boolean => ACTIVE.has(state);

/** The part of a run's id that stands in keys: `jr_` and the digits after it are Glue's. */
export const runInKeys = (id: string): string => id.replace(/^jr_/, '').slice(0, 12);

/** The stack has ended, or has never been there; what it was told to do, it does when it comes back. */
export class StackGoneError extends Error {
  override readonly name = 'StackGoneError';
  readonly code = 'STACK_GONE';

  constructor(
    readonly whose: string,
    options?: ErrorOptions,
  ) {
    super(`${whose} does not answer: start it with npm start, and give the same command again`, options);
  }
}
