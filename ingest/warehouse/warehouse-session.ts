import { PASSING_REFUSALS, type RefusalKind } from '../../warehouse/statements/refusals.ts';
import type { FieldRow } from '../../warehouse/statements/statement.ts';
import type { BatchProgress, DataApi, StatementBatch } from './data-api.ts';
import { requireTime, OutOfTimeError, pauseAfter, timeLeft, type RunClock } from './run-clock.ts';

/** The warehouse refused a batch; nothing of it happened. */
export class StatementRefusedError extends Error {
  override readonly name = 'StatementRefusedError';
  readonly code = 'STATEMENT_REFUSED';
  readonly reason: string;

  constructor(
    readonly batch: string,
    /** The database's own words. */
    reason: string,
    /** Whether it may take the batch another time. */
    readonly isRetryable: boolean,
  ) {
    const words = redactValues(reason);
    super(`the warehouse refused ${batch}: ${words}`);
    this.reason = words;
  }
}

/**
 * What a database says of a failure, without the row and the values that it repeats: it ends in a log, where nobody's data belongs.
 */
function redactValues(words: string): string {
  return words
    .replace(/\s*(?:\bdetail:|\bcontext:|failing row contains|\bkey \()[^]*$/i, '')
    .replace(/(\bsyntax for [^"'\n]*|\bValue |too long for [^"'\n]*)(["'])(?:(?!\2)[^])*\2/g, '$1…');
}

/** The warehouse takes nothing for the time being, whatever it is asked; nothing happened. It goes on by itself later. */
export class WarehouseClosedError extends Error {
  override readonly name = 'WarehouseClosedError';
  readonly code = 'WAREHOUSE_CLOSED';

  constructor(
    readonly batch: string,
    /** The database's own words. */
    readonly reason: string,
  ) {
    super(`the warehouse takes nothing for the time being, and did not take ${batch}: ${reason}`);
  }
}

/** Nobody can tell any more whether a batch happened: look before it is started again. */
export class LostBatchError extends Error {
  override readonly name = 'LostBatchError';
  readonly code = 'LOST_BATCH';

  constructor(
    readonly batch: string,
    options: ErrorOptions,
  ) {
    super(`the warehouse no longer knows the batch ${batch}; it may have happened`, options);
  }
}

/** A batch that has happened. */
export interface FinishedBatch {
  /** All rows of one statement's result. @param statement - its place in the batch, from 0 */
  rows(statement: number): Promise<readonly FieldRow[]>;
}

/** The warehouse, awaited: throttles, a workgroup that wakes up, and conflicts between transactions are waited out. */
export interface WarehouseSession {
  /**
   * Run a batch to its end.
   *
   * @param token - of the first try: when the same batch was started under it before, that one is waited for. The Data API
   * remembers a token for eight hours
   * @throws StatementRefusedError
   * @throws WarehouseClosedError
   * @throws LostBatchError
   * @throws OutOfTimeError when the run ends first; a batch that was started goes on without us
   */
  run(batch: StatementBatch, token?: string): Promise<FinishedBatch>;
}

/** Longest wait of one call, half a lease. @unit seconds @source Redshift Data API reference, WaitTimeSeconds: 30 at most */
const LONGEST_WAIT = 15;
/** What is left of the run when we stop waiting. @unit milliseconds */
const MARGIN = 5000;
/** How often a transaction that lost a conflict is tried. */
const CONFLICTS = 10;

/** Wait for the warehouse through its Data API. @param newToken - a text never used before */
export function warehouseSession(api: DataApi, clock: RunClock, newToken: () => string): WarehouseSession {
  /** Call until the call gets through. @param isBegun - whether the batch is known to the warehouse */
  async function untilThrough<T>(batch: StatementBatch, isBegun: boolean, call: (waitSeconds: number) => Promise<T>): Promise<T> {
    let refusal: unknown;
    for (let attempts = 0; ; attempts++) {
      requireTime(clock, MARGIN + 1000, batch.name, refusal);
      const waitSeconds = Math.min(LONGEST_WAIT, Math.floor((timeLeft(clock) - MARGIN) / 1000));
      try {
        return await call(waitSeconds);
      } catch (cause) {
        refusal = cause;
        const isAbsent = hasErrorName(cause, 'ResourceNotFoundException');
        if (isAbsent && isBegun) throw new LostBatchError(batch.name, { cause });
        // Before a batch has begun, it is the workgroup that is not there, or not yet.
        if (!isAbsent && !passes(cause)) throw cause;
        if (timeLeft(clock) < MARGIN + pauseAfter(attempts)) throw new OutOfTimeError(batch.name, { cause });
        await clock.sleep(pauseAfter(attempts));
      }
    }
  }

  async function toItsEnd(batch: StatementBatch, token: string): Promise<BatchProgress> {
    let progress = await untilThrough(batch, false, (waitSeconds) => api.start(batch, token, waitSeconds));
    const { id } = progress;
    while (progress.status !== 'FINISHED' && (!ENDED.has(progress.status) || progress.error === undefined)) {
      progress = await untilThrough(batch, true, (waitSeconds) => api.look(id, waitSeconds));
    }
    return progress;
  }

  return {
    async run(batch, token) {
      for (let conflicts = 0; ; conflicts++) {
        // What has failed under a token has failed under it for good.
        const given = conflicts === 0 ? token : undefined;
        const { id, status, error = '' } = await toItsEnd(batch, given ?? newToken());
        if (status === 'FINISHED') return { rows: (statement) => untilThrough(batch, true, () => api.rows(id, statement)) };
        const kind = refusalKind(error);
        // It may be the failure of an earlier run that is told here, hours ago.
        if (given !== undefined && kind !== undefined) continue;
        if (kind === 'closed') throw new WarehouseClosedError(batch.name, error);
        if (kind !== 'again' || conflicts === CONFLICTS) throw new StatementRefusedError(batch.name, error, kind !== undefined);
        await clock.sleep(pauseAfter(conflicts));
      }
    },
  };
}

const ENDED: ReadonlySet<BatchProgress['status']> = new Set(['FAILED', 'ABORTED']);

const KINDS = PASSING_REFUSALS.map(({ kind, words }) => ({ kind, words: new RegExp(words, 'i') }));

/** What another try may find, by what the database says; `undefined` when it would find the same. */
export const refusalKind = (words: string): RefusalKind | undefined => KINDS.find((one) => one.words.test(words))?.kind;

/**
 * Refusals of the Data API itself, which knows no more than that it cannot just now.
 *
 * @source Redshift Data API reference, "Errors" of its operations; common errors of AWS
 */
const PASSING = new Set([
  'ThrottlingException',
  'ThrottledException',
  'TooManyRequestsException',
  'ActiveStatementsExceededException',
  'ActiveSessionsExceededException',
  'ActiveWaitingRequestsExceededException',
  'InternalServerException',
  'InternalFailure',
  'QueryTimeoutException',
  'DatabaseConnectionException',
  'ExecuteStatementException',
  'BatchExecuteStatementException',
  'ServiceUnavailableException',
  'ServiceUnavailable',
  'TimeoutError',
]);

/** Whether a call that failed so may get through later. */
function passes(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  if (PASSING.has(cause.name)) return true;
  if (cause.name === 'ValidationException')
    return /resum|not available|unavailable|paused|modifying|creating|endpoint doesn't exist/i.test(cause.message);
  const code = (cause as { code?: unknown }).code;
  return typeof code === 'string' && /^(ECONN|ENOTFOUND|EPIPE|ETIMEDOUT|EAI_AGAIN|UND_ERR)/.test(code);
}

/** Do what may happen twice until it is known to have happened. */
export async function retryLostBatch<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (cause) {
      if (!(cause instanceof LostBatchError)) throw cause;
    }
  }
}

const hasErrorName = (cause: unknown, name: string) => cause instanceof Error && cause.name === name;
