import { hash as digest } from 'node:crypto';
import { ServiceError } from '../../errors.ts';
import type { JsonCall, JsonOperations } from '../../http/aws-json-server.ts';
import { BinaryValue, EpochTime } from '../../http/aws-values.ts';
import { isRecordData } from './body.ts';
import type { RecordData } from './body.ts';
import { NotBase64Error, encodeFrames } from './frame.ts';
import type { Frames } from './frame.ts';
import { InputCheck, NAME, invalidArgument, serialization } from './input.ts';
import type { Input } from './input.ts';
import { parseSequenceNumber, shardIdOf } from './sequence.ts';
import { streamNameOf } from './state.ts';
import type { KinesisEffect, KinesisState } from './state.ts';
import { hexKey } from './streams.ts';
import type { Shard, Stream } from './streams.ts';

/** @source Kinesis API Reference, PutRecords */
const MAX_RECORDS = 500;
/** Data and partition keys of one PutRecords. @unit bytes @source Kinesis API Reference, PutRecords */
const MAX_REQUEST_BYTES = 10 * 1024 * 1024;
/** @source Kinesis API Reference, GetRecords */
const MAX_READ_RECORDS = 10_000;
const MAX_READ_BYTES = 10 * 1024 * 1024;
const MAX_KEY_LENGTH = 256;
const EXPLICIT_HASH_KEY = '0|([1-9]\\d{0,38})';
const ITERATOR_TYPES = ['AFTER_SEQUENCE_NUMBER', 'AT_SEQUENCE_NUMBER', 'AT_TIMESTAMP', 'LATEST', 'TRIM_HORIZON'];
/** Of the records of a partly failed call, about one in so many fails. */
const FAIL_EVERY = 3;

type RecordFault = JsonCall<KinesisEffect>['fault'];

/** A record that is asked to be written. */
interface Entry {
  readonly partitionKey: string;
  readonly data: RecordData;
  readonly shard: Shard;
}

/** A record as it came, when `checkEntry` found nothing wrong with it. */
interface CheckedRecord {
  readonly PartitionKey: string;
  readonly Data: RecordData;
  readonly ExplicitHashKey?: string | null;
}

type EntryResult =
  { readonly SequenceNumber: string; readonly ShardId: string } | { readonly ErrorCode: string; readonly ErrorMessage: string };

