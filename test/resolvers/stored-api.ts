import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutItemCommand, type AttributeValue, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DataSourceDefinition, FunctionDefinition, ResolverDefinition } from '../../local/appsync/definition.ts';
import { startApi } from '../../local/appsync/server.ts';
import { startDynamoDb } from '../../local/services/dynamodb.ts';
import { fields, type Wiring } from '../../resolvers/index.ts';
import { localClient } from '../parity/dynamodb-endpoint.ts';
import { LOCAL, temporaryDirectory } from '../parity/remote.ts';

// The fields that the two tables answer, as they are built, on tables that a test fills itself.

const root = join(import.meta.dirname, '..', '..');
const API_KEY = 'da2-test';
const TABLES = { customersTable: 'Customers', invoicesTable: 'Invoices' } as const;

export interface StoredApi {
  put(table: 'Customers' | 'Invoices', ...items: readonly object[]): Promise<void>;
  ask(query: string, variables?: object): Promise<{ data: any; errors: readonly { readonly errorType?: string | null }[] }>;
  close(): Promise<void>;
}

export async function startStoredApi(): Promise<StoredApi> {
  const directory = await temporaryDirectory();
  const service = await startDynamoDb({ ...LOCAL, directory: directory.path, port: 0, log: console.error });
  await service.createTable(table('Customers', 'customerId', [index('byCountry', 'homeCountry', 'customerId')]));
  const projected = ['customerId', 'country', 'cancelled', 'lineCount', 'units', 'total'];
  await service.createTable(
    table('Invoices', 'invoiceNo', [
      index('byDate', 'listing', 'datedNo', projected),
      index(
        'byCountry',
        'country',
        'datedNo',
        projected.filter((name) => name !== 'country'),
      ),
    ]),
  );
  const client: DynamoDBClient = localClient(service.url);
  const api = await startApi(
    {
      ...{ apiId: 'test', name: 'test', region: LOCAL.region, accountId: LOCAL.accountId, introspection: false },
      schema: readFileSync(join(root, 'schema', 'schema.graphql'), 'utf8'),
      environmentVariables: { CUSTOMERS_TABLE: 'Customers', INVOICES_TABLE: 'Invoices' },
      defaultAuthentication: 'AWS_IAM',
      additionalAuthentication: ['API_KEY'],
      apiKeys: [{ value: API_KEY }],
      dataSources: Object.entries(TABLES).map(([name, tableName]): DataSourceDefinition => {
        return { name, type: 'AMAZON_DYNAMODB', tableName, region: LOCAL.region };
      }),
      ...wiring(),
    },
    {
      endpointOf: () => service.url,
      invokeFunction: () => Promise.reject(new Error('no function here')),
      credentials: { ...LOCAL.credentials },
      log: () => undefined,
    },
    { port: 0 },
  );
  return {
    async put(TableName, ...items) {
      for (const item of items) {
        const Item = Object.fromEntries(Object.entries(item).map(([name, value]) => [name, attribute(value)]));
        await client.send(new PutItemCommand({ TableName, Item }));
      }
    },
    async ask(query, variables = {}) {
      const headers = { 'content-type': 'application/json', 'x-api-key': API_KEY };
      const response = await fetch(api.graphqlUrl, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
      const { data, errors = [] } = (await response.json()) as { data: any; errors?: { errorType?: string | null }[] };
      return { data, errors };
    },
    async close() {
      await api.close();
      client.destroy();
      await service.close();
      await directory[Symbol.asyncDispose]();
    },
  };
}

/** The fields of the tables, with their steps. */
function wiring(): { resolvers: ResolverDefinition[]; functions: FunctionDefinition[] } {
  const functions: FunctionDefinition[] = [];
  const isOurs = (source: string) => source in TABLES;
  const code = (name: string) => ({ label: name, text: readFileSync(join(root, 'build', 'resolvers', `${name}.js`), 'utf8') });
  const resolvers = Object.entries<Wiring>(fields).flatMap(([field, steps]): ResolverDefinition[] => {
    const [typeName = '', fieldName = ''] = field.split('.');
    const common = { typeName, fieldName, code: code(field) };
    if (typeof steps === 'string') return isOurs(steps) ? [{ ...common, kind: 'UNIT', dataSourceName: steps }] : [];
    if (!steps.every(([, source]) => isOurs(source))) return [];
    const functionIds = steps.map(([step, dataSourceName], n) => {
      const functionId = `${field}.${String(n)}`;
      functions.push({ functionId, name: step, dataSourceName, code: code(step) });
      return functionId;
    });
    return [{ ...common, kind: 'PIPELINE', functionIds }];
  });
  return { resolvers, functions };
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
