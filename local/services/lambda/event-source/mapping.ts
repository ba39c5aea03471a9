import { setMaxListeners } from 'node:events';
import { join } from 'node:path';
import { errorStack } from '../../../errors.ts';
import { backOffDelay, systemClock, untilAborted } from '../../../clock.ts';
import type { Measure } from '../../../measure.ts';
import { measureNothing } from '../../../measure.ts';
import type { LambdaDefinition, MappingDefinition } from '../definition.ts';
import { BatchCollector } from './batch-collector.ts';
import type { InvocationResult } from './delivery.ts';
import { deliver } from './delivery.ts';
import type { FailedBatch } from './failed-batch.ts';
import { failedBatch } from './failed-batch.ts';
import type { EventRecord, Origin } from './kinesis-event.ts';
import { Checkpoints, laneOf } from './lanes.ts';
import type { Following, LostRecords, RecordSource } from './record-source.ts';
import { addLost, isBehind, latestPosition } from './record-source.ts';

/** Waits between retries: 1 second, doubled up to a minute, each with jitter. AWS does not publish its own. @unit ms */
const BACK_OFF = { first: 1_000, max: 60_000, min: 2 };

/** Most records that a look at a lane's backlog reads. */
const MAX_COUNTED_RECORDS = 1_000;

export interface MappingPorts {
  readonly source: RecordSource;
  /** Invoke the mapping's function. Absent: throttled, or not to be reached. */
  invoke(this: void, event: { readonly Records: readonly EventRecord[] }): Promise<InvocationResult | undefined>;
  /** Put an object into the on-failure bucket. */
  keep(this: void, bucket: string, failed: FailedBatch): Promise<void>;
  log(this: void, line: string): void;
  /** Told what Lambda tells CloudWatch of a mapping. */
  readonly measure?: Measure;
  /** From 0 up to, not including, 1. */
  random?(this: void): number;
  /** @unit ms since 1970 */
  now?(this: void): number;
}

export interface MappingOptions {
  readonly region: string;
  /** Where the checkpoints are. */
  readonly directory: string;
  /** Batching windows and waits between retries are divided by it. The age of a record is not: it is no wait. */
  readonly timeFactor: number;
  /** Largest event. @unit bytes */
  readonly maxEventBytes: number;
}

export interface RunningMapping {
  readonly functionName: string;
  /** How many records of the stream the function has not yet done, counted up to `MAX_COUNTED_RECORDS` for each lane. */
  waiting(): Promise<number>;
  /** What was older than the stream's retention before the function had done it, of each shard; null for none. */
  lost(): LostRecords | null;
  /** Stops reading; batches on their way are left to the next start. */
  close(): Promise<void>;
}

/** Run a Kinesis event source mapping until it is closed. */
export async function startMapping(
  mapping: MappingDefinition,
  lambda: Pick<LambdaDefinition, 'arn' | 'roleArn'>,
  ports: MappingPorts,
  options: MappingOptions,
): Promise<RunningMapping> {
  const closing = new AbortController();
  // Each lane listens, and there may be hundreds.
  setMaxListeners(0, closing.signal);
  const runners: LaneRunner[] = [];
  const shards = new Map<string, { readonly path: string; readonly checkpoints: Checkpoints }>();
  for (const shardId of mapping.enabled ? await ports.source.shardIds(mapping.streamName) : []) {
    const path = join(options.directory, mapping.id, `${shardId}.json`);
    const checkpoints =
      Checkpoints.load(path, mapping.parallelization) ??
      Checkpoints.create(path, mapping.parallelization, await startingPosition(mapping, shardId, ports.source));
    shards.set(shardId, { path, checkpoints });
    const origin: Origin = { shardId, streamArn: mapping.streamArn, roleArn: lambda.roleArn, region: options.region };
    for (let index = 0; index < mapping.parallelization; index += 1) {
      runners.push(
        new LaneRunner({
          mapping,
          functionArn: lambda.arn,
          index,
          origin,
          checkpoints,
          ports,
          options,
          closing: closing.signal,
        }),
      );
    }
  }
  const following = followStream(mapping, shards, ports.source, options.directory);
  const lanes = runners.map((runner) => runner.run(following?.mayRead));
  return {
    functionName: mapping.functionName,
    waiting: async () => {
      const counts = await Promise.all(runners.map((runner) => runner.waiting()));
      return counts.reduce((sum, count) => sum + count, 0);
    },
    lost: () => {
      const losses = [...shards.values()].flatMap(({ checkpoints }) => checkpoints.lost ?? []);
      return losses.reduce<LostRecords | null>(addLost, null);
    },
    close: async () => {
      following?.end();
      closing.abort();
      await Promise.all(lanes);
    },
  };
}

