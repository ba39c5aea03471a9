import { errorStack, errorText } from '../../errors.ts';
import type { Clock } from '../../clock.ts';
import type { Fault } from '../../faults.ts';
import { StatementError } from '../redshift/service.ts';
import type { RedshiftService, RedshiftSession } from '../redshift/service.ts';
import type { DataSession, DataSessions } from './data-sessions.ts';
import { TEXTS } from './refusals.ts';
import { encodeResult } from './result.ts';
import type { ResultLimits } from './result.ts';
import type { DataApiEffect, Part, Statement, Target } from './statement.ts';
import type { StatementStore } from './statement-store.ts';

/** What is in a secret of Secrets Manager, as far as it concerns a database. */
export interface DatabaseSecret {
  readonly username: string;
  readonly password: string;
}

export interface RunSurroundings {
  readonly redshift: RedshiftService;
  readonly store: StatementStore;
  readonly sessions: DataSessions;
  readonly resultLimits: ResultLimits;
  readonly clock: Clock;
  /** @throws when there is no such secret */
  secretOf(this: void, arn: string): DatabaseSecret | Promise<DatabaseSecret>;
  log(this: void, line: string): void;
  /** Told of each query that failed, with its type, such as `SELECT`. */
  failed(this: void, queryType: string): void;
}

/** How long until a cancellation that came too early for the engine is sent again. @unit ms */
const CANCEL_AGAIN_MS = 50;

/** Runs statements; many at a time, the sub-statements of one after the other. */
export class StatementRuns {
  private readonly running = new Map<Statement, Promise<void>>();

  constructor(private readonly around: RunSurroundings) {}

  /** How many are submitted and not over. */
  get active(): number {
    return this.running.size;
  }

  /** Begin, and return at once; the outcome is in the statement. @param session - one that was taken for it */
  start(statement: Statement, session: DataSession | undefined): void {
    const run = this.run(statement, session)
      .catch((error: unknown) => {
        this.around.log(`redshift-data: statement ${statement.id}: ${errorStack(error)}`);
      })
      .finally(() => this.running.delete(statement));
    this.running.set(statement, run);
  }

  /** End it before its time, unless it is over first. Resolves when it is over. */
  async cancel(statement: Statement): Promise<void> {
    statement.cancellation.abort();
    await statement.progress.ended;
  }

  /** Cancel all, and resolve when nothing runs any more. */
  async close(): Promise<void> {
    for (const { cancellation } of this.running.keys()) cancellation.abort();
    await Promise.all(this.running.values());
  }

  private async run(statement: Statement, session: DataSession | undefined): Promise<void> {
    const { progress, fault, cancellation, target } = statement;
    const { signal } = cancellation;
    let connection: RedshiftSession | undefined;
    let isUsable = false;
    try {
      if (fault?.effect === 'asleep') await this.sleep(fault, signal);
      if (!signal.aborted) {
        progress.become('PICKED');
        connection = session?.connection ?? (await this.connect(target));
        if (session !== undefined) session.connection = connection;
        statement.pid = connection.processId;
        progress.become('STARTED');
        this.passCancellationOn(statement, connection);
        if (statement.batchMode === 'TRANSACTION') await this.runTransaction(statement, connection);
        else await this.runEach(statement, connection);
        isUsable = true;
      }
      end(statement, 'ABORTED', CANCELLED);
    } catch (error) {
      end(statement, signal.aborted ? 'ABORTED' : 'FAILED', textOf(error));
    }
    if (session === undefined) await connection?.close();
    else if (isUsable) await this.around.sessions.release(session);
    else await this.around.sessions.close(session);
  }

  private async sleep({ milliseconds = Infinity, removed }: Fault<DataApiEffect>, cancelled: AbortSignal): Promise<void> {
    await this.around.clock.wait(milliseconds, AbortSignal.any([removed, cancelled]));
  }

  /** A clean session of the database, as the user of the target. */
  async connect({ database, user, secretArn }: Target): Promise<RedshiftSession> {
    const { redshift } = this.around;
    if (secretArn !== undefined) {
      const { username, password } = await this.around.secretOf(secretArn);
      await redshift.checkPassword(database, username, password);
      return redshift.openSession({ database, user: { user: username } });
    }
    if (user === 'administrator' || user === undefined) return redshift.openSession({ database, user: 'administrator' });
    const name = `IAMR:${user.role}`;
    try {
      return await redshift.openSession({ database, user: { user: name } });
    } catch (error) {
      if (!(error instanceof StatementError) || !UNKNOWN_USER.has(error.code)) throw error;
      // As GetCredentials does it: an unknown role becomes a user without rights.
      await redshift.ensureUser(name);
      return redshift.openSession({ database, user: { user: name } });
    }
  }

  private passCancellationOn({ progress, cancellation }: Statement, connection: RedshiftSession): void {
    const cancelUntilOver = async (): Promise<void> => {
      const over = new AbortController();
      void progress.ended.then(() => over.abort());
      while (!progress.isOver) {
        await connection.cancel().catch(() => undefined); // the connection is gone: the run will say so
        await this.around.clock.wait(CANCEL_AGAIN_MS, over.signal);
      }
    };
    cancellation.signal.addEventListener('abort', () => void cancelUntilOver(), { once: true });
  }

