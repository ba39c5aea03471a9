import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import {
  CreateTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeEndpointsCommand,
  DescribeLimitsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ListTablesCommand,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LOCAL, refusalOf, temporaryDirectory } from '@tillgraph/local-aws/testing/remote';
import { localClient } from '@tillgraph/local-aws/testing/dynamodb-endpoint';
import { startDynamoDb, type DynamoDbService } from '@tillgraph/local-aws';
import { installNpmPackages } from '../support/npm-packages.ts';
import { installPythonPackage } from '../support/python-package.ts';

// What other people's clients of DynamoDB make of the stand-in: each in a process of its own, as its documentation shows it.

const run = promisify(execFile);
const [packages, python] = await Promise.all([
  installNpmPackages('dynamodb-clients-1', ['@aws-sdk/client-dynamodb@3.1164.0', '@aws-sdk/lib-dynamodb@3.1164.0']),
  installPythonPackage('awswrangler==3.17.1'), // brings boto3 along
]);
const missing = [packages, python].flatMap((one) => ('missing' in one ? [one.missing] : []));
if (missing.length > 0) console.warn(`SKIPPED: no foreign client of DynamoDB is tried: ${missing.join('; ')}`);

describe.skipIf(missing.length > 0)('a foreign client', () => {
  const TableName = 'Foreign';
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let service: DynamoDbService;
  let client: DynamoDBClient;

  beforeAll(async () => {
    directory = await temporaryDirectory();
    service = await startDynamoDb({ ...LOCAL, directory: directory.path, port: 0, log: console.error });
    client = localClient(service.url);
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'n', AttributeType: 'N' },
        ],
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'n', KeyType: 'RANGE' },
        ],
      }),
    );
  });
  afterAll(async () => {
    client.destroy();
    await service.close();
    await directory[Symbol.asyncDispose]();
  });

  const env = () => ({
    ...process.env,
    AWS_ACCESS_KEY_ID: LOCAL.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL.credentials.secretAccessKey,
    AWS_DEFAULT_REGION: LOCAL.region,
    AWS_REGION: LOCAL.region,
    AWS_ENDPOINT_URL_DYNAMODB: service.url,
  });
  const runPython = async (script: string): Promise<unknown> => {
    const { stdout } = await run('python' in python ? python.python : '', ['-W', 'ignore', '-c', script], { env: env() });
    return JSON.parse(stdout) as unknown;
  };

  test("boto3's resource writes and reads Decimals, sets, bytes and batches", async () => {
    expect(await runPython(BOTO3)).toEqual({
      item: ['1.5', '1000', '12345678901234567890.123456789012345678', ['x'], [255, 0], ['1', '0.1', null, true, '']],
      found: [{ l: ['0.1'], m: { d: '1000' } }],
      updated: { l: ['2'], s: ['x', 'y'] },
      count: 61,
      segments: 61,
      refused: 'ConditionalCheckFailedException',
    });
  });

  test('awswrangler writes data frames and reads them again', async () => {
    expect(await runPython(AWSWRANGLER)).toEqual({
      byKeys: [
        ['w', 1, 'p'],
        ['w', 2, 'q'],
      ],
      byQuery: [1, 2],
      left: 1,
      partiql: 'ExecuteStatement is not supported locally',
    });
  });

  test('lib-dynamodb writes and reads what JavaScript has', async () => {
    const { stdout } = await run(process.execPath, ['-e', LIB_DYNAMODB], {
      cwd: 'directory' in packages ? packages.directory : '',
      env: env(),
    });

    expect(JSON.parse(stdout)).toEqual({
      item: { pk: 'js', n: 1.5, big: '12345678901234567890', s: ['x'], l: [1, '', null, true], m: { x: {} }, e: '' },
      updated: { l: [''], s: ['x', 'y'], m: { x: 0.3 } },
      found: 1,
      read: [{ pk: 'js', n: 2 }],
    });
  });

  test('what a workbench asks of a table is answered, or refused by name', async () => {
    expect((await client.send(new ListTablesCommand({}))).TableNames).toContain(TableName);
    expect((await client.send(new DescribeTableCommand({ TableName }))).Table).toMatchObject({ TableStatus: 'ACTIVE' });
    expect((await client.send(new DescribeTimeToLiveCommand({ TableName }))).TimeToLiveDescription).toEqual({
      TimeToLiveStatus: 'DISABLED',
    });
    const backups = await client.send(new DescribeContinuousBackupsCommand({ TableName }));
    expect(backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus).toBe('DISABLED');
    expect(await client.send(new DescribeLimitsCommand({}))).toMatchObject({ TableMaxReadCapacityUnits: 40_000 });
    expect(await refusalOf(client.send(new DescribeEndpointsCommand({})))).toMatchObject({
      name: 'UnknownOperationException',
      message: expect.stringContaining('DescribeEndpoints is not supported locally') as unknown,
    });
  });
});

