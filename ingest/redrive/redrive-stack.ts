import { setTimeout as pause } from 'node:timers/promises';
import { KinesisClient, KinesisServiceException, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { callStack } from '../bulk/local-outputs.ts';
import { addressesIn } from './addresses.ts';
import type { FailedRecord } from './failed-records.ts';
import type { RedriveOptions } from './options.ts';
import { NotTakenError, type RedriveStack } from './redriving.ts';

/** Of one PutRecords. @source Kinesis: 500 records; 5 MiB are less than it takes today */
const MOST_RECORDS = 500;
const MOST_BYTES = 5 * 1024 * 1024;

/** How often a record is sent that the stream does not take. */
const ATTEMPTS = 10;
/** Doubled each time, up to `LONGEST_WAIT`. @unit milliseconds */
const FIRST_WAIT = 100;
const LONGEST_WAIT = 5_000;

/** @param milliseconds - before records are sent again @throws the signal's reason when it aborts first */
type Wait = (milliseconds: number, signal: AbortSignal) => Promise<unknown>;

/** A stack, local or deployed, by the clients of AWS. @throws NoStackError */
export function connectRedriveStack(
  { outputs, data }: Pick<RedriveOptions, 'outputs' | 'data'>,
  wait: Wait = (milliseconds, signal) => pause(milliseconds, undefined, { signal }),
): RedriveStack & { close(): void } {
  const { name, streamName, bucketName: Bucket, client, endpoints } = addressesIn(outputs, data);
  const s3 = new S3Client({ ...client, ...(endpoints && { endpoint: endpoints.s3 }) });
  // By itself, this client speaks HTTP/2, which the local stack does not; for a few requests, there is no difference.
  const requestHandler = new NodeHttpHandler();
  const kinesis = new KinesisClient({ ...client, requestHandler, ...(endpoints && { endpoint: endpoints.kinesis }) });
  const ask = <T>(call: () => Promise<T>): Promise<T> => callStack(name, call);

  return {
    name,
    keys: (Prefix) =>
      ask(async () => {
        const keys: string[] = [];
        for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix }))
          keys.push(...Contents.flatMap(({ Key }) => Key ?? []));
        return keys;
      }),
    text: (Key) =>
      ask(async () => {
        try {
          return await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();
        } catch (error) {
          if (error instanceof NoSuchKey) return undefined;
          throw error;
        }
      }),
    put: (records, signal) =>
      ask(async () => {
        for (const batch of batchesOf(records)) await putAll(kinesis, { streamName, records: batch }, wait, signal);
      }),
    shelve: (key) =>
      ask(async () => {
        // Each part of the source's name as in an address, its slashes kept.
        const CopySource = `${Bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
        await s3.send(new CopyObjectCommand({ Bucket, Key: `redriven/${key}`, CopySource }));
        await s3.send(new DeleteObjectCommand({ Bucket, Key: key }));
      }),
    close: () => {
      s3.destroy();
      kinesis.destroy();
    },
  };
}

/** Until the stream has all; it takes some and refuses others. @throws NotTakenError */
async function putAll(
  kinesis: KinesisClient,
  { streamName, records }: { readonly streamName: string; readonly records: readonly FailedRecord[] },
  wait: Wait,
  signal: AbortSignal,
): Promise<void> {
  let left = records;
  for (let attempt = 1; ; attempt += 1) {
    const refusals = await refusalsOf(kinesis, streamName, left, signal);
    left = left.filter((_, place) => refusals[place] !== undefined);
    if (left.length === 0) return;
    if (attempt === ATTEMPTS) throw new NotTakenError(left.length, refusals.find((refusal) => refusal !== undefined) ?? '');
    await wait(Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempt - 1)), signal);
  }
}

/** Why the stream did not take each record for now; `undefined` for one that it took. */
async function refusalsOf(
  kinesis: KinesisClient,
  StreamName: string,
  records: readonly FailedRecord[],
  abortSignal: AbortSignal,
): Promise<readonly (string | undefined)[]> {
  const Records = records.map(({ partitionKey, data }) => ({ PartitionKey: partitionKey, Data: data }));
  try {
    const answer = await kinesis.send(new PutRecordsCommand({ StreamName, Records }), { abortSignal });
    return (answer.Records ?? []).map(({ ErrorCode, ErrorMessage }) =>
      ErrorCode === undefined ? undefined : `${ErrorCode}: ${ErrorMessage ?? ''}`,
    );
  } catch (error) {
    const passes =
      error instanceof KinesisServiceException &&
      ((error.$metadata.httpStatusCode ?? 0) >= 500 || /Throughput|Throttl|LimitExceeded/.test(error.name));
    if (!passes) throw error;
    return records.map(() => `${error.name}: ${error.message}`);
  }
}

function* batchesOf(records: readonly FailedRecord[]): Generator<readonly FailedRecord[]> {
  let [batch, bytes]: [FailedRecord[], number] = [[], 0];
  for (const record of records) {
    const size = record.data.length + Buffer.byteLength(record.partitionKey);
    if (batch.length === MOST_RECORDS || (batch.length > 0 && bytes + size > MOST_BYTES)) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(record);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
