import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ServiceError } from '../../errors.ts';
import { DamagedStateError, readState, writeState } from '../../state-files.ts';
import type { TrimObserver } from './followers.ts';
import { parseSequenceNumber, sequenceNumbersOf, shardIdOf } from './sequence.ts';
import { ShardLog } from './shard-log.ts';
import type { ShardLogOptions } from './shard-log.ts';

export type StreamMode = 'PROVISIONED' | 'ON_DEMAND';

/** What is kept about a stream besides its records, in `stream.json`. */
export interface StreamState {
  readonly name: string;
  readonly shardCount: number;
  mode: StreamMode;
  /** @unit KiB */
  readonly maxRecordSize: number;
  /** @unit ms since epoch */
  readonly createdAt: number;
  retentionHours: number;
  tags: Record<string, string>;
}

/** One shard: a range of hash keys and the log of the records whose keys fall into it. */
export interface Shard {
  readonly id: string;
  readonly index: number;
  /** Both ends belong to it; decimal. */
  readonly hashKeys: { readonly start: string; readonly end: string };
  /** The start as 32 hexadecimal digits: text compares as the numbers do. */
  readonly firstHash: string;
  readonly startingSequenceNumber: string;
  readonly log: ShardLog;
}

const HASH_KEYS = 2n ** 128n;
const HOUR_MS = 3_600_000;
/** What the newest records of all shards of a stream may hold in memory. @unit bytes */
const TAILS_BYTES = 32 * 1024 * 1024;
const FOLDER = '.stream';
const FACTS = 'stream.json';

export class Stream {
  private constructor(
    readonly state: StreamState,
    readonly arn: string,
    readonly shards: readonly Shard[],
    private readonly directory: string,
  ) {}

  static async open(directory: string, state: StreamState, arn: string, options: StreamOptions): Promise<Stream> {
    const createdSeconds = Math.floor(state.createdAt / 1000);
    const width = HASH_KEYS / BigInt(state.shardCount);
    const shards = Array.from({ length: state.shardCount }, async (_, index): Promise<Shard> => {
      const id = shardIdOf(index);
      const sequenceNumber = sequenceNumbersOf(createdSeconds, index);
      const retention = () => state.retentionHours * HOUR_MS;
      const tailBytes = options.tailBytes ?? Math.floor(TAILS_BYTES / state.shardCount);
      const log = await ShardLog.open({
        ...options,
        tailBytes,
        directory: join(directory, id),
        sequenceNumber,
        retention,
        observeTrim: () => options.observeTrim?.(state.name, id),
      });
      const start = width * BigInt(index);
      const end = index === state.shardCount - 1 ? HASH_KEYS - 1n : start + width - 1n;
      const hashKeys = { start: start.toString(), end: end.toString() };
      return {
        id,
        index,
        hashKeys,
        firstHash: hexKey(start),
        startingSequenceNumber: sequenceNumber(0, createdSeconds * 1000),
        log,
      };
    });
    return new Stream(state, arn, await Promise.all(shards), directory);
  }

  /** @param hash - a hash key as 32 hexadecimal digits, such as the MD5 of a partition key */
  shardOf(hash: string): Shard {
    const shard = this.shards.findLast(({ firstHash }) => firstHash <= hash);
    if (shard === undefined) throw new Error(`a hash key must be 32 hexadecimal digits: got ${hash}`);
    return shard;
  }

  shard(id: string): Shard | undefined {
    return this.shards.find((shard) => shard.id === id);
  }

  /** The position a sequence number stands for, or null when it was not given by this shard. */
  positionOf(shard: Shard, sequenceNumber: string): number | null {
    const parts = parseSequenceNumber(sequenceNumber);
    const own = parts?.shardIndex === shard.index && parts.createdSeconds === Math.floor(this.state.createdAt / 1000);
    return own ? parts.position : null;
  }

  /** Keep the state; the old file stays whole until the new one is complete. */
  save(): void {
    writeState(join(this.directory, FACTS), this.state);
  }

  async close(reason: Error): Promise<void> {
    await Promise.all(this.shards.map(({ log }) => log.close(reason)));
  }
}

