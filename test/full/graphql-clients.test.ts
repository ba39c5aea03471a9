import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { graphqlClientOf } from '../support/graphql-client.ts';
import { installNpmPackages } from '../support/npm-packages.ts';
import { installPythonPackage } from '../support/python-package.ts';
import { newDirectory, removeDirectory, startStack, type Stack } from '../support/stack.ts';

// What other people's clients of GraphQL make of the API: each in a process of its own, with what its documentation says.

const run = promisify(execFile);
const [packages, python] = await Promise.all([
  installNpmPackages('graphql-clients-1', [
    '@apollo/client@4.3.8',
    'aws-appsync-auth-link@4.0.2',
    'graphql@16.15.0',
    'rxjs@7.8.2',
    '@urql/core@6.0.3',
    'graphql-request@7.4.0',
    '@graphql-codegen/cli@7.4.3',
    '@graphql-codegen/typescript@6.1.0',
  ]),
  installPythonPackage('gql[requests]==4.4.0'),
]);
const missing = [packages, python].flatMap((one) => ('missing' in one ? [one.missing] : []));
if (missing.length > 0) console.warn(`SKIPPED: no foreign client of GraphQL is tried: ${missing.join('; ')}`);

describe.skipIf(missing.length > 0)('a foreign client', () => {
  const directory = newDirectory();
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack(directory);
  });
  afterAll(async () => {
    await stack.stop();
    removeDirectory(directory);
  });

  const QUERY = '{ customer(customerId: "12345") { country } }';

  /** Run a script of CommonJS with `given` in scope; it prints its answer as JSON. */
  async function node(script: string): Promise<unknown> {
    const given = { outputs: stack.outputs, query: QUERY };
    const wrapped = `const given = ${JSON.stringify(given)}; (async () => { ${script} })().then((answer) => console.log(JSON.stringify(answer)))`;
    const cwd = 'directory' in packages ? packages.directory : '';
    const { stdout } = await run(process.execPath, ['-e', wrapped], { cwd });
    return JSON.parse(stdout) as unknown;
  }

  /** Apollo Client 4 with the link of AWS. */
  const apollo = (auth: string, options = '') => `
    const { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } = require('@apollo/client/core');
    const { createAuthLink } = require('aws-appsync-auth-link');
    const { graphqlUrl: url, region, apiKey, credentials } = given.outputs;
    const client = new ApolloClient({
      cache: new InMemoryCache(),
      link: ApolloLink.from([createAuthLink({ url, region, auth: ${auth} }), new HttpLink({ uri: url })]),
      ${options}
    });
    try { return (await client.query({ query: gql(given.query) })).data; } catch (error) { return error.bodyText ?? String(error); }`;
  const IAM = "{ type: 'AWS_IAM', credentials: () => credentials }";

  test.each([
    ['Apollo with a key', apollo("{ type: 'API_KEY', apiKey }")],
    [
      'Apollo with IAM, and told to leave the body as it was signed',
      apollo(IAM, 'enhancedClientAwareness: { transport: false },'),
    ],
    [
      'urql',
      `const { Client, fetchExchange, cacheExchange } = require('@urql/core');
       const client = new Client({ url: given.outputs.graphqlUrl, exchanges: [cacheExchange, fetchExchange], fetchOptions: { headers: { 'x-api-key': given.outputs.apiKey } } });
       return (await client.query(given.query, {}).toPromise()).data;`,
    ],
    [
      'graphql-request',
      `const { GraphQLClient } = await import('graphql-request');
       return new GraphQLClient(given.outputs.graphqlUrl, { headers: { 'x-api-key': given.outputs.apiKey } }).request(given.query);`,
    ],
    [
      'fetch with another type of body, as Power Query and curl send',
      `const { graphqlUrl, apiKey } = given.outputs;
       const headers = { 'x-api-key': apiKey, 'content-type': 'application/graphql' };
       return (await (await fetch(graphqlUrl, { method: 'POST', headers, body: JSON.stringify({ query: given.query }) })).json()).data;`,
    ],
  ])('%s is answered', async (_name, script) => {
    expect(await node(script)).toEqual({ customer: null });
  });

  test('Apollo with IAM signs one body and sends another, unless it is told', async () => {
    expect(await node(apollo(IAM))).toContain('InvalidSignatureException');
  });

  test('graphql-codegen makes types of the schema at the address', async () => {
    const { graphqlUrl, apiKey } = stack.outputs;
    const types = await node(`
      const { generate } = require('@graphql-codegen/cli');
      const schema = [{ ${JSON.stringify(graphqlUrl)}: { headers: { 'x-api-key': ${JSON.stringify(apiKey)} } } }];
      const [file] = await generate({ schema, silent: true, generates: { 'types.ts': { plugins: ['typescript'] } } }, false);
      return file.content;`);

    expect(types).toContain('export type Customer = {');
  });

  test('gql of Python reads the schema, and is answered', async () => {
    const { stdout } = await run('python' in python ? python.python : '', ['-c', GQL, JSON.stringify(stack.outputs), QUERY]);

    expect(JSON.parse(stdout)).toEqual({ customer: null });
  });

  test('an array of operations is refused as AppSync refuses it', async () => {
    const { graphqlUrl, apiKey } = stack.outputs;
    const body = JSON.stringify([{ query: QUERY }]);
    const answer = await fetch(graphqlUrl, { method: 'POST', headers: { 'x-api-key': apiKey }, body });

    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('MalformedHttpRequestException')]);
    expect((await graphqlClientOf(stack).byKey(QUERY)).body.data).toEqual({ customer: null });
  });
});

const GQL = `
import json, sys
from gql import Client, gql
from gql.transport.requests import RequestsHTTPTransport
outputs, query = json.loads(sys.argv[1]), sys.argv[2]
transport = RequestsHTTPTransport(url=outputs["graphqlUrl"], headers={"x-api-key": outputs["apiKey"]})
client = Client(
    transport=transport,
    fetch_schema_from_transport=True,
    introspection_args={"input_value_deprecation": False},
)
print(json.dumps(client.execute(gql(query))))
`;