const BOTO3 = `
import json
from decimal import Decimal
import boto3
from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import ClientError
table = boto3.resource("dynamodb").Table("Foreign")
key = {"pk": "a", "n": Decimal("1.5")}
table.put_item(Item={**key, "s": {"x"}, "b": b"\\xff\\x00", "l": [1, Decimal("0.1"), None, True, ""],
    "m": {"d": Decimal("1E+3")}, "big": Decimal("12345678901234567890.123456789012345678")})
item = table.get_item(Key=key)["Item"]
found = table.query(
    KeyConditionExpression=Key("pk").eq("a") & Key("n").gte(1),
    FilterExpression=Attr("s").contains("x") & Attr("l").contains("") & Attr("b").begins_with(b"\\xff"),
    ProjectionExpression="l[1], m.d")["Items"]
updated = table.update_item(Key=key, UpdateExpression="SET l[0] = l[0] + :one REMOVE m.d ADD s :s",
    ExpressionAttributeValues={":one": 1, ":s": {"y"}}, ReturnValues="UPDATED_NEW")["Attributes"]
with table.batch_writer(overwrite_by_pkeys=["pk", "n"]) as batch:
    for n in range(60):
        batch.put_item(Item={"pk": "b", "n": n})
try:
    table.put_item(Item=key, ConditionExpression=Attr("pk").not_exists())
except ClientError as error:
    refused = error.response["Error"]["Code"]
def plain(value):
    return sorted(value) if isinstance(value, set) else str(value)
print(json.dumps({
    "item": [item["n"], item["m"]["d"], item["big"], item["s"], list(item["b"].value), item["l"]],
    "found": found,
    "updated": updated,
    "count": table.scan(Select="COUNT")["Count"],
    "segments": sum(len(table.scan(Segment=n, TotalSegments=4)["Items"]) for n in range(4)),
    "refused": refused,
}, default=plain))
for n in range(60):
    table.delete_item(Key={"pk": "b", "n": n})
`;

const AWSWRANGLER = `
import json
import awswrangler as wr
import pandas as pd
from boto3.dynamodb.conditions import Key
frame = pd.DataFrame({"pk": ["w", "w"], "n": [1, 2], "x": ["p", "q"]})
wr.dynamodb.put_df(frame, table_name="Foreign")
by_keys = wr.dynamodb.read_items(table_name="Foreign", partition_values=["w", "w"], sort_values=[1, 2])
by_query = wr.dynamodb.read_items(table_name="Foreign", key_condition_expression=Key("pk").eq("w"), columns=["n"])
wr.dynamodb.delete_items([{"pk": "w", "n": 2}], table_name="Foreign")
left = wr.dynamodb.read_items(table_name="Foreign", key_condition_expression=Key("pk").eq("w"))
try:
    wr.dynamodb.read_partiql_query("SELECT * FROM Foreign")
except Exception as error:
    partiql = "ExecuteStatement is not supported locally" if "ExecuteStatement is not supported locally" in str(error) else str(error)
print(json.dumps({
    "byKeys": sorted([row.pk, int(row.n), row.x] for row in by_keys.itertuples()),
    "byQuery": sorted(int(n) for n in by_query["n"]),
    "left": len(left),
    "partiql": partiql,
}))
`;

const LIB_DYNAMODB = `
const { DynamoDBClient } = require('@aws-sdk/client-dynamodb');
const lib = require('@aws-sdk/lib-dynamodb');
const client = lib.DynamoDBDocumentClient.from(new DynamoDBClient({}), { marshallOptions: { removeUndefinedValues: true } });
const TableName = 'Foreign';
const Key = { pk: 'js', n: 1.5 };
(async () => {
  const more = { big: 12345678901234567890n, s: new Set(['x']), l: [1, '', null, true], m: { x: {} }, u: undefined, e: '' };
  await client.send(new lib.PutCommand({ TableName, Item: { ...Key, ...more } }));
  const { Item: item } = await client.send(new lib.GetCommand({ TableName, Key }));
  const { Attributes: updated } = await client.send(new lib.UpdateCommand({
    TableName, Key, UpdateExpression: 'SET l[1] = :e, m.x = :a + :b ADD s :s', ReturnValues: 'UPDATED_NEW',
    ExpressionAttributeValues: { ':e': '', ':a': 0.1, ':b': 0.2, ':s': new Set(['y']) } }));
  const { Count: found } = await client.send(new lib.QueryCommand({
    TableName, KeyConditionExpression: 'pk = :p', FilterExpression: 'contains(l, :t)',
    ExpressionAttributeValues: { ':p': 'js', ':t': true } }));
  await client.send(new lib.TransactWriteCommand({ TransactItems: [{ Put: { TableName, Item: { pk: 'js', n: 2 } } }] }));
  const { Responses: read } = await client.send(new lib.BatchGetCommand({ RequestItems: { [TableName]: { Keys: [{ pk: 'js', n: 2 }] } } }));
  await client.send(new lib.DeleteCommand({ TableName, Key }));
  await client.send(new lib.DeleteCommand({ TableName, Key: { pk: 'js', n: 2 } }));
  const plain = (name, value) => value instanceof Set ? [...value].sort() : typeof value === 'bigint' ? String(value) : value;
  console.log(JSON.stringify({ item, updated, found, read: read[TableName] }, plain));
})();
`;
