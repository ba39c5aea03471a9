import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOCAL } from '@tillgraph/local-aws/testing/remote';
import { startApi, type DataSourceDefinition, type FunctionDefinition, type ResolverDefinition } from '@tillgraph/local-aws';
import { fields, type Wiring } from '../../resolvers/index.ts';
import { openStoreTables, type StoreTables } from '../support/store-tables.ts';

// The fields that the two tables answer, as they are built, on tables that a test fills itself.

const root = join(import.meta.dirname, '..', '..');
const API_KEY = 'da2-test';
const TABLES = { customersTable: 'Customers', invoicesTable: 'Invoices' } as const;

export interface StoredApi {
  readonly put: StoreTables['put'];
  ask(query: string, variables?: object): Promise<{ data: any; errors: readonly { readonly errorType?: string | null }[] }>;
  close(): Promise<void>;
}

export async function startStoredApi(): Promise<StoredApi> {
  const tables = await openStoreTables();
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
      endpointOf: () => tables.url,
      invokeFunction: () => Promise.reject(new Error('no function here')),
      credentials: { ...LOCAL.credentials },
      log: () => undefined,
    },
    { port: 0 },
  );
  return {
    put: tables.put,
    async ask(query, variables = {}) {
      const headers = { 'content-type': 'application/json', 'x-api-key': API_KEY };
      const response = await fetch(api.graphqlUrl, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
      const { data, errors = [] } = (await response.json()) as { data: any; errors?: { errorType?: string | null }[] };
      return { data, errors };
    },
    async close() {
      await api.close();
      await tables.close();
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
