import { BatchCreatePartitionCommand, GetPartitionsCommand, type GlueClient } from '@aws-sdk/client-glue';
import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { DATABASE, givenCatalog } from '@tillgraph/local-aws/testing/given-catalog';
import { glueRawHours, PartitionsRefusedError } from '../../ingest/handlers/glue-raw-hours.ts';
import { registerHours } from '../../ingest/warehouse/raw-hours.ts';

const RAW = {
  databaseName: DATABASE,
  input: {
    Name: 'raw',
    PartitionKeys: [
      { Name: 'dt', Type: 'string' },
      { Name: 'hour', Type: 'string' },
    ],
    StorageDescriptor: { Location: 's3://shop/raw/v=1/', Columns: [{ Name: 'lineid', Type: 'string' }] },
  },
};
const NOW = Date.UTC(2026, 10, 30, 9, 30);

/** A bucket with an object in each of these hours, listed two folders at a time. */
function bucketOf(hours: readonly string[]): Pick<S3Client, 'send'> {
  const keys = hours.map((name) => `raw/v=1/dt=${name.replace('/', '/hour=')}/shardId-000000000000-1-2.ndjson.gz`).sort();
  const send = async (command: unknown) => {
    const { Prefix = '', Delimiter, ContinuationToken = '' } = (command as ListObjectsV2Command).input;
    const found = keys.filter((key) => key.startsWith(Prefix));
    if (Delimiter === undefined) return { Contents: found.slice(0, 1).map((Key) => ({ Key })) };
    const folders = [...new Set(found.map((key) => `${Prefix}${key.slice(Prefix.length).split('/')[0] ?? ''}/`))];
    const left = folders.filter((folder) => folder > ContinuationToken);
    const page = left.slice(0, 2);
    return {
      CommonPrefixes: page.map((folder) => ({ Prefix: folder })),
      ...(left.length > page.length && { NextContinuationToken: page.at(-1) }),
    };
  };
  return { send: send as S3Client['send'] };
}

/** Says of one hour what Glue says when another writer is at work, so many times. */
function disturbed(client: GlueClient, hour: string, ErrorCode: string, times: number): Pick<GlueClient, 'send'> {
  let left = times;
  const send = async (command: BatchCreatePartitionCommand) => {
    if (!(command instanceof BatchCreatePartitionCommand)) return client.send(command);
    const { PartitionInputList = [], ...place } = command.input;
    const [others, disturbing] = [false, true].map((is) =>
      PartitionInputList.filter(({ Values }) => (Values?.[1] === hour) === is),
    );
    if (disturbing?.length === 0 || left-- <= 0) return client.send(command);
    const { Errors = [] } = await client.send(new BatchCreatePartitionCommand({ ...place, PartitionInputList: others }));
    const more = (disturbing ?? []).map(({ Values }) => ({ PartitionValues: Values, ErrorDetail: { ErrorCode } }));
    return { Errors: [...Errors, ...more] };
  };
  return { send: send as GlueClient['send'] };
}

async function registered(client: GlueClient) {
  const { Partitions = [] } = await client.send(new GetPartitionsCommand({ DatabaseName: DATABASE, TableName: 'raw' }));
  return Partitions.map(({ Values, StorageDescriptor }) => [Values?.join('/'), StorageDescriptor?.Location]);
}

const HOURS = ['2026-11-28/23', '2026-11-29/08', '2026-11-29/09', '2026-11-29/10', '2026-11-30/00'];
const at = (hour: string) => [hour, `s3://shop/raw/v=1/dt=${hour.replace('/', '/hour=')}/`];

test('the hours of the bucket become partitions, however often they are registered', async () => {
  const { client } = await givenCatalog({ definition: { tables: [RAW] } });
  const hours = glueRawHours(bucketOf(HOURS), client, { bucket: 'shop', database: DATABASE });

  await Promise.all([registerHours(hours, undefined, NOW), registerHours(hours, undefined, NOW)]);
  await registerHours(hours, NOW, NOW);

  expect(await registered(client)).toEqual(HOURS.map(at));
  expect(await hours.isRegistered('2026-11-29/09')).toBe(true);
  expect(await hours.isRegistered('2026-11-29/07')).toBe(false);
});

test('another writer is waited for', async () => {
  const { client } = await givenCatalog({ definition: { tables: [RAW] } });
  const glue = disturbed(client, '09', 'ConcurrentModificationException', 2);

  await registerHours(glueRawHours(bucketOf(HOURS), glue, { bucket: 'shop', database: DATABASE }), undefined, NOW);

  expect(await registered(client)).toEqual(HOURS.map(at));
});

test('what the catalog refuses for good is an error that names the hour', async () => {
  const { client } = await givenCatalog({ definition: { tables: [RAW] } });
  const glue = disturbed(client, '09', 'ResourceNumberLimitExceededException', 1);

  const failure = await registerHours(
    glueRawHours(bucketOf(HOURS), glue, { bucket: 'shop', database: DATABASE }),
    NOW,
    NOW,
  ).catch((error: unknown) => error);

  expect(failure).toBeInstanceOf(PartitionsRefusedError);
  expect(failure).toMatchObject({
    code: 'PARTITIONS_REFUSED',
    table: 'raw',
    message: expect.stringContaining('of 2026-11-29/09 the catalog says ResourceNumberLimitExceededException') as string,
  });
});
