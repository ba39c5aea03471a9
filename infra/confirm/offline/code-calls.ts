import { readFileSync } from 'node:fs';
import { fields, type Wiring } from '../../../resolvers/index.ts';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

/** What IAM calls what an SDK's command does, where the names differ. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  'dynamodb:BatchExecuteStatement': ['dynamodb:PartiQLInsert', 'dynamodb:PartiQLUpdate'],
  's3:ListObjectsV2': ['s3:ListBucket'],
  's3:CopyObject': ['s3:GetObject', 's3:PutObject'],
};
const PREFIXES: Readonly<Record<string, string>> = { 'secrets-manager': 'secretsmanager' };

/** The actions for which a handler and its neighbours have a command. @param handler - such as `store-writer` */
function callsOfHandler(handler: string): readonly string[] {
  const text = read(`ingest/handlers/${handler}.ts`);
  const imported = [...text.matchAll(/import \{([^}]*)\} from '@aws-sdk\/client-([\w-]+)'/g)];
  const own = imported.flatMap(([, names = '', client = '']) =>
    [...names.matchAll(/(\w+)Command\b/g)].flatMap(([, command = '']) => {
      const action = `${PREFIXES[client] ?? client}:${command}`;
      return ACTIONS[action] ?? [action];
    }),
  );
  const neighbours = [...text.matchAll(/^import \{[^}]*\} from '\.\/([\w-]+)\.ts'/gm)].map(([, name = '']) => name);
  return [...own, ...neighbours.flatMap(callsOfHandler)];
}

/** A resolver and what it has from `shared/`. */
const withShared = (path: string): string => {
  const text = read(`resolvers/${path}`);
  const shared = [...text.matchAll(/from '\.{1,2}(?:\/shared)?\/([\w-]+\.ts)'/g)].map(([, name = '']) =>
    withShared(`shared/${name}`),
  );
  return [text, ...shared].join('\n');
};

/** The code of everything that asks a data source. */
const codeOn = (source: string) =>
  Object.entries<Wiring>(fields)
    .flatMap(([field, wiring]) =>
      typeof wiring === 'string'
        ? wiring === source
          ? [field]
          : []
        : wiring.filter(([, of]) => of === source).map(([step]) => step),
    )
    .map((step) => withShared(`${step}.ts`))
    .join('\n');

/** The actions which the resolvers on a table ask for. */
function callsOnTable(source: string): readonly string[] {
  const text = codeOn(source);
  const spoken = [...text.matchAll(/operation: '(\w+)'/g)].map(([, operation = '']) => operation);
  const taken = [...text.matchAll(/import \{ (\w+) \} from '@aws-appsync\/utils\/dynamodb'/g)].map(([, name = '']) =>
    name === 'get' ? 'GetItem' : name === 'query' ? 'Query' : name,
  );
  return [...spoken, ...taken].map((operation) => `dynamodb:${operation}`);
}

const callsOnStream = () =>
  [...codeOn('transactionStream').matchAll(/'Kinesis_\d+\.(\w+)'/g)].map(([, operation = '']) => `kinesis:${operation}`);

const callsOnWarehouse = () =>
  [...codeOn('warehouse').matchAll(/dataApiCall\('(\w+)'/g)].map(([, operation = '']) => `redshift-data:${operation}`);

/** A role and what it calls, by its own code or because a trigger of it needs that. */
export interface Caller {
  /** As the logical id of its policy begins. */
  readonly role: string;
  /** What calls: a handler, or a data source. */
  readonly name: string;
  readonly calls: ReadonlySet<string>;
}

const reads = ['DescribeStream', 'DescribeStreamSummary', 'GetRecords', 'GetShardIterator', 'ListShards'];
/** The mapping reads the stream and keeps what failed as the function's role. */
const CONSUMER = [...reads.map((action) => `kinesis:${action}`), 's3:ListBucket'];
/** To sign in to the database as the user of its role. */
const SIGN_IN = ['redshift-serverless:GetCredentials'];

const handler = (name: string, role: string, needed: readonly string[] = []): Caller => ({
  role,
  name,
  calls: new Set([...callsOfHandler(name), ...needed]),
});
const source = (name: string, calls: readonly string[]): Caller => ({ role: `GraphQL${name}`, name, calls: new Set(calls) });

/** Who of the stack calls AWS by our code, and what. */
export const callers = (): readonly Caller[] => [
  handler('raw-writer', 'RawWriterFunction', CONSUMER),
  handler('store-writer', 'StoreWriterFunction', CONSUMER),
  handler('transactions-door', 'DoorFunction'),
  handler('warehouse-loader', 'WarehouseLoaderFunction', SIGN_IN),
  handler('warehouse-migrator', 'WarehouseSchemaMigrator'),
  handler('import-starter', 'WarehouseImportStarterFunction'),
  handler('delivery-judge', 'WarehouseDeliveryJudge'),
  ...['customersTable', 'invoicesTable', 'answersTable'].map((table) => source(table, callsOnTable(table))),
  source('transactionStream', callsOnStream()),
  source('warehouse', [...callsOnWarehouse(), ...SIGN_IN]),
];