/** Tell the stream what the lanes have done and still need, so that it trims nothing of that unnoticed. */
function followStream(
  mapping: MappingDefinition,
  shards: ReadonlyMap<string, { readonly path: string; readonly checkpoints: Checkpoints }>,
  source: RecordSource,
  directory: string,
): Following | undefined {
  return source.follow?.(mapping.streamName, {
    name: `mapping of ${mapping.functionName}`,
    file: (shardId) => shards.get(shardId)?.path ?? directory,
    positions: (shardId) => shards.get(shardId)?.checkpoints.positions ?? [],
    needs: (shardId, { sequenceNumber, partitionKey }) => {
      const lane = laneOf(partitionKey, mapping.parallelization);
      const checkpoints = shards.get(shardId)?.checkpoints;
      return checkpoints !== undefined && isBehind(sequenceNumber, checkpoints.position(lane));
    },
    trimmed: (shardId, last, lost) => shards.get(shardId)?.checkpoints.trimmed(last, lost),
  });
}

/** Only asked once in a mapping's life: afterwards the checkpoint knows. */
async function startingPosition(
  { startingPosition: start, streamName }: MappingDefinition,
  shardId: string,
  source: RecordSource,
): Promise<string | null> {
  return start === 'TRIM_HORIZON' ? null : latestPosition(source, streamName, shardId);
}

interface LaneRunnerOptions {
  readonly mapping: MappingDefinition;
  readonly functionArn: string;
  readonly index: number;
  readonly origin: Origin;
  readonly checkpoints: Checkpoints;
  readonly ports: MappingPorts;
  readonly options: MappingOptions;
  readonly closing: AbortSignal;
}

/** One lane of one shard: collects, delivers, advances. */
class LaneRunner {
  private readonly mapping: MappingDefinition;
  private readonly functionArn: string;
  private readonly index: number;
  private readonly origin: Origin;
  private readonly checkpoints: Checkpoints;
  private readonly ports: MappingPorts;
  private readonly options: MappingOptions;
  private readonly closing: AbortSignal;

  constructor({ mapping, functionArn, index, origin, checkpoints, ports, options, closing }: LaneRunnerOptions) {
    this.mapping = mapping;
    this.functionArn = functionArn;
    this.index = index;
    this.origin = origin;
    this.checkpoints = checkpoints;
    this.ports = ports;
    this.options = options;
    this.closing = closing;
  }

  /** Until the stack closes; a fault of the stand-in itself is logged, and the lane begins again at its checkpoint. */
  async run(mayRead: Promise<void> = Promise.resolve()): Promise<void> {
    await untilAborted(mayRead, this.closing);
    for (let attempt = 1; !this.closing.aborted; attempt += 1) {
      try {
        await this.deliverAll();
      } catch (error) {
        const { functionName } = this.mapping;
        this.ports.log(`mapping of ${functionName}, ${this.origin.shardId}: ${errorStack(error)}`);
        await this.backOff(attempt);
      }
    }
  }

