import { startApi } from '@tillgraph/local-aws';
import { report } from './child.ts';
import { API_KEY, COUNTRY, INVOICES, SCHEMA } from './stubbed-schema.ts';

// The AppSync stand-in on data sources of type NONE: resolvers run, no store is asked.

const response = 'export function response(ctx) { return ctx.result; }';

const { graphqlUrl } = await startApi(
  {
    apiId: 'benchmark',
    name: 'benchmark',
    region: 'us-east-1',
    accountId: '000000000000',
    schema: SCHEMA,
    environmentVariables: {},
    defaultAuthentication: 'API_KEY',
    additionalAuthentication: [],
    apiKeys: [{ value: API_KEY }],
    introspection: true,
    dataSources: [{ name: 'nothing', type: 'NONE' }],
    functions: [],
    resolvers: [
      {
        typeName: 'Query',
        fieldName: 'customer',
        kind: 'UNIT',
        dataSourceName: 'nothing',
        code: {
          label: 'Query.customer',
          text: `export function request(ctx) { return { payload: { id: ctx.args.id, country: '${COUNTRY}' } }; }\n${response}`,
        },
      },
      {
        typeName: 'Customer',
        fieldName: 'invoices',
        kind: 'UNIT',
        dataSourceName: 'nothing',
        code: {
          label: 'Customer.invoices',
          text: [
            `const INVOICES = ${JSON.stringify(INVOICES)};`,
            'export function request(ctx) { return { payload: { items: INVOICES.slice(0, ctx.args.limit ?? 50) } }; }',
            response,
          ].join('\n'),
        },
      },
    ],
  },
  {
    credentials: { accessKeyId: 'nobody', secretAccessKey: 'nothing' },
    endpointOf: (service) => {
      throw new Error(`no ${service} here`);
    },
    invokeFunction: () => Promise.reject(new Error('no functions here')),
    log: (line) => {
      console.error(line);
    },
  },
  { port: 0 },
);
report({ url: graphqlUrl });
