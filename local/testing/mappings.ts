import type { InvocationResult } from '../services/lambda/event-source/delivery.ts';
import type { EventRecord } from '../services/lambda/event-source/kinesis-event.ts';
import type { FailedBatch } from '../services/lambda/event-source/failed-batch.ts';
import type { RunningMapping } from '../services/lambda/event-source/mapping.ts';
import { startMapping } from '../services/lambda/event-source/mapping.ts';
import type { RecordSource } from '../services/lambda/event-source/record-source.ts';
import type { MappingDefinition } from '../services/lambda/definition.ts';
import { newDirectory } from './directories.ts';

export const succeeded: InvocationResult = { payload: 'null', requestId: 'r' };
export const threw: InvocationResult = {
  payload: '{"errorType":"Error","errorMessage":"no"}',
  functionError: 'Unhandled',
  requestId: 'r',
};
export const reported = (...sequenceNumbers: readonly string[]): InvocationResult => ({
  payload: JSON.stringify({ batchItemFailures: sequenceNumbers.map((itemIdentifier) => ({ itemIdentifier })) }),
  requestId: 'r',
});

export const sequenceOf = (record: EventRecord): string => record.kinesis.sequenceNumber;
export const textOf = (record: EventRecord): string => Buffer.from(record.kinesis.data, 'base64').toString();
export const freshDirectory = (): string => newDirectory('test');

/** A mapping with the defaults of AWS, except that it starts at once. */
export function mappingOf(changes: Partial<MappingDefinition> = {}): MappingDefinition {
  return {
    id: '2548c4ae-330e-42ec-8b08-bdf60f0fcd31',
    functionName: 'writer',
    streamName: 'transactions',
    streamArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/transactions',
    enabled: true,
    startingPosition: 'TRIM_HORIZON',
    batchSize: 100,
    batchingWindowSeconds: 0,
    parallelization: 1,
    maximumRetryAttempts: Infinity,
    maximumRecordAgeSeconds: Infinity,
    bisect: false,
    reportBatchItemFailures: false,
    countsEvents: false,
    ...changes,
  };
}

export interface Given {
  readonly stream: RecordSource;
  readonly mapping?: Partial<MappingDefinition>;
  readonly directory?: string;
  readonly timeFactor?: number;
  readonly maxEventBytes?: number;
  invoke(this: void, records: readonly EventRecord[]): InvocationResult | undefined | Promise<InvocationResult | undefined>;
  keep?(this: void, bucket: string, failed: FailedBatch): Promise<void>;
}

/** Start a mapping in front of a function that is given as code. */
export function run({
  stream,
  mapping = {},
  directory = freshDirectory(),
  timeFactor = 1e6,
  maxEventBytes = 6 * 1024 * 1024,
  invoke,
  keep,
}: Given): Promise<RunningMapping> {
  return startMapping(
    mappingOf(mapping),
    { arn: 'arn:aws:lambda:us-east-1:000000000000:function:writer', roleArn: 'arn:aws:iam::000000000000:role/writer' },
    {
      source: stream,
      invoke: async ({ Records }) => invoke(Records),
      keep: keep ?? (() => Promise.reject(new Error('no bucket in this test'))),
      log: () => undefined,
    },
    { region: 'us-east-1', directory, timeFactor, maxEventBytes },
  );
}

/** A promise and the function that settles it. */
export function later<T = void>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}
