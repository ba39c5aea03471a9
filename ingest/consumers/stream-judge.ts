import { isUtf8 } from 'node:buffer';
import { acceptLine, isRefusal } from '../../domain/accepted-line.ts';
import { refusalOf } from '../../domain/line-patterns.ts';
import { wrongSentAt } from '../../domain/line-rules.ts';
import type { TransactionLine } from '../../domain/transaction-line.ts';
import { isAsWritten, readLineAsWritten } from './lines-as-written.ts';

/** A piece of a stream record that no store takes, with the reason. */
export interface Refused {
  readonly reason: 'NotText' | 'NotJson' | 'InvalidValue';
  readonly message: string;
  /** The piece as it came; in base64 when it is not UTF-8. */
  readonly line: string;
  readonly encoding?: 'base64';
}

/** A stream record, read. */
export interface JudgedRecord {
  /** In their order. */
  readonly lines: readonly TransactionLine[];
  readonly refused: readonly Refused[];
}

const LINE_FEED = 0x0a;

/** Nothing but what JSON allows between values. */
const BLANK = /^[ \t\r]*$/;

/**
 * Which lines of a stream record count. Every consumer asks here, so what one of them refuses, all refuse: whoever may write to the
 * stream can put any bytes on it.
 *
 * @param bytes - NDJSON; the last line may lack its line feed
 */
export function judgeRecord(bytes: Buffer): JudgedRecord {
  const lines: TransactionLine[] = [];
  const refused: Refused[] = [];
  const judge = (text: string) => {
    if (BLANK.test(text)) return;
    const outcome = readLine(text);
    if ('reason' in outcome) refused.push({ ...outcome, line: text });
    else lines.push(outcome);
  };
  if (isUtf8(bytes)) {
    const text = bytes.toString('utf8');
    for (let start = 0; start < text.length;) {
      const written = readLineAsWritten(text, start);
      if (written !== undefined) {
        lines.push(written.line);
        start = written.end;
        continue;
      }
      const feed = text.indexOf('\n', start);
      const end = feed === -1 ? text.length : feed;
      judge(text.slice(start, end));
      start = end + 1;
    }
  } else
    for (const piece of piecesOf(bytes)) {
      if (isUtf8(piece)) judge(piece.toString('utf8'));
      else {
        const message = 'line: write JSON in UTF-8: got bytes that are none';
        refused.push({ reason: 'NotText', message, line: piece.toString('base64'), encoding: 'base64' });
      }
    }
  return { lines, refused };
}

/**
 * The lines of a stream record that count, as `toNdjson` writes them.
 *
 * @returns the very same bytes when there is nothing to change
 */
export const acceptedBytes = (bytes: Buffer): Buffer =>
  isAsWritten(bytes) ? bytes : Buffer.from(toNdjson(judgeRecord(bytes).lines), 'utf8');

/** Accepted lines as they travel the stream and rest in every object: one JSON object and a line feed for each. */
export const toNdjson = (lines: readonly TransactionLine[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

function readLine(text: string): TransactionLine | Pick<Refused, 'reason' | 'message'> {
  let sent: unknown;
  try {
    sent = JSON.parse(text);
  } catch (cause) {
    return {
      reason: 'NotJson',
      message: `line: write one JSON object: ${cause instanceof Error ? cause.message : String(cause)}`,
    };
  }
  const sentAt = (sent as { readonly sentAt?: unknown } | null)?.sentAt;
  const line = acceptLine(sent, typeof sentAt === 'number' ? sentAt : 0);
  if (isRefusal(line)) return { reason: 'InvalidValue', message: line.message };
  const wrong = wrongSentAt(sentAt);
  return wrong === undefined ? line : { reason: 'InvalidValue', message: refusalOf(wrong).message };
}

function* piecesOf(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(LINE_FEED, start);
    yield bytes.subarray(start, end === -1 ? bytes.length : end);
    if (end === -1) return;
    start = end + 1;
  }
}
