// Slow: bundles everything, several times.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { build, functions, MissingSourceError, resolvers } from '../../infra/build.ts';
import { fields } from '../../resolvers/index.ts';
import { appOf, directory } from './synthesis.ts';

const made = join(directory(), 'build');

beforeAll(() => build(made));

test('every field and every step is bundled, and nothing else', () => {
  const bundles = (readdirSync(join(made, 'resolvers'), { recursive: true }) as string[]).filter((name) => name.endsWith('.js'));

  expect(bundles.sort()).toEqual(resolvers.map((name) => `${name}.js`).sort());
  expect(resolvers).toEqual(expect.arrayContaining(Object.keys(fields)));
});

test('building twice gives the same bytes, so that nothing is deployed which did not change', async () => {
  const again = join(directory(), 'build');
  await build(again);

  const files = (readdirSync(made, { recursive: true }) as string[]).filter((name) => /\.m?js$/.test(name)).sort();

  expect(files).toHaveLength(resolvers.length + functions.length);
  for (const file of files) expect(readFileSync(join(again, file)).equals(readFileSync(join(made, file)))).toBe(true);
});

test('building again puts new bundles in the place of old ones, and leaves nothing beside them', async () => {
  const place = directory();
  const target = join(place, 'build');

  await build(target);
  await build(target);

  expect(readdirSync(place)).toEqual(['build']);
});

test('a source that is missing is named', () => {
  const error = new MissingSourceError(['resolvers/Query.weather.ts']);

  expect(error.message).toBe('write resolvers/Query.weather.ts: resolvers/index.ts or infra/build.ts names what is not there');
});

describe.each(resolvers)('resolver %s', (name) => {
  const code = () => readFileSync(join(made, 'resolvers', `${name}.js`), 'utf8');

  test('is small enough for AppSync: 32,768 characters', () => {
    expect(code().length).toBeLessThanOrEqual(32_768);
  });

  test('imports what AppSync has, and exports a request and a response', () => {
    const imported = [...code().matchAll(/^import .* from "(.+)";$/gm)].map(([, module]) => module);
    const exported = /export \{([^}]*)\}/.exec(code())?.[1]?.match(/\w+/g);

    for (const module of imported) expect(module).toMatch(/^@aws-appsync\/utils(\/dynamodb)?$/);
    expect(exported).toEqual(['request', 'response']);
  });

  test('is readable where it runs: not minified, no map inside', () => {
    expect(code()).toContain('function request(');
    expect(code()).not.toContain('sourceMappingURL');
  });
});

const VARIABLES = [
  ...['BUCKET_NAME', 'STREAM_NAME', 'CUSTOMERS_TABLE', 'INVOICES_TABLE'],
  ...['DELIVERY_STREAM_NAME', 'CATALOG_DATABASE_NAME'],
  ...['ANSWERS_TABLE', 'DATABASE_NAME', 'IMPORT_JOB_NAME', 'IMPORT_PREFIX', 'STAGING_PREFIX', 'WORKGROUP_NAME'],
];

describe.each(functions)('function %s', (name) => {
  test('runs as it is bundled, with nothing beside it', async () => {
    vi.stubEnv('AWS_REGION', 'us-east-1');
    for (const variable of VARIABLES) vi.stubEnv(variable, 'any');

    const loaded = (await import(/* @vite-ignore */ pathToFileURL(join(made, 'functions', name, 'index.mjs')).href)) as Record<
      string,
      unknown
    >;

    expect(Object.keys(loaded)).toEqual(['handler']);
    expect(loaded['handler']).toBeTypeOf('function');
    vi.unstubAllEnvs();
  });

  test('starts fast, because it is small: under a mebibyte', () => {
    expect(readFileSync(join(made, 'functions', name, 'index.mjs')).length).toBeLessThan(1_048_576);
  });
});

test.each([
  ['warehouse-loader', ['load', 'load-errors', 'refresh']],
  ['warehouse-migrator', ['migrations']],
])('%s has the SQL of %j beside it, byte for byte, and nothing else of the warehouse', (name, folders) => {
  const beside = join(made, 'functions', name, 'warehouse');

  expect(readdirSync(beside).sort()).toEqual(folders);
  for (const folder of folders) {
    const written = new URL(`../../warehouse/${folder}/`, import.meta.url);
    const files = readdirSync(written).filter((file) => file.endsWith('.sql'));
    expect(files).not.toEqual([]);
    expect(readdirSync(join(beside, folder)).sort()).toEqual(files.sort());
    for (const file of files)
      expect(readFileSync(join(beside, folder, file)).equals(readFileSync(new URL(file, written)))).toBe(true);
  }
});

test('maps are made for people, and stay at home', () => {
  const { directory: assembly } = appOf('dev').synth();

  const deployed = readdirSync(assembly, { recursive: true }) as string[];

  for (const name of functions) expect(existsSync(join(made, 'functions', name, 'index.mjs.map'))).toBe(true);
  expect(deployed.filter((file) => file.endsWith('index.mjs'))).toHaveLength(functions.length);
  expect(deployed.filter((file) => file.endsWith('.map'))).toEqual([]);
});
