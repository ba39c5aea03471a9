import { Faults } from '../../faults.ts';
import { startJsonServer } from '../../http/aws-json-server.ts';
import type { JsonServerOptions } from '../../http/aws-json-server.ts';
import type { Measure } from '../../measure.ts';
import { measureNothing } from '../../measure.ts';
import { fromCbor, parseBody } from './body.ts';
import type { Following, StreamFollower } from '../lambda/event-source/record-source.ts';
import { Followers } from './followers.ts';
import { ShardIterators } from './iterator.ts';
import { invalidArgument } from './input.ts';
import { iteratorAge, recordOperations } from './record-operations.ts';
import type { KinesisEffect, KinesisState } from './state.ts';
import { MAX_SHARDS, streamOperations } from './stream-operations.ts';
import { Streams } from './streams.ts';
import type { StreamMode, StreamOptions } from './streams.ts';
import type { ReadLimits, StreamRecord } from './tail.ts';

export type { StreamRecord } from './tail.ts';

/** Kinesis Data Streams on one machine: over HTTP as AWS offers it, and in the process for those that deliver records further. */
export interface KinesisService {
  readonly url: string;
  /**
   * Make sure a stream exists. One that is there already is kept, with its records, and takes the retention and mode given here.
   *
   * @throws Error when it is there with another number of shards
   */
  createStream(stream: { name: string; shardCount: number; retentionHours: number; mode: StreamMode }): Promise<void>;
  shardIds(streamName: string): readonly string[];
  /**
   * Records behind `after`, or from the oldest that is kept when `after` is null or already trimmed. Fewer than there are may come, but none
   * only when there is none.
   */
  read(streamName: string, shardId: string, after: string | null, limits: ReadLimits): Promise<readonly StreamRecord[]>;
  /** Resolves as soon as a record behind `after` exists, rejects when the signal aborts. */
  whenWritten(streamName: string, shardId: string, after: string | null, signal: AbortSignal): Promise<void>;
  /** Follow a stream: `trimmed` is called for records that are trimmed before they are done. @throws CheckpointError */
  follow(streamName: string, follower: StreamFollower): Following;
  /** Trim what is older than the retention, now and from time to time: when all who follow have said so, so that they are told. */
  startTrimming(): Promise<void>;
  close(): Promise<void>;
}

export interface KinesisOptions extends JsonServerOptions, Partial<Pick<StreamOptions, 'segmentBytes' | 'tailBytes'>> {
  /** Everything is kept here; made when it does not exist. One process at a time. */
  readonly directory: string;
  readonly accountId: string;
  /** Told what Kinesis tells CloudWatch. */
  readonly measure?: Measure;
  /** @unit ms since epoch @default Date.now */
  now?(this: void): number;
}

/** Base64 of 10 MiB with 500 long keys still fits; what is longer is not even read. @unit bytes */
const MAX_BODY_BYTES = 16 * 1024 * 1024;
const TRIM_INTERVAL_MS = 60_000;

