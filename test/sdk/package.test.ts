// Slow: packs the SDK for Node and for browsers.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import vm from 'node:vm';
import { gzipSync } from 'node:zlib';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packSdk } from '../../sdk/pack.ts';
import { fakeApi, type Received } from './fake-api.ts';

// Inside the project, so that what the package leaves to its user is found.
const place = mkdtempSync(join(import.meta.dirname, '..', '..', 'node_modules', '.cache-sdk-'));
const packed = join(place, 'tillgraph-sdk');

beforeAll(() => packSdk(packed));
afterAll(() => {
  rmSync(place, { recursive: true, force: true });
});

const read = (name: string) => readFileSync(join(packed, name), 'utf8');
const manifest = () => JSON.parse(read('package.json')) as Record<'dependencies' | 'peerDependencies', Record<string, string>>;
const receipt = { data: { sendTransaction: { accepted: 1, failed: [] } } };
const LINE = {
  ...{ lineId: 'a-1', invoiceNo: '536365', stockCode: '85123A', quantity: 6, unitPrice: '2.55', country: 'France' },
  invoiceDate: '2010-12-01T08:26:00Z',
};
const credentials = { accessKeyId: 'AKIDLOCAL', secretAccessKey: 'local-secret' };

/** The signature that a request should have, made anew by another implementation of SHA-256. */
async function signatureOf({ headers, body }: Received): Promise<string> {
  const signer = new SignatureV4({ service: 'appsync', region: 'us-east-1', sha256: Sha256, credentials });
  const [, date = ''] = /^(\d{8}T\d{6})Z$/.exec(String(headers['x-amz-date'])) ?? [];
  const signed = await signer.sign(
    {
      ...{ method: 'POST', protocol: 'http:', hostname: '127.0.0.1', path: '/graphql', body },
      headers: { host: headers.host ?? '', 'content-type': 'application/json' },
    },
    { signingDate: new Date(date.replace(/(....)(..)(..)T(..)(..)(..)/, '$1-$2-$3T$4:$5:$6Z')) },
  );
  return signed.headers['authorization'] ?? '';
}