/** The operations that write and read records. */
export function recordOperations(state: KinesisState): JsonOperations<KinesisEffect> {
  return {
    PutRecord: async (input, { fault }) => {
      const check = new InputCheck(input);
      const name = streamNameOf(state, input, check);
      checkEntry(check, input, '');
      check.text('SequenceNumberForOrdering', { pattern: '0|([1-9]\\d{0,128})' });
      check.end(['StreamId', 'DryRun']);
      const stream = state.streams.get(name);
      const entry = toEntry(state, stream, input, 'data');
      if (fault?.effect === 'throttle') {
        state.measure(name, 'WriteProvisionedThroughputExceeded', 1);
        throw throttled(state, stream, entry.shard);
      }
      const [result] = await put(state, stream, [entry], fault);
      if (result !== undefined && 'ErrorCode' in result) throw new ServiceError(result.ErrorCode, result.ErrorMessage, 500);
      return result;
    },

    PutRecords: async (input, { fault }) => {
      const check = new InputCheck(input);
      const name = streamNameOf(state, input, check);
      const records = checkEntries(check, input['Records']);
      check.end(['StreamId', 'DryRun']);
      const stream = state.streams.get(name);
      let bytes = 0;
      const entries = records.map((record, index) => {
        const entry = toEntry(state, stream, record, `records.${String(index + 1)}.member.data`);
        bytes += entry.data.decodedLength + Buffer.byteLength(entry.partitionKey);
        return entry;
      });
      if (bytes > MAX_REQUEST_BYTES) throw invalidArgument('Records size exceeds 10 MB limit');
      const results = await put(state, stream, entries, fault);
      return { FailedRecordCount: results.filter((result) => 'ErrorCode' in result).length, Records: results };
    },

    GetShardIterator: async (input) => {
      const check = new InputCheck(input);
      const shardId = check.requiredText('ShardId', NAME);
      const type = check.requiredText('ShardIteratorType', { values: ITERATOR_TYPES });
      const sequenceNumber = check.text('StartingSequenceNumber', { pattern: '0|([1-9]\\d{0,128})' });
      const time = check.time('Timestamp');
      const streamName = streamNameOf(state, input, check);
      check.end(['StreamId', 'DryRun']);
      const { stream, shard } = shardOf(state, streamName, shardId);
      const position = await startOf(state, stream, shard, { type, sequenceNumber, time });
      return { ShardIterator: state.iterators.write({ streamName, shardId, streamCreatedAt: stream.state.createdAt, position }) };
    },

    GetRecords: async (input, { fault }) => {
      const check = new InputCheck(input);
      const limit = check.integer('Limit', { min: 1, max: MAX_READ_RECORDS }) ?? MAX_READ_RECORDS;
      const iterator = check.requiredText('ShardIterator', { min: 1, max: 1024 });
      check.end(['StreamId', 'DryRun']);
      const place = state.iterators.read(iterator);
      const { stream, shard } = shardOf(state, place.streamName, place.shardId, place.streamCreatedAt);
      if (fault?.effect === 'throttle') throw throttled(state, stream, shard);
      const records = await shard.log.read(place.position, { maxRecords: limit, maxBytes: MAX_READ_BYTES });
      state.measure(place.streamName, 'GetRecords.IteratorAgeMilliseconds', iteratorAge(records, state.now()));
      const last = records.at(-1);
      const position = last === undefined ? place.position : positionOf(last.sequenceNumber) + 1;
      return {
        Records: records.map((record) => ({
          SequenceNumber: record.sequenceNumber,
          ApproximateArrivalTimestamp: new EpochTime(record.arrivedAt),
          Data: new BinaryValue(record.data),
          PartitionKey: record.partitionKey,
        })),
        NextShardIterator: state.iterators.write({ ...place, position }),
        MillisBehindLatest:
          last === undefined || position >= shard.log.nextPosition ? 0 : Math.max(1, state.now() - last.arrivedAt),
      };
    },
  };
}

function checkEntries(check: InputCheck, records: unknown): readonly Input[] {
  if (records === undefined || records === null) return check.missing('Records', []);
  if (!Array.isArray(records)) throw serialization('Expected list or null');
  if (records.length < 1) check.fail("Value '[]' at 'records'", 'Member must have length greater than or equal to 1');
  if (records.length > MAX_RECORDS)
    check.fail("Value at 'records'", `Member must have length less than or equal to ${String(MAX_RECORDS)}`);
  return records.map((record: unknown, index) => {
    if (typeof record !== 'object' || record === null) throw serialization('Expected null');
    checkEntry(check, record as Input, `records.${String(index + 1)}.member.`);
    return record as Input;
  });
}

/** Written for the usual case, in which nothing is wrong: 25 records are checked for each request. */
function checkEntry(check: InputCheck, record: Input, at: string): void {
  const { PartitionKey: key, Data: data, ExplicitHashKey: explicit } = record;
  if (data === undefined || data === null) check.fail(`Value null at '${at}data'`, 'Member must not be null');
  else if (!isRecordData(data))
    throw serialization('the data must be a base64 string, or a byte string in CBOR: it can not be converted to a Blob');
  if (key === undefined || key === null) check.fail(`Value null at '${at}partitionKey'`, 'Member must not be null');
  else if (typeof key !== 'string') throw serialization('the partition key can not be converted to an String');
  else if (key === '') check.fail(`Value '' at '${at}partitionKey'`, 'Member must have length greater than or equal to 1');
  else if (key.length > MAX_KEY_LENGTH) {
    check.fail(
      `Value '${key}' at '${at}partitionKey'`,
      `Member must have length less than or equal to ${String(MAX_KEY_LENGTH)}`,
    );
  }
  if (explicit === undefined || explicit === null) return;
  if (typeof explicit !== 'string') throw serialization('the explicit hash key can not be converted to an String');
  if (!new RegExp(`^(?:${EXPLICIT_HASH_KEY})$`).test(explicit)) {
    check.fail(
      `Value '${explicit}' at '${at}explicitHashKey'`,
      `Member must satisfy regular expression pattern: ${EXPLICIT_HASH_KEY}`,
    );
  }
}

