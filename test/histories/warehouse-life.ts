import fc from 'fast-check';
import type { TransactionLine } from '../../domain/transaction-line.ts';
import type { JudgedText } from '../support/records-judged.ts';
import { anyLine, anyWriting, writtenText, type Kinds, type Writing } from './arbitrary.ts';

/** Something that the warehouse is brought, in one load, and perhaps once more in the next one. */
export interface Arrival {
  readonly door: 'stream' | 'import';
  readonly writing: Writing;
  readonly load: number;
  readonly again: boolean;
}

/** How many loads there are, the repetitions aside. */
export const LOADS = 2;

/** What one shop of many is brought; the lines of all of them are loaded together. */
export class Life {
  constructor(readonly arrivals: readonly Arrival[]) {}

  [fc.toStringMethod](): string {
    return this.arrivals
      .map(({ door, writing, load, again }) => {
        const { name, ruling } = writtenText(writing);
        const made = 'accepted' in ruling ? JSON.stringify(ruling.accepted) : `no ${ruling.refused}`;
        return `\n  ${door}, load ${load}${again ? ' and the next' : ''}: ${name}: ${made}`;
      })
      .join('');
  }
}

export function lives(kinds: Kinds): fc.Arbitrary<Life> {
  const when = { load: fc.nat({ max: LOADS - 1 }), again: fc.boolean() };
  const stream = fc.record({ door: fc.constant('stream' as const), writing: anyWriting(kinds), ...when });
  // An import has no time of sending, so that whatever the stream says of the same line counts.
  const row = anyLine(kinds).map((line): Writing => ({ line: { ...line, sentAt: 0 }, way: undefined }));
  const file = fc.record({ door: fc.constant('import' as const), writing: row, ...when });
  return fc
    .array(fc.oneof({ weight: 3, arbitrary: stream }, { weight: 1, arbitrary: file }), { minLength: 1, maxLength: 8 })
    .map((arrivals) => new Life(arrivals));
}

/** What arrives at the shop of that number: its invoices and customers are its own, and nothing else is. */
export const ofShop = ({ line, way }: Writing, shop: number): JudgedText =>
  writtenText({
    line: {
      ...line,
      invoiceNo: `${line.invoiceNo}.${shop}`,
      ...(line.customerId === undefined ? {} : { customerId: `${line.customerId}_${shop}` }),
    } satisfies TransactionLine,
    way,
  });
