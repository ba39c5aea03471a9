import { Closers } from './closers.ts';
import type { StackOptions } from './stack-options.ts';
import type { Measure } from './measure.ts';
import { measureNothing } from './measure.ts';
import { startDynamoDb } from './services/dynamodb/service.ts';
import type { KinesisService } from './services/kinesis/service.ts';
import { startKinesis } from './services/kinesis/service.ts';
import type { ObjectCreated } from './services/s3/call.ts';
import type { S3Service } from './services/s3/service.ts';
import { startS3 } from './services/s3/service.ts';
import type { StackDefinition } from './template/stack-definition.ts';

/** The stores, which need to know nothing of the template: they can start while it is still being made. */
export interface Stores {
  readonly kinesis: KinesisService;
  readonly dynamodb: Awaited<ReturnType<typeof startDynamoDb>>;
  readonly s3: S3Service;
  /** From now on call the listener for every created object. */
  onObjectCreated(listener: (created: ObjectCreated) => void): void;
  /** From now on report the metrics of the stores. */
  onMeasured(measure: Measure): void;
  close(): Promise<void>;
}

/** Start the stores on free ports. */
export async function startStores({ directory, accountId, region, log, streamClock }: StackOptions): Promise<Stores> {
  const closers = new Closers();
  let notify: (created: ObjectCreated) => void = () => undefined;
  let listening: Measure = measureNothing;
  const measure: Measure = (measurement) => {
    listening(measurement);
  };
  const common = { port: 0, credentials: directory.credentials, region, accountId, log, measure };
  async function start<T extends { close(): Promise<void> }>(
    begin: (options: typeof common & { directory: string }) => Promise<T>,
    name: string,
  ): Promise<T> {
    const service = await begin({ ...common, directory: directory.inside(name) });
    closers.add(() => service.close());
    return service;
  }
  const started = await Promise.allSettled([
    start((options) => startKinesis({ ...options, ...(streamClock && { now: () => streamClock.now() }) }), 'kinesis'),
    start(startDynamoDb, 'dynamodb'),
    start((options) => startS3({ ...options, onObjectCreated: (created) => notify(created) }), 's3'),
  ]);
  const [kinesis, dynamodb, s3] = started;
  if (kinesis.status === 'fulfilled' && dynamodb.status === 'fulfilled' && s3.status === 'fulfilled') {
    return {
      kinesis: kinesis.value,
      dynamodb: dynamodb.value,
      s3: s3.value,
      onObjectCreated: (listener) => {
        notify = listener;
      },
      onMeasured: (next) => {
        listening = next;
      },
      close: () => closers.close(),
    };
  }
  await closers.close();
  throw started.find((result) => result.status === 'rejected')?.reason;
}

/** Make the streams, tables and buckets that are declared, unless they are there. */
export async function createDeclaredStores({ kinesis, dynamodb, s3 }: Stores, definition: StackDefinition): Promise<void> {
  await Promise.all([
    ...definition.streams.map((stream) => kinesis.createStream(stream)),
    ...definition.tables.map((table) => dynamodb.createTable({ ...table })),
    ...definition.buckets.map(({ name, configuration }) => s3.createBucket(name, configuration)),
  ]);
}