/** @param input - has passed `checkEntry` */
function toEntry(state: KinesisState, stream: Stream, input: Input, dataAt: string): Entry {
  const { PartitionKey: partitionKey, Data: data, ExplicitHashKey: explicit } = input as unknown as CheckedRecord;
  const maxBytes = stream.state.maxRecordSize * 1024;
  if (data.decodedLength > maxBytes) {
    throw new ServiceError(
      'ValidationException',
      `1 validation error detected: Value at '${dataAt}' failed to satisfy constraint: Member must have length less than or equal to ${String(maxBytes)}`,
    );
  }
  return {
    partitionKey,
    data,
    shard: stream.shardOf(typeof explicit === 'string' ? explicitHash(explicit) : digest('md5', partitionKey)),
  };
}

function explicitHash(key: string): string {
  const hash = BigInt(key);
  if (hash < 2n ** 128n) return hexKey(hash);
  throw invalidArgument(
    `Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was ${key}`,
  );
}

/** Write entries, those of one shard in their order and together; the answer has the order of the entries. */
async function put(state: KinesisState, stream: Stream, entries: readonly Entry[], fault: RecordFault): Promise<EntryResult[]> {
  const results = new Array<EntryResult>(entries.length);
  const byShard = new Map<Shard, IndexedEntry[]>();
  for (const [index, entry] of entries.entries()) {
    if (fault && isFailedByFault(fault, index)) {
      const { code, message } = throttled(state, stream, entry.shard);
      state.measure(stream.state.name, 'WriteProvisionedThroughputExceeded', 1);
      results[index] = { ErrorCode: code, ErrorMessage: message };
      continue;
    }
    const placed = byShard.get(entry.shard);
    if (placed) placed.push({ index, entry });
    else byShard.set(entry.shard, [{ index, entry }]);
  }
  for (let copies = fault?.effect === 'duplicate' ? 2 : 1; copies > 0; copies -= 1) {
    // All are framed before one is written: data that are not base64 refuse the request as a whole.
    const framed = [...byShard].map(([shard, placed]) => ({ shard, placed, frames: encodeEntries(state, placed) }));
    await Promise.all(framed.map(({ shard, placed, frames }) => append(shard, placed, frames, results)));
  }
  return results;
}

/** An entry and its place in the request. */
interface IndexedEntry {
  readonly index: number;
  readonly entry: Entry;
}

function encodeEntries(state: KinesisState, placed: readonly IndexedEntry[]): Frames {
  try {
    return encodeFrames(
      placed.map(({ entry }) => entry),
      state.arrival(),
    );
  } catch (cause) {
    if (cause instanceof NotBase64Error) throw serialization(cause.message);
    throw cause;
  }
}

async function append(shard: Shard, placed: readonly IndexedEntry[], frames: Frames, results: EntryResult[]): Promise<void> {
  try {
    const records = await shard.log.append(frames);
    for (const [nth, { index }] of placed.entries()) {
      results[index] = { SequenceNumber: records[nth]?.sequenceNumber ?? '', ShardId: shard.id };
    }
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    for (const { index } of placed) results[index] = { ErrorCode: 'InternalFailure', ErrorMessage: 'Internal service failure.' };
  }
}

