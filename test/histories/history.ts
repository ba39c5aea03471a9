import fc from 'fast-check';
import { packLines } from '../../domain/stream-record.ts';
import type { TransactionLine } from '../../domain/transaction-line.ts';
import type { JudgedText } from '../support/records-judged.ts';

/** What somebody sends: lines through a door, or a record that a foreign producer puts on the stream. */
export type Sending =
  | { readonly door: 'ours'; readonly lines: readonly TransactionLine[] }
  | { readonly door: 'foreign'; readonly partitionKey: string; readonly texts: readonly JudgedText[]; readonly ended: boolean };

/** What befalls one delivery of a batch. */
export interface Fate {
  /** How many records it has, at most. */
  readonly records: number;
  readonly trouble?: Trouble;
  /** Whether another process gets it than the one that had the batch before. */
  readonly fresh: boolean;
  /** Whether its success is never heard of, so that all of it comes again. */
  readonly again: boolean;
}

/** What befalls the calls of a delivery to its stores. */
export interface Trouble {
  /**
   * `refused`: the calls have no effect. `unanswered`: they have, and fail. `crash-…`: the process is gone, before or after the call had its
   * effect; `late`: what it had on its way arrives when the batch may have come again.
   */
  readonly kind: 'refused' | 'unanswered' | 'crash-before' | 'crash-after' | 'crash-late';
  /** The first call that it befalls, from 0. */
  readonly from: number;
  /** How many calls it befalls, at most: an outage passes. */
  readonly calls: number;
}

/** A sequence of events that nobody thought of. */
export class History {
  constructor(
    readonly sendings: readonly Sending[],
    /** How many processors read the stream side by side. */
    readonly lanes: number,
    /** Of each delivery in turn; the deliveries after them are whole and undisturbed. */
    readonly fates: readonly Fate[],
    /** Which of the calls that wait is let through, each time: the place among them. Afterwards always the first. */
    readonly turns: readonly number[],
  ) {}

  [fc.toStringMethod](): string {
    const sendings = this.sendings.map((sending) => `  ${shownSending(sending)}`);
    const fates = this.fates.map(({ records, trouble, fresh, again }) =>
      [`${records} records`, trouble && `${trouble.kind} ${trouble.from}+${trouble.calls}`, fresh && 'fresh', again && 'again']
        .filter((part) => typeof part === 'string')
        .join(' '),
    );
    return [`${this.lanes} lanes; fates: [${fates.join('; ')}]; turns: [${this.turns.join(',')}]`, ...sendings].join('\n');
  }
}

function shownSending(sending: Sending): string {
  if (sending.door === 'ours') {
    const [first] = sending.lines;
    return sending.lines.length > 8 && first !== undefined
      ? `ours: ${sending.lines.length} lines like ${shownLine(first)}`
      : `ours: ${sending.lines.map(shownLine).join(' | ')}`;
  }
  const texts = sending.texts.map(({ name, ruling }) => ('accepted' in ruling ? `${name}: ${shownLine(ruling.accepted)}` : name));
  return `foreign, key ${sending.partitionKey}: ${texts.join(' | ')}${sending.ended ? '' : ' (no line feed)'}`;
}

const shownLine = (line: TransactionLine) =>
  [line.invoiceNo, line.lineId, line.customerId ?? 'guest', `${line.quantity}x${line.unitPrice}`, line.invoiceDate, line.country]
    .concat(line.stockCode, line.description ?? '-', `@${line.sentAt}`)
    .join(' ');

/** A record on the stream, with what is right to make of it. */
export interface StreamRecord {
  readonly partitionKey: string;
  readonly bytes: Buffer;
  readonly accepted: readonly TransactionLine[];
  readonly refused: readonly JudgedText[];
}

const LINE_FEED = Buffer.from('\n');

/** What a history puts on the stream, in its order. */
export function streamOf({ sendings }: Pick<History, 'sendings'>): StreamRecord[] {
  return sendings.flatMap((sending): StreamRecord[] => {
    if (sending.door === 'ours')
      return packLines(sending.lines).map(({ partitionKey, text, members }) => ({
        partitionKey,
        bytes: Buffer.from(text),
        accepted: members.map((member) => sending.lines[member]!),
        refused: [],
      }));
    const { partitionKey, texts, ended } = sending;
    const bytes = Buffer.concat(texts.flatMap((text) => [text.bytes, LINE_FEED]));
    return [
      {
        partitionKey,
        bytes: ended ? bytes : bytes.subarray(0, -1),
        accepted: texts.flatMap(({ ruling }) => ('accepted' in ruling ? [ruling.accepted] : [])),
        refused: texts.filter(({ ruling }) => 'refused' in ruling),
      },
    ];
  });
}
