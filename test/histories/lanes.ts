import type { KinesisStreamBatchResponse, KinesisStreamRecord } from 'aws-lambda';
import { laneOf } from '@tillgraph/local-aws/testing/event-source';
import { kinesisRecord } from '../support/kinesis-records.ts';
import { streamOf, type Fate, type History } from './history.ts';
import { Crash, Troubles } from './troubled-port.ts';
import { Turns } from './turns.ts';

/** A process that runs the consumer, for as long as it lives. */
export type Process = (records: readonly KinesisStreamRecord[], troubles: Troubles) => Promise<KinesisStreamBatchResponse>;

/** How often a batch may fail although nothing befalls it: other lanes may be faster so many times. */
const MOST_CALM_FAILURES = 25;

const CALM: Fate = { records: 1_000, fresh: false, again: false };

/** A batch that fails although nothing is wrong but what it brings. */
export class Stuck extends Error {
  override readonly name = 'Stuck';
}

/**
 * Deliver all records of a history as a Kinesis event source mapping does: lanes side by side, each in its order; what fails comes again
 * from the record that is named, cut anew; and so on without an end, because an outage passes.
 */
export async function deliverAll(history: History, start: () => Process): Promise<void> {
  const turns = new Turns(history.turns);
  const records = streamOf(history).map(({ partitionKey, bytes }, place) => kinesisRecord(place + 1, bytes, partitionKey));
  const fates = [...history.fates];
  const idle: Process[] = [];

  async function lane(queue: readonly KinesisStreamRecord[]): Promise<void> {
    let [position, calmFailures, most] = [0, 0, Infinity];
    while (position < queue.length) {
      const fate = fates.shift() ?? CALM;
      const batch = queue.slice(position, position + Math.min(fate.records, most));
      const troubles = new Troubles(turns, fate.trouble);
      const process = (fate.fresh ? undefined : idle.pop()) ?? start();
      const failed = await firstFailed(process, batch, troubles);
      if (failed !== 'crashed') idle.push(process);
      if (failed === undefined) {
        if (!fate.again) position += batch.length;
        [most, calmFailures] = [Infinity, 0];
        continue;
      }
      if (fate.trouble === undefined && ++calmFailures > MOST_CALM_FAILURES)
        throw new Stuck(`records from ${queue[position]!.kinesis.sequenceNumber} on cannot be delivered`);
      if (failed !== 'crashed') position += failed;
      most = Math.max(1, Math.ceil(batch.length / 2));
    }
  }

  const lanes = Array.from({ length: history.lanes }, (_, place) =>
    lane(records.filter(({ kinesis }) => laneOf(kinesis.partitionKey, history.lanes) === place)),
  );
  await turns.until(Promise.all(lanes));
}

/** The place of the first record that must come again; `undefined` when all is done. */
async function firstFailed(
  process: Process,
  batch: readonly KinesisStreamRecord[],
  troubles: Troubles,
): Promise<number | 'crashed' | undefined> {
  let answer: KinesisStreamBatchResponse;
  try {
    answer = await Promise.race([process(batch, troubles), troubles.crashed]);
  } catch (error) {
    return error instanceof Crash ? 'crashed' : 0;
  }
  const [failure] = answer.batchItemFailures;
  if (failure === undefined) return undefined;
  const place = batch.findIndex(({ kinesis }) => kinesis.sequenceNumber === failure.itemIdentifier);
  if (place < 0) throw new RangeError(`the consumer names a record that it was not given: ${failure.itemIdentifier}`);
  return place;
}