  /** Records after the checkpoint that are this lane's. */
  async waiting(): Promise<number> {
    const { streamName, parallelization } = this.mapping;
    const limits = { maxRecords: MAX_COUNTED_RECORDS, maxBytes: 64 * 1024 * 1024 };
    const records = await this.ports.source.read(streamName, this.origin.shardId, this.checkpoints.position(this.index), limits);
    return records.filter(({ partitionKey }) => laneOf(partitionKey, parallelization) === this.index).length;
  }

  private async deliverAll(): Promise<void> {
    const { batchSize, batchingWindowSeconds, streamName, parallelization } = this.mapping;
    const window = (batchingWindowSeconds * 1000) / this.options.timeFactor;
    const collector = new BatchCollector(this.ports.source, {
      lane: { stream: streamName, index: this.index, count: parallelization },
      origin: this.origin,
      limits: { records: batchSize, bytes: this.options.maxEventBytes, window },
      position: this.checkpoints.position(this.index),
    });
    let delivered: Promise<boolean> = Promise.resolve(true);
    try {
      for (;;) {
        const batch = await collector.next(delivered, this.closing);
        if (batch === undefined || !(await delivered)) return;
        delivered = this.deliver(batch);
      }
    } finally {
      await delivered;
    }
  }

  private deliver(batch: readonly EventRecord[]): Promise<boolean> {
    const { ports, mapping } = this;
    return deliver(batch, mapping, {
      invoke: async (records) => {
        const age = this.now() - (records.at(-1)?.kinesis.approximateArrivalTimestamp ?? 0) * 1000;
        this.measure('IteratorAge', { FunctionName: mapping.functionName }, Math.max(0, age));
        const answer = await ports.invoke({ Records: records });
        // A thread that closing ended says nothing about the records.
        return this.closing.aborted && answer?.functionError !== undefined ? undefined : answer;
      },
      giveUp: async (givenUp) => {
        const { id, streamArn, onFailureBucket } = mapping;
        const failed = failedBatch({ id, functionArn: this.functionArn, streamArn }, givenUp, new Date(this.now()));
        const what = `${mapping.functionName} gives up ${String(givenUp.records.length)} records of ${this.origin.shardId} (${givenUp.condition})`;
        if (onFailureBucket === undefined) ports.log(`${what}: no destination is declared, so they are lost`);
        else await this.keep(onFailureBucket, failed, what);
        const kept = onFailureBucket === undefined ? 'DroppedEventCount' : 'OnFailureDestinationDeliveredEventCount';
        if (mapping.countsEvents) this.measure(kept, { EventSourceMappingUUID: id }, givenUp.records.length);
      },
      advance: (sequenceNumber) => {
        this.checkpoints.advance(this.index, sequenceNumber);
      },
      backOff: (attempt) => this.backOff(attempt),
      now: () => this.now(),
      closing: this.closing,
    });
  }

  /** Until it is kept: what is given up must not be lost on top. */
  private async keep(bucket: string, failed: FailedBatch, what: string): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.ports.keep(bucket, failed);
        this.ports.log(`${what}: kept in s3://${bucket}/${failed.key}`);
        return;
      } catch (error) {
        this.ports.log(`${what}: cannot be kept in ${bucket} yet: ${String(error)}`);
        if (!(await this.backOff(attempt))) throw error;
      }
    }
  }

  /** @returns false when the stack closes */
  private async backOff(attempt: number): Promise<boolean> {
    const { timeFactor } = this.options;
    await systemClock.wait(backOffDelay(attempt, { ...BACK_OFF, timeFactor, random: this.ports.random }), this.closing);
    return !this.closing.aborted;
  }

  private measure(name: string, dimensions: Readonly<Record<string, string>>, value: number): void {
    (this.ports.measure ?? measureNothing)({ namespace: 'AWS/Lambda', name, dimensions, value });
  }

  private now(): number {
    return (this.ports.now ?? Date.now)();
  }
}
