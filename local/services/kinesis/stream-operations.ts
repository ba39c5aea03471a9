import { ServiceError } from '../../errors.ts';
import type { JsonOperations } from '../../http/aws-json-server.ts';
import { EpochTime } from '../../http/aws-values.ts';
import type { KinesisEffect, KinesisState } from './state.ts';
import { streamNameOf } from './state.ts';
import { InputCheck, NAME, invalidArgument } from './input.ts';
import type { Input } from './input.ts';
import type { Shard, Stream, StreamMode } from './streams.ts';

/** Shards of one stream: each has an open file and a share of the memory. AWS allows thousands. */
export const MAX_SHARDS = 200;
/** What AWS gives an on-demand stream at first. */
const ON_DEMAND_SHARDS = 4;
const MODES: readonly StreamMode[] = ['PROVISIONED', 'ON_DEMAND'];
/** @unit hours @source Kinesis API Reference, IncreaseStreamRetentionPeriod */
const RETENTION = { min: 24, max: 8760 } as const;
/** @source Kinesis API Reference, AddTagsToStream */
const MAX_TAGS = 50;
const TAG_CHARACTERS = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** The operations about streams and shards, each with what it refuses and what it does. */
export function streamOperations(state: KinesisState): JsonOperations<KinesisEffect> {
  const { streams, accountId, now } = state;
  return {
    CreateStream: async (input) => {
      const { name, shardCount, mode, maxRecordSize, tags } = readCreateStream(input);
      await streams.create({ name, shardCount, mode, maxRecordSize, createdAt: now(), retentionHours: RETENTION.min, tags });
    },

    DeleteStream: async (input) => {
      const check = new InputCheck(input);
      const name = streamNameOf(state, input, check);
      check.end(['StreamId']);
      await streams.delete(name);
    },

    DescribeStream: (input) => {
      const check = new InputCheck(input);
      const name = streamNameOf(state, input, check);
      const limit = check.integer('Limit', { min: 1, max: 10_000 }) ?? 100;
      const after = check.text('ExclusiveStartShardId', NAME);
      check.end(['StreamId']);
      const stream = streams.get(name);
      const { page, more } = shardPage(stream, after, limit);
      return { StreamDescription: { ...describe(stream), Shards: page.map(describeShard), HasMoreShards: more } };
    },

    DescribeStreamSummary: (input) => {
      const check = new InputCheck(input);
      const name = streamNameOf(state, input, check);
      check.end(['StreamId']);
      const stream = streams.get(name);
      const { shardCount, maxRecordSize } = stream.state;
      return {
        StreamDescriptionSummary: {
          ...describe(stream),
          OpenShardCount: shardCount,
          ConsumerCount: 0,
          MaxRecordSizeInKiB: maxRecordSize,
        },
      };
    },

    ListStreams: (input) => {
      const check = new InputCheck(input);
      const limit = check.integer('Limit', { min: 1, max: 10_000 }) ?? 100;
      const start = check.text('ExclusiveStartStreamName', NAME);
      const token = check.text('NextToken', { min: 1, max: 1_048_576 });
      check.end();
      const after = token === undefined ? (start ?? '') : String(readToken(token));
      const rest = streams.list().filter(({ state: { name } }) => name > after);
      const page = rest.slice(0, limit);
      const last = page.at(-1);
      const more = rest.length > page.length;
      return {
        StreamNames: page.map(({ state: { name } }) => name),
        StreamSummaries: page.map(summarize),
        HasMoreStreams: more,
        ...(more && last && { NextToken: writeToken(last.state.name) }),
      };
    },

    ListShards: (input) => {
      const check = new InputCheck(input);
      const token = check.text('NextToken', { min: 1, max: 1_048_576 });
      const named = check.text('StreamName', NAME) ?? check.text('StreamARN');
      const limit = check.integer('MaxResults', { min: 1, max: 10_000 }) ?? 1000;
      const start = check.text('ExclusiveStartShardId', NAME) ?? filteredStart(input);
      check.end(['StreamId', 'StreamCreationTimestamp']);
      if (token === undefined && named === undefined) throw invalidArgument('Either NextToken or StreamName should be provided.');
      if (token !== undefined && named !== undefined)
        throw invalidArgument('NextToken and StreamName cannot be provided together.');
      const [name, after] =
        token === undefined ? [streamNameOf(state, input, check), start] : (readToken(token) as [string, string]);
      const { page, more } = shardPage(streams.get(name), after, limit);
      return { Shards: page.map(describeShard), ...(more && { NextToken: writeToken([name, page.at(-1)?.id]) }) };
    },

    IncreaseStreamRetentionPeriod: async (input) => {
      const check = new InputCheck(input);
      const name = streamNameOf(state, input, check);
      const hours = check.requiredInteger('RetentionPeriodHours', { min: 1, max: Infinity });
      check.end(['StreamId']);
      const stream = streams.get(name);
      const present = stream.state.retentionHours;
      if (hours < RETENTION.min) throw invalidArgument(retentionMessage('Minimum', RETENTION.min, hours, 'short'));
      if (hours > RETENTION.max) throw invalidArgument(retentionMessage('Maximum', RETENTION.max, hours, 'long'));
      if (hours < present) {
        throw invalidArgument(
          `Requested retention period (${String(hours)} hours) for stream ${name} can not be shorter than existing retention period ` +
            `(${String(present)} hours). Use DecreaseRetentionPeriod API.`,
        );
      }
      stream.state.retentionHours = hours;
      stream.save();
    },

    AddTagsToStream: async (input) => {
      const check = new InputCheck(input);
      const name = streamNameOf(state, input, check);
      const tags = check.texts('Tags') ?? check.missing('Tags', {});
      check.end(['StreamId']);
      const stream = streams.get(name);
      const all = { ...stream.state.tags, ...checkTags(tags) };
      if (Object.keys(all).length > MAX_TAGS) {
        throw invalidArgument(
          `Failed to add tags to stream ${name} under account ${accountId} because a given stream cannot have more than ` +
            `${String(MAX_TAGS)} tags associated with it.`,
        );
      }
      stream.state.tags = all;
      stream.save();
    },

    ListTagsForStream: (input) => {
      const check = new InputCheck(input);
      const name = streamNameOf(state, input, check);
      const limit = check.integer('Limit', { min: 1, max: 50 }) ?? 50;
      const after = check.text('ExclusiveStartTagKey', { min: 1, max: 128 }) ?? '';
      check.end(['StreamId']);
      const rest = Object.entries(streams.get(name).state.tags).filter(([key]) => key > after);
      rest.sort(([a], [b]) => (a < b ? -1 : 1));
      return { Tags: rest.slice(0, limit).map(([Key, Value]) => ({ Key, Value })), HasMoreTags: rest.length > limit };
    },
  };
}