export async function startKinesis(options: KinesisOptions): Promise<KinesisService> {
  const now = options.now ?? Date.now;
  const { measure = measureNothing } = options;
  const { segmentBytes, tailBytes } = options;
  const followers = new Followers(options.log);
  const streams = await Streams.open(options.directory, options, {
    now,
    log: options.log,
    observeTrim: (streamName, shardId) => followers.observe(streamName, shardId),
    ...(segmentBytes !== undefined && { segmentBytes }),
    ...(tailBytes !== undefined && { tailBytes }),
  });
  const state: KinesisState = {
    streams,
    iterators: new ShardIterators(options.credentials.secretAccessKey, now),
    accountId: options.accountId,
    now,
    arrival: arrivalClock(streams, now),
    measure: (StreamName, name, value) => {
      measure({ namespace: 'AWS/Kinesis', name, dimensions: { StreamName }, value });
    },
  };
  const operations = { ...streamOperations(state), ...recordOperations(state) };
  const server = await startJsonServer(
    {
      signingName: 'kinesis',
      targetPrefix: 'Kinesis_20131202',
      jsonVersion: '1.1',
      operations,
      faults: new Faults<KinesisEffect>('kinesis', effectsOf(Object.keys(operations))),
      maxBodyBytes: MAX_BODY_BYTES,
      parse: parseBody,
      fromCbor,
    },
    options,
  );
  let trimming: NodeJS.Timeout | undefined;

  return {
    url: server.url,
    createStream: (stream) => ensureStream(state, stream),
    shardIds: (streamName) => streams.get(streamName).shards.map(({ id }) => id),
    read: async (streamName, shardId, after, limits) => {
      const { log, from } = placeOf(streams, streamName, shardId, after);
      const records = await log.read(from, limits);
      state.measure(streamName, 'GetRecords.IteratorAgeMilliseconds', iteratorAge(records, now()));
      return records;
    },
    whenWritten: async (streamName, shardId, after, signal) => {
      const { log, from } = placeOf(streams, streamName, shardId, after);
      return log.whenWritten(from, signal);
    },
    follow: (streamName, follower) => followers.follow(streams.get(streamName), follower),
    startTrimming: async () => {
      await streams.trim();
      trimming ??= setInterval(() => void streams.trim(), TRIM_INTERVAL_MS).unref();
      followers.trimmed();
    },
    close: async () => {
      clearInterval(trimming);
      await server.close();
      await streams.close();
    },
  };
}

async function ensureStream(
  { streams, now }: KinesisState,
  { name, shardCount, retentionHours, mode }: { name: string; shardCount: number; retentionHours: number; mode: StreamMode },
): Promise<void> {
  const present = streams.find(name);
  if (present === undefined) {
    if (!Number.isInteger(shardCount) || shardCount < 1 || shardCount > MAX_SHARDS) {
      throw new Error(`stream ${name}: the shard count must be 1 to ${String(MAX_SHARDS)} locally, got ${String(shardCount)}`);
    }
    await streams.create({ name, shardCount, mode, maxRecordSize: 1024, createdAt: now(), retentionHours, tags: {} });
    return;
  }
  if (present.state.shardCount !== shardCount) {
    throw new Error(
      `stream ${name} exists with ${String(present.state.shardCount)} shards and the template wants ${String(shardCount)}: resharding is not ` +
        'supported locally, so set the old shard count in the template or start with a fresh data directory',
    );
  }
  if (present.state.retentionHours === retentionHours && present.state.mode === mode) return;
  Object.assign(present.state, { retentionHours, mode });
  present.save();
}

/** Where in which log a reader goes on. @throws ServiceError when there is no such stream or shard, or the number is not of this shard */
function placeOf(streams: Streams, streamName: string, shardId: string, after: string | null) {
  const stream = streams.get(streamName);
  const shard = stream.shard(shardId);
  if (shard === undefined) throw invalidArgument(`stream ${streamName} has no shard ${shardId}`);
  const position = after === null ? 0 : stream.positionOf(shard, after);
  if (position === null)
    throw invalidArgument(`sequence number ${String(after)} was not given by ${shardId} of this stream ${streamName}`);
  return { log: shard.log, from: Math.max(position + 1, shard.log.oldestPosition) };
}

function arrivalClock(streams: Streams, now: () => number): () => number {
  let last = Math.max(0, ...streams.list().flatMap(({ shards }) => shards.map(({ log }) => log.lastArrivedAt ?? 0)));
  return () => (last = Math.max(last, now()));
}

/** Every operation can be unavailable; the rest only where AWS does it too. */
function effectsOf(operations: readonly string[]): Record<string, readonly KinesisEffect[]> {
  const everywhere: readonly KinesisEffect[] = ['unavailable', 'unavailable-after'];
  const more: Record<string, readonly KinesisEffect[]> = {
    PutRecord: ['throttle', 'duplicate'],
    PutRecords: ['throttle', 'partial', 'duplicate'],
    GetRecords: ['throttle'],
  };
  return Object.fromEntries(operations.map((operation) => [operation, [...(more[operation] ?? []), ...everywhere]]));
}
