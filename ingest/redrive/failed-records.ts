import { GIVEN_UP_PREFIX, UNJUDGED_PREFIX, UNSTORED_PREFIX } from '../../domain/bucket.ts';
import { judgeRecord } from '../consumers/stream-judge.ts';

/** A record as it was on the stream. */
export interface FailedRecord {
  readonly partitionKey: string;
  readonly data: Buffer;
  /** Accepted ones in it. */
  readonly lines: number;
}

/** An object is not what AWS writes of records that were given up. */
export class UnreadableObjectError extends Error {
  override readonly name = 'UnreadableObjectError';
  readonly code = 'UNREADABLE_OBJECT';

  constructor(
    readonly expected: string,
    options?: ErrorOptions,
  ) {
    super(`it is not ${expected}`, options);
  }
}

/** A place of the bucket, and how its objects are read. */
export interface FailurePrefix {
  readonly prefix: string;
  /** @throws UnreadableObjectError */
  read(this: void, text: string): readonly FailedRecord[];
}

/** What is given up, where AWS or the store writer puts it. */
export const FAILURE_PREFIXES: readonly FailurePrefix[] = [
  { prefix: GIVEN_UP_PREFIX, read: batchRecords },
  { prefix: UNJUDGED_PREFIX, read: unjudgedRecords },
  { prefix: UNSTORED_PREFIX, read: unstoredLines },
];

/** Standard base64, filled up: of anything else, Node would read what it can and leave out the rest. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * A batch that a consumer could not take, as Lambda writes it.
 *
 * @source "Retain discarded batch records for a Kinesis Data Streams event source" in Lambda's guide: `payload` is the whole event, as a text
 */
function batchRecords(text: string): readonly FailedRecord[] {
  const expected = "a batch as Lambda gives it up: a JSON object whose payload is an event of the stream's records";
  const { payload } = parsed(text, expected);
  const { Records } = parsed(payload, expected);
  if (!Array.isArray(Records) || Records.length === 0) throw new UnreadableObjectError(expected);
  return Records.map((record: unknown) => {
    const { partitionKey, data } = (record as { kinesis?: { partitionKey?: unknown; data?: unknown } } | null)?.kinesis ?? {};
    if (typeof partitionKey !== 'string' || partitionKey === '') throw new UnreadableObjectError(expected);
    return recordOf(data, expected, partitionKey);
  });
}

/**
 * Records whose judge failed, as Firehose writes them, one JSON object after the other.
 *
 * @remarks They are without their keys: a record goes back under the key that a door would give it.
 * @source "Handle failure in data transformation" in Firehose's guide
 */
function unjudgedRecords(text: string): readonly FailedRecord[] {
  const expected = 'a list of records as Firehose gives them up: JSON objects with rawData, each on a line of its own';
  const records = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => recordOf(parsed(line, expected)['rawData'], expected));
  if (records.length === 0) throw new UnreadableObjectError(expected);
  return records;
}

/** Accepted lines that no table took, as the store writer keeps them: each goes back in a record of its own. */
function unstoredLines(text: string): readonly FailedRecord[] {
  const expected = 'a list of lines as the store writer sets them aside: JSON objects with line, each on a line of its own';
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((one) => {
      const { line } = parsed(one, expected);
      if (typeof line !== 'string') throw new UnreadableObjectError(expected);
      return recordOf(Buffer.from(`${line}\n`).toString('base64'), expected);
    });
}

function recordOf(base64: unknown, expected: string, partitionKey?: string): FailedRecord {
  if (typeof base64 !== 'string' || !BASE64.test(base64)) throw new UnreadableObjectError(expected);
  const data = Buffer.from(base64, 'base64');
  const { lines } = judgeRecord(data);
  const [first] = lines;
  return { partitionKey: partitionKey ?? first?.customerId ?? first?.invoiceNo ?? 'refused', data, lines: lines.length };
}

function parsed(text: unknown, expected: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(String(text));
  } catch (cause) {
    throw new UnreadableObjectError(expected, { cause });
  }
  if (typeof value !== 'object' || value === null) throw new UnreadableObjectError(expected);
  return value as Readonly<Record<string, unknown>>;
}