function isFailedByFault(fault: NonNullable<RecordFault>, index: number): boolean {
  return fault.effect === 'throttle' || (fault.effect === 'partial' && (index + fault.strike) % FAIL_EVERY === 0);
}

/** @source Kinesis Developer Guide, "Monitoring": age of the last record that was read, 0 for a reader who is caught up */
export function iteratorAge(records: readonly { readonly arrivedAt: number }[], now: number): number {
  const last = records.at(-1);
  return last === undefined ? 0 : Math.max(0, now - last.arrivedAt);
}

function throttled({ accountId }: KinesisState, stream: Stream, shard: Shard): ServiceError {
  const message = `Rate exceeded for shard ${shard.id} in stream ${stream.state.name} under account ${accountId}.`;
  return new ServiceError('ProvisionedThroughputExceededException', message);
}

/** @throws ServiceError ResourceNotFoundException, also when a stream of the same name was made at another time */
function shardOf(state: KinesisState, streamName: string, shardId: string, createdAt?: number): { stream: Stream; shard: Shard } {
  const stream = state.streams.find(streamName);
  const shard = stream?.shard(shardId);
  if (stream && shard && (createdAt ?? stream.state.createdAt) === stream.state.createdAt) return { stream, shard };
  throw new ServiceError(
    'ResourceNotFoundException',
    `Shard ${shardId} in stream ${streamName} under account ${state.accountId} does not exist`,
  );
}

interface Start {
  readonly type: string;
  readonly sequenceNumber: string | undefined;
  readonly time: number | undefined;
}

/** The position of the first record that an iterator gives. */
async function startOf(
  state: KinesisState,
  stream: Stream,
  shard: Shard,
  { type, sequenceNumber, time }: Start,
): Promise<number> {
  const bySequence = type.endsWith('SEQUENCE_NUMBER');
  if (bySequence !== (sequenceNumber !== undefined)) {
    throw invalidArgument(
      'Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no ' +
        `StartingSequenceNumber. Request specified ${type} and ${bySequence ? 'no' : 'also a'} StartingSequenceNumber.`,
    );
  }
  if (sequenceNumber !== undefined) {
    const position = checkedPosition(state, stream, shard, sequenceNumber);
    return type === 'AT_SEQUENCE_NUMBER' ? position : position + 1;
  }
  if (type === 'TRIM_HORIZON') return shard.log.oldestPosition;
  if (type === 'LATEST') return shard.log.nextPosition;
  if (time === undefined)
    throw invalidArgument(
      'Must specify timestampInMillis for ShardIteratorType AT_TIMESTAMP. Request has no timestamp parameter.',
    );
  const now = state.now();
  if (time > now) {
    throw invalidArgument(
      'The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. ' +
        `timestampInMillis: ${String(time)}, currentTimestampInMillis: ${String(now)}`,
    );
  }
  return shard.log.firstArrivedFrom(time);
}

function checkedPosition({ accountId }: KinesisState, stream: Stream, shard: Shard, sequenceNumber: string): number {
  const position = stream.positionOf(shard, sequenceNumber);
  if (position !== null) return position;
  const parts = parseSequenceNumber(sequenceNumber);
  if (parts !== null && parts.shardIndex !== shard.index) {
    throw invalidArgument(
      `Invalid StartingSequenceNumber. It encodes ${shardIdOf(parts.shardIndex)}, while it was used in a call to a shard with ${shard.id}`,
    );
  }
  const why = parts === null ? '' : ' because it did not come from this stream';
  throw invalidArgument(
    `StartingSequenceNumber ${sequenceNumber} used in GetShardIterator on shard ${shard.id} in stream ${stream.state.name} ` +
      `under account ${accountId} is invalid${why}.`,
  );
}

function positionOf(sequenceNumber: string): number {
  return parseSequenceNumber(sequenceNumber)?.position ?? 0;
}
