import { throttled } from './refusals.ts';

/** What an account may do at once. Absent: no limit, which is the default here. */
export interface Quotas {
  /** Statements that are not over. AWS: 500. */
  readonly activeStatements?: number;
  /** Sessions of a workgroup. AWS: 500. */
  readonly sessions?: number;
  /** Calls that wait for one statement. AWS: not published. */
  readonly waitersPerStatement?: number;
  /** By operation. AWS: for example ExecuteStatement 30, BatchExecuteStatement 20, DescribeStatement 100, GetStatementResult 20. */
  readonly callsPerSecond?: Readonly<Record<string, number>>;
}

/** Lets so many calls a second through, with a second's worth at once after a pause. */
export class CallRate {
  private readonly left = new Map<string, { calls: number; at: number }>();

  /** @param now - ms */
  constructor(
    private readonly perSecond: Readonly<Record<string, number>>,
    private readonly now: () => number,
  ) {}

  /** @throws ServiceError ThrottlingException */
  check(operation: string): void {
    const rate = this.perSecond[operation];
    if (rate === undefined) return;
    const at = this.now();
    const before = this.left.get(operation) ?? { calls: rate, at };
    const calls = Math.min(rate, before.calls + ((at - before.at) / 1000) * rate);
    this.left.set(operation, { calls: calls < 1 ? calls : calls - 1, at });
    if (calls < 1) throw throttled();
  }
}
