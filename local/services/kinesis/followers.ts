import type { Following, LostRecords, StreamFollower } from '../lambda/event-source/record-source.ts';
import type { Shard, Stream } from './streams.ts';

/** A consumer says that it has done records that the stream does not have. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
  readonly code = 'CHECKPOINT_BEYOND_LOG';

  constructor(
    /** Where the consumer keeps how far it is. */
    readonly file: string,
    /** Where the records are. */
    readonly log: string,
    readonly sequenceNumber: string,
    why: string,
  ) {
    super(
      `${file} says that ${sequenceNumber} is done, and ${log} ${why}: put back a copy of both, or delete ${file} to begin anew where the ` +
        'consumer is declared to start',
    );
  }
}

/** Looks at records that are about to be trimmed. */
export interface TrimObserver {
  /** Called for each of them, in order. */
  see(this: void, record: { readonly sequenceNumber: string; readonly partitionKey: string }): void;
  /** All were seen; they go now. */
  end(this: void): void;
}

/** Those who follow streams and remember how far they are: no record is trimmed that they have not done without a word. */
export class Followers {
  private readonly followers = new Map<string, Set<StreamFollower>>();
  private begin: () => void = () => undefined;
  private readonly mayRead = new Promise<void>((resolve) => (this.begin = resolve));

  constructor(private readonly log: (line: string) => void) {}

  /** @throws CheckpointError */
  follow(stream: Stream, follower: StreamFollower): Following {
    for (const shard of stream.shards)
      for (const position of follower.positions(shard.id)) check(stream, shard, follower, position);
    const { name } = stream.state;
    const followers = this.followers.get(name) ?? new Set();
    this.followers.set(name, followers.add(follower));
    return { mayRead: this.mayRead, end: () => followers.delete(follower) };
  }

  /** What is too old is gone: reading may begin. */
  trimmed(): void {
    this.begin();
  }

  /** @returns undefined when nothing follows the stream */
  observe(streamName: string, shardId: string): TrimObserver | undefined {
    const followers = [...(this.followers.get(streamName) ?? [])];
    if (followers.length === 0) return undefined;
    const counts = followers.map((follower) => ({ follower, lost: undefined as LostRecords | undefined }));
    let last = '';
    return {
      see: (record) => {
        last = record.sequenceNumber;
        for (const count of counts) {
          if (!count.follower.needs(shardId, record)) continue;
          const { records, first } = count.lost ?? { records: 0, first: last };
          count.lost = { records: records + 1, first, last };
        }
      },
      end: () => {
        for (const { follower, lost } of counts) {
          if (lost !== undefined) {
            this.log(
              `${follower.name}: ${String(lost.records)} records of ${streamName} ${shardId}, from ${lost.first} to ${lost.last}, were older ` +
                'than the retention of the stream before they were done, and are lost',
            );
          }
          if (last !== '') follower.trimmed(shardId, last, lost);
        }
      },
    };
  }
}

function check(stream: Stream, shard: Shard, follower: StreamFollower, sequenceNumber: string | null): void {
  if (sequenceNumber === null) return;
  const position = stream.positionOf(shard, sequenceNumber);
  const fail = (why: string): never => {
    throw new CheckpointError(follower.file(shard.id), shard.log.path, sequenceNumber, why);
  };
  if (position === null) fail(`is of another stream or shard than this number`);
  else if (position >= shard.log.nextPosition)
    fail(`ends with record ${String(shard.log.nextPosition - 1)}, before record ${String(position)}, which this is`);
}
