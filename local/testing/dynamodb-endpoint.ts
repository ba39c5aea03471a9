import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb';
import type { AttributeValue, CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { startDynamoDb } from '../services/dynamodb/service.ts';
import { isRemote, LOCAL, temporaryDirectory, uniqueName } from './remote.ts';

export interface DynamoDbEndpoint {
  readonly client: DynamoDBClient;
  /** A table of orders: key `id`, `sk`; index `byDay` (`day`, `no`) with `paid`, index `byShop` (`shop`, `no`) with keys only. */
  readonly table: string;
  close(): Promise<void>;
}

export const ordersTable = (TableName: string) =>
  ({
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['id', 'sk', 'day', 'no', 'shop'].map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S' as const,
    })),
    KeySchema: [
      { AttributeName: 'id', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'byDay',
        KeySchema: [
          { AttributeName: 'day', KeyType: 'HASH' },
          { AttributeName: 'no', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['paid'] },
      },
      {
        IndexName: 'byShop',
        KeySchema: [
          { AttributeName: 'shop', KeyType: 'HASH' },
          { AttributeName: 'no', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
  }) satisfies CreateTableCommandInput;

export const localClient = (
  endpoint: string,
  credentials: { accessKeyId: string; secretAccessKey: string } = LOCAL.credentials,
) => new DynamoDBClient({ endpoint, region: LOCAL.region, credentials, maxAttempts: 1, requestHandler: new NodeHttpHandler() });

/** AWS, or the stand-in in a directory of its own; with the table made. */
export async function openDynamoDb(): Promise<DynamoDbEndpoint> {
  const table = uniqueName('orders');
  if (isRemote) {
    const client = new DynamoDBClient({});
    await client.send(new CreateTableCommand(ordersTable(table)));
    await waitUntilTableExists({ client, maxWaitTime: 120 }, { TableName: table });
    return {
      client,
      table,
      async close() {
        await client.send(new DeleteTableCommand({ TableName: table }));
        await waitUntilTableNotExists({ client, maxWaitTime: 120 }, { TableName: table });
      },
    };
  }
  const directory = await temporaryDirectory();
  const service = await startDynamoDb({ ...LOCAL, directory: directory.path, port: 0, log: console.error });
  const client = localClient(service.url);
  await client.send(new CreateTableCommand(ordersTable(table)));
  return {
    client,
    table,
    async close() {
      client.destroy();
      await service.close();
      await directory[Symbol.asyncDispose]();
    },
  };
}

export type Item = Record<string, AttributeValue>;

/** The key of an order line. */
export const keyOf = (id: string, sk = 'HEAD'): Item => ({ id: { S: id }, sk: { S: sk } });