  /** All or nothing. */
  private async runTransaction(statement: Statement, connection: RedshiftSession): Promise<void> {
    const { parts, progress, cancellation } = statement;
    await connection.run('BEGIN');
    for (const [index, part] of parts.entries()) {
      if (cancellation.signal.aborted) break;
      if (!(await this.runPart(statement, part, connection))) {
        await connection.run('ROLLBACK');
        const text = part.error ?? '';
        if (part.status === 'ABORTED') end(statement, 'ABORTED', text);
        else end(statement, 'FAILED', `Query #${String(index + 1)} failed with ${text}`);
        return;
      }
      if (crashesAfter(statement, index)) await this.crash(statement, connection);
    }
    // A cancellation that comes later comes too late, unless COMMIT itself fails.
    const isCancelled = cancellation.signal.aborted;
    await connection.run(isCancelled ? 'ROLLBACK' : 'COMMIT');
    if (!isCancelled) progress.become('FINISHED');
  }

  /** Each for itself: the only part of a single statement, or a batch whose sub-statements commit one by one. */
  private async runEach(statement: Statement, connection: RedshiftSession): Promise<void> {
    const { parts, progress, cancellation } = statement;
    const failed: string[] = [];
    for (const [index, part] of parts.entries()) {
      if (cancellation.signal.aborted) return;
      if (!(await this.runPart(statement, part, connection))) failed.push(`#${String(index + 1)}`);
      if (crashesAfter(statement, index)) await this.crash(statement, connection);
    }
    if (failed.length === 0) progress.become('FINISHED');
    else if (!cancellation.signal.aborted) progress.become('FAILED', `Query ${failed.join(', ')} failed`);
  }

  /** @returns whether it finished @throws when the connection is lost */
  private async runPart(statement: Statement, part: Part, connection: RedshiftSession): Promise<boolean> {
    const startedAt = process.hrtime.bigint();
    part.become('STARTED');
    try {
      if (failsAt(statement, part)) throw new Error('ERROR: fault fail');
      const { command, columns, rows, rowCount } = await connection.run(part.sql, statement.parameters);
      part.duration = Number(process.hrtime.bigint() - startedAt);
      if (columns === null) {
        part.rowCount = COUNTS_ROWS.has(command) ? rowCount : 0;
        part.resultSize = 0;
      } else {
        part.result = await encodeResult(columns, rows, statement.format, this.around.resultLimits);
        this.around.store.keep(part);
        part.hasResultSet = true;
        part.rowCount = rows.length;
        part.resultSize = part.result.size;
      }
      part.become('FINISHED');
      return true;
    } catch (error) {
      part.duration = Number(process.hrtime.bigint() - startedAt);
      part.become(statement.cancellation.signal.aborted ? 'ABORTED' : 'FAILED', textOf(error));
      if (part.status === 'FAILED') this.around.failed(queryType(part.sql));
      if (error instanceof StatementError && CONNECTION_LOST.test(error.code)) throw error;
      return false;
    }
  }

  /** The connection breaks, as when a node is replaced: the engine rolls back what was not committed. @throws always */
  private async crash({ target: { database } }: Statement, { processId }: RedshiftSession): Promise<never> {
    const administrator = await this.around.redshift.openSession({ database, user: 'administrator' });
    try {
      await administrator.run(`SELECT pg_terminate_backend(${String(processId)}, 5000)`);
    } finally {
      await administrator.close();
    }
    throw new StatementError('57P01', 'terminating connection due to administrator command');
  }
}

/** As CloudWatch's dimension `QueryType` has it. */
function queryType(sql: string): string {
  const word = (/^\s*(\w+)/.exec(sql)?.[1] ?? '').toUpperCase();
  return word === 'WITH' ? 'SELECT' : word;
}

/** What the engine says when a session is to be of a user that is not there. */
const UNKNOWN_USER: ReadonlySet<string> = new Set(['22023', '28000', '42704']);
/** SQLSTATEs: connection exceptions, and the end of the session or server. */
const CONNECTION_LOST = /^(?:08|57P)/;
/** Commands whose row count means something although they have no result set. */
const COUNTS_ROWS: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'COPY', 'UNLOAD', 'SELECT']);
const CANCELLED = "ERROR: Query cancelled on user's request";

/** Bring everything to an end that is not over. */
function end({ parts, progress }: Statement, status: 'FAILED' | 'ABORTED', text: string): void {
  for (const part of parts) if (part !== progress) part.become('ABORTED', TEXTS.priorQueryFailed);
  progress.become(status, text);
}

const failsAt = ({ fault, parts }: Statement, part: Part) =>
  fault?.effect === 'fail' && parts.indexOf(part) + 1 === Math.min(fault.statement ?? 1, parts.length);

/** Without a number in the rule, the first strike is behind the first statement, the second behind the second, and so on. */
const crashesAfter = ({ fault, parts }: Statement, index: number) =>
  fault?.effect === 'crash-between' && index + 1 === Math.min(fault.statement ?? fault.strike + 1, parts.length);

function textOf(error: unknown): string {
  const message = errorText(error);
  return message.startsWith('ERROR: ') ? message : `ERROR: ${message}`;
}
