import { PutItemCommand, type AttributeValue } from '@aws-sdk/client-dynamodb';
import { LOCAL, temporaryDirectory } from '@tillgraph/local-aws/testing/remote';
import { localClient } from '@tillgraph/local-aws/testing/dynamodb-endpoint';
import { startDynamoDb } from '@tillgraph/local-aws';

/** The two tables on the stand-in of DynamoDB, with their indexes, for items that a test writes itself. */
export interface StoreTables {
  readonly url: string;
  put(this: void, table: 'Customers' | 'Invoices', ...items: readonly object[]): Promise<void>;
  close(): Promise<void>;
}

export async function openStoreTables(): Promise<StoreTables> {
  const directory = await temporaryDirectory();
  const service = await startDynamoDb({ ...LOCAL, directory: directory.path, port: 0, log: console.error });
  await service.createTable(table('Customers', 'customerId', [index('byCountry', 'homeCountry', 'customerId')]));
  const shown = ['customerId', 'cancelled', 'lineCount', 'units', 'total'];
  await service.createTable(
    table('Invoices', 'invoiceNo', [
      index('byDate', 'listing', 'datedNo', ['country', ...shown]),
      index('byCountry', 'country', 'datedNo', shown),
    ]),
  );
  const client = localClient(service.url);
  return {
    url: service.url,
    async put(TableName, ...items) {
      for (const item of items) {
        const Item = Object.fromEntries(Object.entries(item).map(([name, value]) => [name, attribute(value)]));
        await client.send(new PutItemCommand({ TableName, Item }));
      }
    },
    async close() {
      client.destroy();
      await service.close();
      await directory[Symbol.asyncDispose]();
    },
  };
}

const key = (partition: string, sort: string) => [
  { AttributeName: partition, KeyType: 'HASH' },
  { AttributeName: sort, KeyType: 'RANGE' },
];

const index = (IndexName: string, partition: string, sort: string, projected?: readonly string[]) => ({
  IndexName,
  KeySchema: key(partition, sort),
  Projection:
    projected === undefined ? { ProjectionType: 'KEYS_ONLY' } : { ProjectionType: 'INCLUDE', NonKeyAttributes: projected },
});

function table(TableName: string, partition: string, indexes: readonly ReturnType<typeof index>[]) {
  const names = new Set([partition, 'sk', ...indexes.flatMap((one) => one.KeySchema.map((part) => part.AttributeName))]);
  return {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [...names].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: key(partition, 'sk'),
    GlobalSecondaryIndexes: indexes,
  };
}

function attribute(value: unknown): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  throw new Error(`no item of the two tables holds ${JSON.stringify(value)}`);
}
