import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { errorStack, errorText } from '../../errors.ts';
import { backOffDelay, untilAborted } from '../../clock.ts';
import type { Clock } from '../../clock.ts';
import type { Following, RecordSource } from '../lambda/event-source/record-source.ts';
import { isBehind, latestPosition } from '../lambda/event-source/record-source.ts';
import type { ResponseEffect, Faults } from '../../faults.ts';
import type { Measure, Measurement } from '../../measure.ts';
import { measureNothing } from '../../measure.ts';
import type { DeliveryStreamDefinition } from './definition.ts';
import { copyStatement } from './copy-statement.ts';
import { Intake } from './intake.ts';
import { failedManifestKey, failedRecordsKey, manifestKey, manifestOf, recordsKey } from './object-keys.ts';
import type { Manifest, Positions, Progress } from './progress.ts';
import { amountsOf } from './progress.ts';
import type { RecordBuffer } from './record-buffer.ts';
import { Transformation, type TransformationPorts } from './transformation.ts';
import { TransformingIntake } from './transforming-intake.ts';

const compress = promisify(gzip);

/**
 * What can go wrong on demand besides the calls of the endpoint.
 *
 * - `Copy fail`: COPY is refused; `Copy fail-after`: it is done and reported as failed; `Copy duplicate`: it is done twice.
 * - `PutObject fail`: an object or a manifest cannot be written.
 * - `Transform fail`: the function is not invoked; `Transform fail-after`: it is, and its answer is lost.
 */
type DeliveryEffect = 'fail' | 'fail-after' | 'duplicate';
export const DELIVERY_EFFECTS: Readonly<Record<'Copy' | 'PutObject' | 'Transform', readonly DeliveryEffect[]>> = {
  Copy: ['fail', 'fail-after', 'duplicate'],
  PutObject: ['fail'],
  Transform: ['fail', 'fail-after'],
};

export type FirehoseEffect = ResponseEffect | DeliveryEffect;

/** Who copies, and where. */
export interface Login {
  readonly database: string;
  readonly username: string;
  readonly password: string;
}

export interface DeliveryPorts {
  readonly source: RecordSource;
  readonly objects: { write(bucket: string, key: string, body: Buffer): Promise<void> };
  /** Run a COPY to its end. Rejects when nothing of it is in the table, or when that is not known. */
  copy(this: void, statement: string, login: Login): Promise<{ readonly rows: number }>;
  /** Asked before each COPY, so that a new password is known. @throws when there is no such secret */
  secretOf(this: void, arn: string): { readonly username: string; readonly password: string };
  /** For streams whose records a function transforms. */
  readonly invoke: TransformationPorts['invoke'];
  readonly clock: Clock;
  /** Told what Firehose tells CloudWatch as it happens. */
  readonly measure?: Measure;
  log(this: void, line: string): void;
}

export interface DeliveryOptions {
  /** Buffering and retries are divided by it. */
  readonly timeFactor: number;
  /** Objects that wait for COPY before reading stops. */
  readonly maxWaiting: number;
}

/** Waits between attempts: 1 second, doubled up to 5 minutes. AWS does not publish its own. @unit ms */
const BACK_OFF = { first: 1_000, max: 300_000, min: 2 };

const MEBIBYTE = 1024 * 1024;
/** Of a batch for the function: of more, what Firehose says of each does not fit into one event. */
const MAX_TRANSFORMED_BYTES = 10_000;

/**
 * One delivery stream at work: records become objects, objects become rows.
 *
 * @remarks Two loops that share nothing but `Progress`. The first reads, buffers and writes objects; it does not wait for COPY, as AWS does
 * not, up to `maxWaiting` objects. The second gives all objects that wait to the next COPY, one COPY at a time (Developer Guide: "Firehose
 * issues a new COPY command as soon as the previous COPY command is successfully finished").
 */
