import { EXPECTED } from '../../domain/line-rules.ts';
import type { TransactionLine } from '../../domain/transaction-line.ts';
import table from './judged-lines.json' with { type: 'json' };
import { line } from './lines.ts';

/** A line that every judge must take, or refuse in the same words. */
export interface JudgedLine {
  readonly sent: Omit<TransactionLine, 'sentAt'>;
  /** Why it is refused; absent: it is not. */
  readonly reason?: string;
}

/** What differs from an ordinary line, the first field that is wrong, and what a reason repeats of it. Python reads the table too. */
interface Row {
  readonly line: Partial<TransactionLine>;
  readonly refused?: string;
  readonly got?: string;
}

/** Values at the edges of each rule and beyond, and of rules together. */
export const JUDGED_LINES: readonly JudgedLine[] = (table as readonly Row[]).map(({ line: changes, refused, got = '' }) => {
  const { sentAt: _, ...sent } = line(changes);
  if (refused === undefined) return { sent };
  return { sent, reason: `${refused}: write ${EXPECTED[refused as keyof typeof EXPECTED]}: got "${got}"` };
});