export type StreamOptions = Pick<ShardLogOptions, 'now' | 'log' | 'segmentBytes'> &
  Partial<Pick<ShardLogOptions, 'tailBytes'>> & {
    observeTrim?(this: void, streamName: string, shardId: string): TrimObserver | undefined;
  };

/** All streams of the account, one folder each. */
export class Streams {
  private readonly streams = new Map<string, Stream>();
  /** Names whose folder is being made or removed. */
  private readonly busy = new Set<string>();

  private constructor(
    private readonly directory: string,
    private readonly arnPrefix: string,
    private readonly accountId: string,
    private readonly options: StreamOptions,
  ) {}

  static async open(
    directory: string,
    account: { readonly region: string; readonly accountId: string },
    options: StreamOptions,
  ): Promise<Streams> {
    await mkdir(directory, { recursive: true });
    const streams = new Streams(
      directory,
      `arn:aws:kinesis:${account.region}:${account.accountId}:stream/`,
      account.accountId,
      options,
    );
    for (const folder of await readdir(directory)) {
      const path = join(directory, folder);
      // A folder without the ending is one whose creation or deletion was interrupted.
      if (!folder.endsWith(FOLDER)) await rm(path, { recursive: true, force: true });
      else await streams.load(path, readFacts(join(path, FACTS)));
    }
    return streams;
  }

  /** In the order of their names. */
  list(): readonly Stream[] {
    return [...this.streams.values()].sort((a, b) => (a.state.name < b.state.name ? -1 : 1));
  }

  find(name: string): Stream | undefined {
    return this.streams.get(name);
  }

  /** @throws ServiceError ResourceNotFoundException */
  get(name: string): Stream {
    const stream = this.streams.get(name);
    if (stream === undefined)
      throw new ServiceError('ResourceNotFoundException', `Stream ${name} under account ${this.accountId} not found.`);
    return stream;
  }

  /** The name in an ARN of this account and region; the whole ARN when it is another one, so that nothing is found under it. */
  nameOf(arn: string): string {
    return arn.startsWith(this.arnPrefix) ? arn.slice(this.arnPrefix.length) : arn;
  }

  /** @throws ServiceError ResourceInUseException */
  async create(state: StreamState): Promise<Stream> {
    const { name } = state;
    if (this.streams.has(name) || this.busy.has(name)) {
      throw new ServiceError('ResourceInUseException', `Stream ${name} under account ${this.accountId} already exists.`);
    }
    this.busy.add(name);
    try {
      const [draft, path] = [join(this.directory, `${name}.new`), join(this.directory, `${name}${FOLDER}`)];
      await mkdir(draft, { recursive: true });
      writeState(join(draft, FACTS), state);
      await rename(draft, path);
      return await this.load(path, state);
    } finally {
      this.busy.delete(name);
    }
  }

  /** Readers that wait are refused as if the stream had never been. */
  async delete(name: string): Promise<void> {
    const stream = this.get(name);
    this.streams.delete(name);
    this.busy.add(name);
    try {
      await stream.close(
        new ServiceError('ResourceNotFoundException', `Stream ${name} under account ${this.accountId} not found.`),
      );
      const doomed = join(this.directory, `${name}.deleted`);
      await rename(join(this.directory, `${name}${FOLDER}`), doomed);
      await rm(doomed, { recursive: true });
    } finally {
      this.busy.delete(name);
    }
  }

  async trim(): Promise<void> {
    await Promise.all(this.list().flatMap(({ shards }) => shards.map(({ log }) => log.trim())));
  }

  async close(): Promise<void> {
    await Promise.all(this.list().map((stream) => stream.close(new Error('the Kinesis endpoint was closed'))));
  }

  private async load(path: string, state: StreamState): Promise<Stream> {
    const stream = await Stream.open(path, state, `${this.arnPrefix}${state.name}`, this.options);
    this.streams.set(state.name, stream);
    return stream;
  }
}

/** @throws DamagedStateError */
function readFacts(file: string): StreamState {
  const state = readState(file) as StreamState | undefined;
  if (state === undefined) throw new DamagedStateError(file, 'it is gone');
  return state;
}

/** A hash key as 32 hexadecimal digits. */
export function hexKey(key: bigint): string {
  return key.toString(16).padStart(32, '0');
}