export class Delivery {
  private readonly closing = new AbortController();
  private readonly intake: Intake | TransformingIntake;
  private running: readonly Promise<void>[] = [];
  private following: Following | undefined;
  private readonly waiters = new Set<() => void>();
  /** Of the COPY that is under way. */
  private attempts = 0;
  private lastError: string | null = null;

  private readonly ports: DeliveryPorts;
  private readonly options: DeliveryOptions;

  constructor(
    private readonly definition: DeliveryStreamDefinition,
    private readonly progress: Progress,
    private readonly faults: Faults<FirehoseEffect>,
    { ports, options }: { readonly ports: DeliveryPorts; readonly options: DeliveryOptions },
  ) {
    this.ports = ports;
    this.options = options;

    this.intake = this.newIntake();
  }

  private newIntake(): Intake | TransformingIntake {
    const { definition, ports, options } = this;
    const bytes = definition.bufferMegabytes * MEBIBYTE;
    const interval = (definition.bufferSeconds * 1000) / options.timeFactor;
    const { processing } = definition;
    const common = {
      stream: definition.kinesisStreamName,
      retry: (attempt: number) => this.waitBefore(attempt),
      log: (line: string) => {
        this.log(line);
      },
    };
    if (processing === undefined) return new Intake(ports.source, ports.clock, { ...common, bytes, interval });
    const transformation = new Transformation(definition, processing, {
      ...common,
      invoke: ports.invoke,
      clock: ports.clock,
      fault: () => {
        const effect = this.faults.take('Transform')?.effect;
        return effect === 'fail' || effect === 'fail-after' ? effect : undefined;
      },
    });
    const batches = new Intake(ports.source, ports.clock, {
      ...common,
      bytes: processing.bufferMegabytes * MEBIBYTE,
      maxRecords: MAX_TRANSFORMED_BYTES,
      interval: (processing.bufferSeconds * 1000) / options.timeFactor,
    });
    return new TransformingIntake(batches, ports.clock, {
      bytes,
      interval,
      transform: (batch, signal) => transformation.apply(batch, signal),
    });
  }

  /** @throws CheckpointError */
  async start(): Promise<void> {
    const { progress, definition } = this;
    if (!progress.hasBegun) progress.begin(await this.latest());
    this.following = this.ports.source.follow?.(definition.kinesisStreamName, {
      name: `delivery stream ${definition.name}`,
      file: () => progress.path,
      positions: (shardId) => [progress.stored[shardId] ?? null],
      needs: (shardId, { sequenceNumber }) => isBehind(sequenceNumber, progress.stored[shardId] ?? null),
      trimmed: (shardId, _last, lost) => {
        if (lost !== undefined) progress.addLost(shardId, lost);
      },
    });
    await this.intake.open(progress.stored);
    this.running = [this.forever(() => this.storeAll()), this.forever(() => this.copyAll())];
  }