test.each([
  ['esm/index.js', ['@smithy/signature-v4', '@aws-sdk/credential-provider-node']],
  ['cjs/index.js', ['@smithy/signature-v4', '@aws-sdk/credential-provider-node']],
  ['browser/index.js', ['@smithy/signature-v4']],
  ['esm/apollo.js', ['@apollo/client']],
  ['cjs/apollo.js', ['@apollo/client']],
])('%s imports only what the package declares: %j', (file, wanted) => {
  const { dependencies, peerDependencies } = manifest();
  const declared = [...Object.keys(dependencies), ...Object.keys(peerDependencies)];
  const code = read(file);

  const imported = [...code.matchAll(/(?:\bfrom |\bimport\(|\brequire\()"([^"]+)"/g)].map(([, name = '']) => name);
  const packages = imported
    .filter((name) => !name.startsWith('node:'))
    .map((name) => (name.startsWith('@') ? name.split('/', 2).join('/') : (name.split('/')[0] ?? '')));

  expect(new Set(packages)).toEqual(new Set(wanted));
  expect(declared).toEqual(expect.arrayContaining(wanted));
  expect(file.startsWith('browser') && imported.length > packages.length).toBe(false);
});

test('what it can be used with is optional, and what only the repository needs is left out', () => {
  const { peerDependencies, peerDependenciesMeta, ...rest } = JSON.parse(read('package.json')) as Record<string, object>;

  expect(Object.keys(peerDependencies!)).toEqual(['@apollo/client', '@aws-sdk/credential-provider-node', 'graphql']);
  expect(peerDependenciesMeta).toEqual(
    Object.fromEntries(Object.keys(peerDependencies!).map((name) => [name, { optional: true }])),
  );
  for (const name of ['private', 'imports', 'publishConfig', 'devDependencies', 'scripts']) expect(rest).not.toHaveProperty(name);
  const own = JSON.parse(readFileSync(join(import.meta.dirname, '../../sdk/package.json'), 'utf8')) as typeof rest;
  const { dependencies } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as typeof rest;
  expect(own['dependencies']).toEqual({
    '@smithy/signature-v4': `^${(dependencies as Record<string, string>)['@smithy/signature-v4']!}`,
  });
});

test('every file that its exports name is there', () => {
  const { exports, main, types } = JSON.parse(read('package.json')) as Record<string, object>;
  const leaves = (value: object | string): string[] =>
    typeof value === 'string' ? [value] : Object.values(value).flatMap((inner: object | string) => leaves(inner));
  const named = leaves({ exports: exports!, main, types });

  expect(named.length).toBeGreaterThan(10);
  for (const file of named) expect(existsSync(join(packed, file)), file).toBe(true);
});

test('types are there for all that the index has, and lead to nothing outside', () => {
  const files = (readdirSync(packed, { recursive: true }) as string[]).filter((name) => name.endsWith('.d.ts'));

  expect(files).toContain(join('esm', 'types', 'sdk', 'index.d.ts'));
  for (const file of files)
    for (const [, to = ''] of read(file).matchAll(/from '(\.[^']+)'/g))
      expect(files).toContain(join(file, '..', to.replace(/\.js$/, '.d.ts')));
});

test.each(['esm', 'cjs'])('as %s a program on Node reads and sends with it', async (format) => {
  const api = await fakeApi(({ operationName }) => ({
    body: operationName === 'Customer' ? { data: { customer: null } } : receipt,
  }));
  const file = join(packed, format, 'index.js');
  const sdk = (
    format === 'esm' ? await import(pathToFileURL(file).href) : createRequire(file)(file)
  ) as typeof import('../../sdk/index.ts');

  const tillgraph = sdk.connect({ url: api.url, apiKey: 'da2-test', region: 'us-east-1', credentials });

  expect(await tillgraph.customer('17850')).toBeNull();
  expect(await tillgraph.sendTransaction(LINE)).toMatchObject({ accepted: 1 });
  await expect(tillgraph.sendTransactions([])).rejects.toThrow(sdk.LineCountError);
  tillgraph.close();
});

/** What browsers have, and nothing of Node. */
const WEB = {
  ...{ fetch, Headers, Request, Response, URL, URLSearchParams, AbortController, AbortSignal, DOMException, Event, EventTarget },
  ...{ TextEncoder, TextDecoder, crypto: globalThis.crypto, performance, setTimeout, clearTimeout, queueMicrotask, console },
  ...{ Uint8Array, ArrayBuffer, DataView, structuredClone },
};

// No browser is behind this: a bare context that has what browsers have and nothing of Node. A real one is in test/full.
test('with fetch and Web Crypto alone it signs as Node signs, and is a few ten kilobytes', async () => {
  const bundled = await build({
    stdin: { contents: "export * from 'tillgraph-sdk';", resolveDir: place },
    alias: { 'tillgraph-sdk': join(packed, 'browser', 'index.js') },
    ...{ bundle: true, platform: 'browser', format: 'iife', globalName: 'sdk', minify: true, write: false },
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  const code = bundled.outputFiles[0]?.text ?? '';
  const world = vm.createContext({ ...WEB });
  vm.runInContext(`${code};globalThis.sdk = sdk`, world);
  const inBrowser = world['sdk'] as typeof import('../../sdk/index.ts');
  const api = await fakeApi(() => ({ body: receipt }));

  for (const sdk of [inBrowser, await import('../../sdk/index.ts')]) {
    const tillgraph = sdk.connect({ url: api.url, region: 'us-east-1', credentials });
    expect(await tillgraph.sendTransaction(LINE)).toMatchObject({ accepted: 1 });
    tillgraph.close();
  }

  expect(api.received).toHaveLength(2);
  for (const request of api.received) expect(request.headers.authorization).toBe(await signatureOf(request));
  expect(() => inBrowser.connectionFrom('outputs.json')).toThrow('cannot be read here');
  expect(gzipSync(code).length).toBeLessThan(30 * 1024);
  expect(code.length).toBeLessThan(100 * 1024);
});
