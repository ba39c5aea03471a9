import { readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import {
  startApi,
  sign,
  type DataSourceDefinition,
  type FunctionDefinition,
  type ResolverDefinition,
} from '@tillgraph/local-aws';
import { schemaOfAggregates } from '../../infra/schema.ts';
import { fields, type Wiring } from '../../resolvers/index.ts';
import type { Field, FieldRow } from '../../warehouse/statements/statement.ts';

/** A call of the Redshift Data API. */
export interface DataApiCall {
  /** Such as `ExecuteStatement`. */
  readonly operation: string;
  readonly input: Record<string, any>;
}

/** What the Data API answers; `undefined` breaks the connection. */
export type DataApiReply = { readonly status?: number; readonly body: object | string } | undefined;

/** What the stores behind the API do in one test. */
export interface Stores {
  /** The items of `Answers`, by their keys; an error's name instead of them all. */
  kept: Record<string, object> | string;
  warehouse: (call: DataApiCall, n: number) => DataApiReply;
}

export interface Complaint {
  readonly message: string;
  readonly errorType?: string | null;
  readonly errorInfo?: unknown;
  readonly path: unknown;
}

/** The aggregate fields as they are built, in the local AppSync, on stores that answer as a test says. */
export interface WarehouseApi {
  /** Calls since the stores were last given. */
  readonly calls: DataApiCall[];
  /** Keys asked of `Answers` since then. */
  readonly lookups: string[];
  given(stores: Partial<Stores>): void;
  /** Asks with the API key. */
  ask(query: string, variables?: object): Promise<{ data: any; errors: readonly Complaint[] }>;
  /** Asks with an IAM signature. */
  askSigned(query: string, variables?: object): Promise<{ data: any; errors: readonly Complaint[] }>;
  close(): Promise<void>;
}

const root = join(import.meta.dirname, '..', '..');
const WAREHOUSE_FIELDS = ['sales', 'customerSegments', 'retention', 'productPairs', 'warehouseResult'].map(
  (name) => `Query.${name}`,
);
const code = (name: string) => ({ label: name, text: readFileSync(join(root, 'build', 'resolvers', `${name}.js`), 'utf8') });
const API_KEY = 'da2-test';
const credentials = { accessKeyId: 'AKIDLOCAL', secretAccessKey: 'local-secret' };
const schema = readFileSync(join(root, 'schema', 'schema.graphql'), 'utf8');

/**
 * @param workgroup - empty in a stage without a warehouse
 * @param keyReads - what an API key may read in the stage
 */
export async function startWarehouseApi(
  workgroup = 'tillgraph-test',
  keyReads: 'everything' | 'aggregates' = 'everything',
): Promise<WarehouseApi> {
  const calls: DataApiCall[] = [];
  const lookups: string[] = [];
  let stores: Stores = { kept: {}, warehouse: () => undefined };
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const input = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, any>;
      const [service, operation = ''] = String(request.headers['x-amz-target']).split('.');
      const reply = service === 'RedshiftData' ? called({ operation, input }) : lookedUp(input['Key'].question.S as string);
      if (reply === undefined) return request.socket.destroy();
      response.writeHead(reply.status ?? 200, { 'content-type': 'application/x-amz-json-1.1' });
      return response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
    });
  });
  const called = (call: DataApiCall) => {
    calls.push(call);
    return stores.warehouse(call, calls.length - 1);
  };
  const lookedUp = (key: string): DataApiReply => {
    lookups.push(key);
    if (typeof stores.kept === 'string') return { status: 400, body: { __type: stores.kept, message: 'no' } };
    const item = stores.kept[key];
    return { body: item === undefined ? {} : { Item: (toWire({ question: key, ...item }) as { M: object }).M } };
  };
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;

  const api = await startApi(
    {
      ...{ apiId: 'test', name: 'test', region: 'us-east-1', accountId: '000000000000', introspection: false },
      schema: keyReads === 'aggregates' ? schemaOfAggregates(schema) : schema,
      environmentVariables: {
        ...{ WAREHOUSE_WORKGROUP: workgroup, WAREHOUSE_DATABASE: 'tillgraph', ANSWERS_TABLE: 'Answers' },
        API_KEY_READS: keyReads,
      },
      defaultAuthentication: 'AWS_IAM',
      additionalAuthentication: ['API_KEY'],
      apiKeys: [{ value: API_KEY }],
      dataSources: workgroup === '' ? NO_WAREHOUSE : DATA_SOURCES,
      ...wiring(),
    },
    {
      endpointOf: () => `http://127.0.0.1:${String(port)}`,
      invokeFunction: () => Promise.reject(new Error('no function here')),
      credentials,
      log: () => undefined,
    },
    { port: 0 },
  );

  const post = async (body: string, headers: Record<string, string>) => {
    const response = await fetch(api.graphqlUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
    const { data, errors = [] } = (await response.json()) as { data: any; errors?: Complaint[] };
    return { data, errors };
  };

  return {
    calls,
    lookups,
    given(given) {
      stores = { kept: {}, warehouse: () => undefined, ...given };
      calls.length = 0;
      lookups.length = 0;
    },
    ask: (query, variables = {}) => post(JSON.stringify({ query, variables }), { 'x-api-key': API_KEY }),
    askSigned: (query, variables = {}) => {
      const body = JSON.stringify({ query, variables });
      const headers = { 'content-type': 'application/json' };
      return post(
        body,
        sign({ method: 'POST', url: api.graphqlUrl, headers, body, credentials, region: 'us-east-1', service: 'appsync' }),
      );
    },
    async close() {
      await api.close();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

const DATA_SOURCES: readonly DataSourceDefinition[] = [
  { name: 'answersTable', type: 'AMAZON_DYNAMODB', tableName: 'Answers', region: 'us-east-1' },
  {
    name: 'warehouse',
    type: 'HTTP',
    endpoint: 'https://redshift-data.us-east-1.amazonaws.com',
    signing: { region: 'us-east-1', service: 'redshift-data' },
  },
];
const NO_WAREHOUSE: readonly DataSourceDefinition[] = DATA_SOURCES.map(({ name }) => ({ name, type: 'NONE' }));

/** The aggregate fields of the table, with their steps. */
function wiring(): { resolvers: ResolverDefinition[]; functions: FunctionDefinition[] } {
  const functions: FunctionDefinition[] = [];
  const resolvers = Object.entries<Wiring>(fields).flatMap(([field, steps]): ResolverDefinition[] => {
    const [typeName = '', fieldName = ''] = field.split('.');
    if (!WAREHOUSE_FIELDS.includes(field) || typeof steps === 'string') return [];
    const functionIds = steps.map(([step, dataSourceName], n) => {
      const functionId = `${field}.${String(n)}`;
      functions.push({ functionId, name: step, dataSourceName, code: code(step) });
      return functionId;
    });
    return [{ typeName, fieldName, code: code(field), kind: 'PIPELINE', functionIds }];
  });
  return { resolvers, functions };
}

/** A value as DynamoDB carries it. */
function toWire(value: unknown): object {
  if (value === null) return { NULL: true };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (Array.isArray(value)) return { L: value.map(toWire) };
  if (typeof value === 'object')
    return { M: Object.fromEntries(Object.entries(value).map(([name, own]) => [name, toWire(own)])) };
  return { S: value };
}

/** Values as the Data API carries them: `null`, whole numbers, texts, booleans; other numbers are doubles. */
export const record = (...values: readonly (string | number | boolean | null)[]): FieldRow =>
  values.map((value): Field => {
    if (value === null) return { isNull: true };
    if (typeof value === 'boolean') return { booleanValue: value };
    if (typeof value === 'number') return Number.isInteger(value) ? { longValue: value } : { doubleValue: value };
    return { stringValue: value };
  });

/** When the warehouse was last loaded, in its words and in the API's. */
export const LOADED = { text: '2026-11-22 10:11:12.5', asOf: '2026-11-22T10:11:12.500Z' };
export const STATEMENT_ID = 'd9b6c0c9-0747-4bf4-b142-e8883122f766';

/** Sales of a month and country as a statement returns them. */
export const salesRecord = (month: string | null, country: string | null = null): FieldRow =>
  record(
    ...[null, null, month, null, null, null, null, country, null, null, null, null],
    ...['498062.650', 277_989, 27_707, 1393, 798, '357.547', LOADED.text],
  );

/** All records of an answer: behind the last row there is one that tells of the load alone. */
export const wholeAnswer = (records: readonly FieldRow[]): readonly FieldRow[] => [
  ...records,
  (records[0] ?? []).map((field, place, all) => (place === all.length - 1 ? field : { isNull: true })),
];

/** The result of a statement. */
export const resultOf = (records: readonly FieldRow[], more: object = {}): DataApiReply => ({
  body: {
    Records: records,
    ColumnMetadata: (records[0] ?? []).map((_, place) => ({ name: `column_${String(place)}` })),
    TotalNumRows: records.length,
    ...more,
  },
});

/** What the Data API says when it refuses. */
export const refusal = (type: string, status = 400): DataApiReply => ({
  status,
  body: { __type: type, message: `${type} here` },
});

/** A warehouse in which a statement ends at once, or as told. */
export const warehouseWith =
  (records: readonly FieldRow[], status = 'FINISHED'): Stores['warehouse'] =>
  ({ operation }) =>
    operation === 'ExecuteStatement' ? { body: { Id: STATEMENT_ID, Status: status } } : resultOf(records);
