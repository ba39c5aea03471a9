import { invalidArgument, NAME } from './input.ts';
import type { Input, InputCheck } from './input.ts';
import type { ShardIterators } from './iterator.ts';
import type { Streams } from './streams.ts';

/** What can go wrong on demand: whole answers, single records of a PutRecords, records that are written twice. */
export type KinesisEffect = 'throttle' | 'partial' | 'duplicate' | 'unavailable' | 'unavailable-after';

/** What the operations work on. */
export interface KinesisState {
  readonly streams: Streams;
  readonly iterators: ShardIterators;
  readonly accountId: string;
  /** @unit ms since epoch */
  now(this: void): number;
  /** The present time for a record that arrives now; it never runs backwards, whatever the clock does. @unit ms since epoch */
  arrival(this: void): number;
  /** Tell CloudWatch something of a stream. */
  measure(this: void, streamName: string, metric: string, value: number): void;
}

/** The stream a request is about, by `StreamName`, `StreamARN` or both. */
export function streamNameOf(state: KinesisState, input: Input, check: InputCheck): string {
  const arn = check.text('StreamARN', { min: 1, max: 2048 });
  if (arn === undefined) return check.requiredText('StreamName', NAME);
  const name = check.text('StreamName', NAME);
  const meant = state.streams.nameOf(arn);
  if (name !== undefined && name !== meant)
    throw invalidArgument(`StreamARN ${arn} and StreamName ${name} are about two streams.`);
  return meant;
}
