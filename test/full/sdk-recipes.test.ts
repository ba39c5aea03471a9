import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packSdk } from '../../sdk/pack.ts';
import { fakeApi } from '../sdk/fake-api.ts';
import { installNpmPackages } from '../support/npm-packages.ts';

// The recipes of docs/sdk.md as they stand there, in a project that has the package and what the recipe is about.

const run = promisify(execFile);
const project = mkdtempSync(join(tmpdir(), 'tillgraph-recipes-'));
const installed = await installNpmPackages('sdk-recipes-1', [
  ...['@apollo/client@4.3.8', 'graphql@16.15.0', 'rxjs@7.8.2', 'react@19.3.1', 'react-dom@19.3.1', '@types/react@19.3.3'],
  ...['@types/react-dom@19.3.0', 'gql.tada@1.11.3', '@urql/core@6.0.3', '@smithy/signature-v4@5.7.5', 'typescript@5.9.3'],
  ...['@types/node@20.19.43', '@graphql-codegen/cli@6.3.1', '@graphql-codegen/typescript@5.0.10'],
  ...['@graphql-codegen/typescript-operations@5.1.0', '@graphql-codegen/typed-document-node@6.1.8'],
  '@graphql-typed-document-node/core@3.2.0',
]);
if ('missing' in installed) console.warn(`SKIPPED: no recipe of the SDK is tried: ${installed.missing}`);

const docs = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'sdk.md'), 'utf8');
const recipes = [...docs.matchAll(/^```(tsx?) recipe=([\w-]+)\n(.*?)^```$/gms)].map(([, , name = '', code = '']) => ({
  name,
  code,
}));

const SCALARS = '{ AWSDate: "string", AWSDateTime: "string" }';

beforeAll(async () => {
  if ('missing' in installed) return;
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }');
  symlinkSync(join(installed.directory, 'node_modules'), join(project, 'node_modules'));
  // Beside the others, so that what it is used with is found from there.
  await packSdk(join(installed.directory, 'node_modules', 'tillgraph-sdk'));
  const schema = 'node_modules/tillgraph-sdk/schema.graphql';
  const plugin = { name: 'gql.tada/ts-plugin', schema, tadaOutputLocation: 'schema-env.d.ts' };
  const strict = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true };
  const modules = { module: 'nodenext', target: 'es2022', skipLibCheck: true, types: ['node'] };
  writeFileSync(
    join(project, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: { ...strict, ...modules, plugins: [plugin] },
      files: recipes.map(({ name }) => `${name}.ts`),
    }),
  );
  for (const { name, code } of recipes) writeFileSync(join(project, `${name}.ts`), code);
  writeFileSync(join(project, 'spending.graphql'), 'query Spending($id: ID!) { customer(customerId: $id) { revenue } }');
  writeFileSync(
    join(project, 'codegen.mjs'),
    `import { generate } from '@graphql-codegen/cli';
     const plugins = ['typescript', 'typescript-operations', 'typed-document-node'];
     const config = { scalars: ${SCALARS}, useTypeImports: true, enumsAsTypes: true };
     await generate({ schema: '${schema}', documents: 'spending.graphql', generates: { 'spending.ts': { plugins, config } } });`,
  );
  await run(process.execPath, ['codegen.mjs'], { cwd: project });
  await run(join(project, 'node_modules', '.bin', 'gql.tada'), ['generate-output'], { cwd: project });
  await run(join(project, 'node_modules', '.bin', 'tsc'), ['-p', '.'], { cwd: project }).catch((error: unknown) => {
    throw new Error((error as { stdout: string }).stdout, { cause: error });
  });
});

afterAll(() => {
  rmSync(project, { recursive: true, force: true });
});

test('the docs have a recipe for each of the clients', () => {
  expect(recipes.map(({ name }) => name)).toEqual(['gql-tada', 'codegen', 'apollo', 'urql']);
});

test.each(recipes)('the recipe $name compiles strictly and is answered', async ({ name }) => {
  if ('missing' in installed) return;
  const api = await fakeApi(() => ({
    body: { data: { customer: { __typename: 'Customer', customerId: '17850', revenue: '5288.630' } } },
  }));

  const env = { ...process.env, API_URL: api.url, API_KEY: 'da2-recipe' };
  const { stdout } = await run(process.execPath, [`${name}.js`], { cwd: project, env });

  expect(stdout).toBe('5288.630\n');
  expect(api.received.map(({ headers, variables }) => [headers['x-api-key'], Object.values(variables)])).toEqual([
    ['da2-recipe', ['17850']],
  ]);
});