function readCreateStream(input: Input) {
  const check = new InputCheck(input);
  const name = check.requiredText('StreamName', NAME);
  const asked = check.integer('ShardCount', { min: 1, max: 100_000 });
  const maxRecordSize = check.integer('MaxRecordSizeInKiB', { min: 1024, max: 10_240 }) ?? 1024;
  const tags = check.texts('Tags') ?? {};
  const modes = input['StreamModeDetails'] as { StreamMode?: unknown } | undefined;
  const mode = MODES.find((one) => one === (modes?.StreamMode ?? 'PROVISIONED'));
  if (mode === undefined)
    check.fail(
      `Value '${String(modes?.StreamMode)}' at 'streamModeDetails.streamMode'`,
      `Member must satisfy enum value set: [${MODES.join(', ')}]`,
    );
  check.end(['WarmThroughputMiBps', 'RecordDistributionStrategy']);
  if (mode === 'ON_DEMAND' && asked !== undefined)
    throw new ServiceError('ValidationException', 'ShardCount must not be given with mode ON_DEMAND.');
  if (mode !== 'ON_DEMAND' && asked === undefined)
    throw new ServiceError('ValidationException', 'ShardCount is required with mode PROVISIONED.');
  const shardCount = asked ?? ON_DEMAND_SHARDS;
  if (shardCount > MAX_SHARDS)
    throw new ServiceError(
      'LimitExceededException',
      `at most ${String(MAX_SHARDS)} shards a stream locally: got ${String(shardCount)}`,
    );
  return { name, shardCount, mode: mode ?? 'PROVISIONED', maxRecordSize, tags: checkTags(tags) };
}

function checkTags(tags: Readonly<Record<string, string>>): Record<string, string> {
  if (
    Object.entries(tags)
      .flat()
      .every((text) => TAG_CHARACTERS.test(text))
  )
    return { ...tags };
  throw invalidArgument(
    'Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ . / = + - % @ :.',
  );
}

/** Nothing is ever split or merged here, so every filter but one means all shards. */
function filteredStart(input: Input): string | undefined {
  const filter = input['ShardFilter'] as { Type?: unknown; ShardId?: unknown } | undefined;
  const all = [undefined, 'AT_TRIM_HORIZON', 'FROM_TRIM_HORIZON', 'AT_LATEST', 'AT_TIMESTAMP', 'FROM_TIMESTAMP'];
  if (all.includes(filter?.Type as string | undefined)) return undefined;
  if (filter?.Type === 'AFTER_SHARD_ID' && typeof filter.ShardId === 'string') return filter.ShardId;
  throw invalidArgument(
    `ShardFilter ${JSON.stringify(filter)} is not one of ${all.slice(1).join(', ')}, AFTER_SHARD_ID with a ShardId`,
  );
}

function shardPage(stream: Stream, after: string | undefined, limit: number): { page: readonly Shard[]; more: boolean } {
  const rest = stream.shards.filter(({ id }) => id > (after ?? ''));
  return { page: rest.slice(0, limit), more: rest.length > limit };
}

function describeShard({ id, hashKeys, startingSequenceNumber }: Shard) {
  return {
    ShardId: id,
    HashKeyRange: { StartingHashKey: hashKeys.start, EndingHashKey: hashKeys.end },
    SequenceNumberRange: { StartingSequenceNumber: startingSequenceNumber },
  };
}

function summarize({ state, arn }: Stream) {
  return {
    StreamName: state.name,
    StreamARN: arn,
    StreamStatus: 'ACTIVE',
    StreamModeDetails: { StreamMode: state.mode },
    StreamCreationTimestamp: new EpochTime(Math.floor(state.createdAt / 1000) * 1000),
  };
}

function describe(stream: Stream) {
  const { retentionHours } = stream.state;
  return {
    ...summarize(stream),
    RetentionPeriodHours: retentionHours,
    EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
    EncryptionType: 'NONE',
  };
}

function retentionMessage(bound: string, allowed: number, asked: number, adjective: string): string {
  return `${bound} allowed retention period is ${String(allowed)} hours. Requested retention period (${String(asked)} hours) is too ${adjective}.`;
}

function writeToken(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64');
}

function readToken(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token, 'base64').toString());
  } catch {
    throw invalidArgument('Invalid NextToken.');
  }
}
