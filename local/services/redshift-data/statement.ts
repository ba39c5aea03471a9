import type { Fault } from '../../faults.ts';
import type { EncodedResult, ResultFormat } from './result.ts';

export type StatementStatus = 'SUBMITTED' | 'PICKED' | 'STARTED' | 'FINISHED' | 'FAILED' | 'ABORTED';

/** Faults that every statement may meet. */
export type WorkgroupEffect = 'limit-reached' | 'no-connection' | 'conflict' | 'cancelled';

/** The faults of the Data API's operations. */
export type DataApiEffect =
  'throttle' | 'unavailable' | 'unavailable-after' | 'asleep' | 'fail' | 'crash-between' | WorkgroupEffect;

/** How far something that runs has come. */
export class Progress {
  status: StatementStatus = 'SUBMITTED';
  error: string | undefined;
  /** @unit ms since epoch */
  updatedAt: number;
  /** Resolves when it is FINISHED, FAILED or ABORTED. */
  readonly ended: Promise<void>;
  private settle: () => void = () => undefined;

  /** @param createdAt - ms since epoch */
  constructor(
    readonly createdAt: number,
    private readonly now: () => number,
  ) {
    this.updatedAt = createdAt;
    this.ended = new Promise((resolve) => {
      this.settle = resolve;
    });
  }

  get isOver(): boolean {
    return isLast(this.status);
  }

  /** Does nothing once it is over. */
  become(status: StatementStatus, error?: string): void {
    if (this.isOver) return;
    this.status = status;
    this.error = error;
    this.updatedAt = this.now();
    if (isLast(status)) this.settle();
  }
}

const isLast = (status: StatementStatus) => status === 'FINISHED' || status === 'FAILED' || status === 'ABORTED';

/** One SQL text of a request: the only one, or a sub-statement of a batch. */
export class Part extends Progress {
  /** -1: it did not run. @unit ns */
  duration = -1;
  /** Rows of the result, or affected rows; -1: not known. */
  rowCount = -1;
  /** -1: not known. @unit bytes */
  resultSize = -1;
  hasResultSet = false;
  /** Absent: there is none, or it is not kept any more. */
  result: EncodedResult | undefined;

  constructor(
    readonly id: string,
    readonly sql: string,
    createdAt: number,
    now: () => number,
  ) {
    super(createdAt, now);
  }
}

/** The database that a statement runs in, and its user. */
export interface Target {
  readonly workgroupName: string;
  readonly database: string;
  /** The caller that statements and sessions belong to. */
  readonly owner: string;
  /** The user in the database; absent: that of the secret. */
  readonly user: { readonly role: string } | 'administrator' | undefined;
  readonly secretArn: string | undefined;
}

/** A request to run SQL, from its arrival to the day when it is forgotten. */
export interface Statement {
  readonly id: string;
  readonly target: Target;
  readonly name: string | undefined;
  /** Undefined: a single statement. */
  readonly batchMode: 'TRANSACTION' | 'AUTO_COMMIT' | undefined;
  readonly parts: readonly Part[];
  /** Of the whole; that of the only part, unless it is a batch. */
  readonly progress: Progress;
  /** Values by name. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly format: ResultFormat;
  readonly sessionId: string | undefined;
  readonly fault: Fault<DataApiEffect> | undefined;
  /** Aborted when the statement is to end before its time. */
  readonly cancellation: AbortController;
  /** Of the session in the database; 0 before it runs. */
  pid: number;
  /** How many calls wait for it. */
  waiting: number;
}

/** The database user of a caller, as answers name it. */
export function databaseUserOf({ user }: Target): string | undefined {
  if (user === undefined) return undefined;
  return user === 'administrator' ? 'IAM:root' : `IAMR:${user.role}`;
}