  /** The last records that the stream has now; a read that fails is tried again, like all others. */
  private async latest(): Promise<Positions> {
    const { source, clock } = this.ports;
    const { kinesisStreamName: stream } = this.definition;
    const latest: Record<string, string> = {};
    for (const shardId of await source.shardIds(stream)) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          const position = await latestPosition(source, stream, shardId);
          if (position !== null) latest[shardId] = position;
          break;
        } catch (error) {
          this.log(`cannot begin with ${shardId} of ${stream} yet: ${String(error)}`);
          await clock.wait(this.waitBefore(attempt), this.closing.signal);
        }
      }
    }
    return latest;
  }

  /** Stops reading and waits for the COPY that is under way. What is not in an object is read again by the next start. */
  async close(): Promise<void> {
    this.following?.end();
    this.closing.abort(new Error(`delivery stream ${this.definition.name} closes`));
    this.changed();
    await Promise.all(this.running);
  }

  /** How far it is. `waiting` counts all that the source has and the table has not; `unread` at most a thousand records of each shard. */
  async look() {
    const unread = await this.intake.unread();
    const { progress } = this;
    const { buffered } = this.intake;
    const stored = { objects: progress.waiting.length, ...amountsOf(progress.waiting) };
    const copying = progress.manifest && {
      manifest: progress.manifest.key,
      objects: progress.manifest.objects.length,
      ...amountsOf(progress.manifest.objects),
      attempts: this.attempts,
      lastError: this.lastError,
    };
    const parts = [unread, buffered, stored, ...(copying ? [copying] : [])];
    return {
      name: this.definition.name,
      source: this.definition.kinesisStreamName,
      waiting: {
        records: parts.reduce((sum, part) => sum + part.records, 0),
        bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
      },
      unread,
      buffered,
      stored,
      copying,
      copied: progress.copied,
      failed: progress.failed,
      unprocessed: progress.unprocessed,
      lost: progress.lost,
      deliveredThrough: progress.settled,
    };
  }

  /** What Firehose tells CloudWatch every minute: how old what it has not read is, in milliseconds, and what it holds, in seconds. */
  async ages(): Promise<readonly Measurement[]> {
    const now = this.ports.clock.now();
    const unread = now - (await this.intake.oldestUnread());
    const held = (now - this.intake.oldestHeld) / 1000;
    return [
      this.measurement('KinesisMillisBehindLatest', Math.max(0, unread)),
      ...(held > -Infinity ? [this.measurement('DeliveryToS3.DataFreshness', Math.max(0, held))] : []),
    ];
  }

  private measurement(name: string, value: number): Measurement {
    return { namespace: 'AWS/Firehose', name, dimensions: { DeliveryStreamName: this.definition.name }, value };
  }

  /** Resolves when all records up to these are settled; rejects when it closes before. */
  async whenDelivered(through: Positions): Promise<void> {
    while (!this.isSettled(through)) {
      this.closing.signal.throwIfAborted();
      await new Promise<void>((resolve) => this.waiters.add(resolve));
    }
  }

  private isSettled(through: Positions): boolean {
    const { settled } = this.progress;
    return Object.entries(through).every(([shardId, sequence]) => BigInt(settled[shardId] ?? -1) >= BigInt(sequence));
  }

  /** Wake all who wait for a change of the progress. */
  private changed(): void {
    const waiters = [...this.waiters];
    this.waiters.clear();
    for (const wake of waiters) wake();
  }

  private async storeAll(): Promise<void> {
    if (this.following !== undefined) await untilAborted(this.following.mayRead, this.closing.signal);
    for (;;) {
      const buffer = await this.intake.fill(this.closing.signal);
      if (buffer === undefined || !(await this.store(buffer))) return;
      while (this.progress.waiting.length >= this.options.maxWaiting) {
        if (this.closing.signal.aborted) return;
        await new Promise<void>((resolve) => this.waiters.add(resolve));
      }
    }
  }

  /** @returns false when it closes before the objects are written */
  private async store(buffer: RecordBuffer): Promise<boolean> {
    const { definition, progress } = this;
    const { oldestArrival, through, failed } = buffer;
    if (failed.length > 0) {
      const key = failedRecordsKey(definition, progress.version, oldestArrival, randomUUID());
      if (!(await this.write(key, Buffer.from(failed.map((document) => `${document}\n`).join(''))))) return false;
      progress.addUnprocessed(failed.length, key);
      this.log(`gives up ${String(failed.length)} records: s3://${definition.bucket}/${key} has them`);
    }
    if (buffer.deliveries === 0) progress.skip(through);
    else {
      const key = recordsKey(definition, progress.version, oldestArrival, randomUUID());
      const joined = buffer.join();
      const body = definition.compression === 'GZIP' ? await compress(joined) : joined;
      if (!(await this.write(key, body))) return false;
      progress.store({ key, records: buffer.deliveries, bytes: buffer.bytes, through });
    }
    this.intake.begin();
    this.changed();
    return true;
  }

  private async copyAll(): Promise<void> {
    while (!this.closing.signal.aborted) {
      const { manifest, waiting } = this.progress;
      if (manifest !== null) await this.settle(manifest);
      else if (waiting.length > 0) this.progress.beginCopy(manifestKey(this.definition, this.ports.clock.now(), randomUUID()));
      else await new Promise<void>((resolve) => this.waiters.add(resolve));
    }
  }

  /** Copy, or give up. */
  private async settle(manifest: Manifest): Promise<void> {
    const { definition, ports, progress } = this;
    const { measure = measureNothing } = ports;
    const body = Buffer.from(
      manifestOf(
        definition.bucket,
        manifest.objects.map(({ key }) => key),
      ),
    );
    if (!(await this.write(manifest.key, body))) return;
    // Includes the first attempt. @source Firehose API, RedshiftRetryOptions
    const end = ports.clock.now() + (definition.retrySeconds * 1000) / this.options.timeFactor;
    [this.attempts, this.lastError] = [0, null];
    while (!this.closing.signal.aborted) {
      this.attempts += 1;
      try {
        const rows = await this.copy(manifest);
        measure(this.measurement('DeliveryToRedshift.Success', 1));
        progress.complete(rows);
        this.changed();
        return;
      } catch (error) {
        measure(this.measurement('DeliveryToRedshift.Success', 0));
        this.lastError = errorText(error);
        this.log(`COPY of ${manifest.key} failed: ${this.lastError}`);
      }
      const left = end - ports.clock.now();
      if (left <= 0) return this.giveUp(manifest, body);
      await ports.clock.wait(Math.min(left, this.waitBefore(this.attempts)), this.closing.signal);
    }
  }

  private async copy(manifest: Manifest): Promise<number> {
    const { definition, ports } = this;
    const fault = this.faults.take('Copy');
    if (fault?.effect === 'fail') throw new Error('fault fail');
    const statement = copyStatement(definition, manifest.key);
    const login = { database: definition.database, ...ports.secretOf(definition.secretArn) };
    if (fault?.effect === 'duplicate') await ports.copy(statement, login);
    const { rows } = await ports.copy(statement, login);
    if (fault?.effect === 'fail-after') throw new Error('fault fail-after');
    return rows;
  }

  private async giveUp(manifest: Manifest, body: Buffer): Promise<void> {
    const key = failedManifestKey(this.definition, manifest.key);
    if (!(await this.write(key, body))) return;
    this.progress.giveUp(key);
    this.log(`gives up ${String(manifest.objects.length)} objects: s3://${this.definition.bucket}/${key} names them`);
    this.changed();
  }

  /** Until it is written: there is no other place for it. @returns false when it closes before */
  private async write(key: string, body: Buffer): Promise<boolean> {
    const { ports, closing } = this;
    for (let attempt = 1; !closing.signal.aborted; attempt += 1) {
      try {
        if (this.faults.take('PutObject') !== undefined) throw new Error('fault fail');
        await ports.objects.write(this.definition.bucket, key, body);
        return true;
      } catch (error) {
        this.log(`cannot write ${key} yet: ${String(error)}`);
        await ports.clock.wait(this.waitBefore(attempt), closing.signal);
      }
    }
    return false;
  }

  /** A fault of the stand-in itself is logged, and the loop begins again with what the progress knows. */
  private async forever(loop: () => Promise<void>): Promise<void> {
    for (let attempt = 1; !this.closing.signal.aborted; attempt += 1) {
      try {
        await loop();
      } catch (error) {
        this.log(errorStack(error));
        await this.ports.clock.wait(this.waitBefore(attempt), this.closing.signal);
      }
    }
  }

  private waitBefore(attempt: number): number {
    return backOffDelay(attempt, { ...BACK_OFF, timeFactor: this.options.timeFactor });
  }

  private log(line: string): void {
    this.ports.log(`delivery stream ${this.definition.name}: ${line}`);
  }
}
