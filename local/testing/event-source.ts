/** How an event source mapping orders records, and what it writes when it gives up, for models of it. */
export { failedBatch } from '../services/lambda/event-source/failed-batch.ts';
export type { EventRecord } from '../services/lambda/event-source/kinesis-event.ts';
export { laneOf } from '../services/lambda/event-source/lanes.ts';
