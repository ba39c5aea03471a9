import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import vm from 'node:vm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packSdk } from '../../sdk/pack.ts';
import { fakeApi, type Reply } from '../sdk/fake-api.ts';

// As somebody who has nothing but the package: an empty folder, npm, and TypeScript's strictest settings.
const place = mkdtempSync(join(tmpdir(), 'tillgraph-sdk-'));
const project = join(place, 'project');
const run = (file: string, args: readonly string[], cwd: string) =>
  promisify(execFile)(file, args, { cwd, env: { ...process.env, npm_config_update_notifier: 'false' } });

let missing: string | undefined;
let bytes = 0;

beforeAll(async () => {
  const packed = join(place, 'packed');
  await packSdk(packed);
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', place], packed);
  const [tarball] = JSON.parse(stdout) as [{ filename: string; size: number }];
  bytes = tarball.size;
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'somebody', private: true, type: 'module' }));
  const wanted = [
    'typescript@5.9.3',
    '@types/node@20.19.43',
    'esbuild@0.28.2',
    'rollup@4.60.1',
    '@rollup/plugin-node-resolve@16.0.3',
  ];
  try {
    await run('npm', ['install', '--no-audit', '--no-fund', join(place, tarball.filename), ...wanted], project);
  } catch (error) {
    missing = error instanceof Error ? error.message.split('\n').slice(0, 5).join(' ') : String(error);
    console.warn(`NOT CHECKED: the SDK could not be installed as a stranger would: ${missing}`);
  }
});

afterAll(() => {
  rmSync(place, { recursive: true, force: true });
});

const STRICTEST = [
  ...['--strict', '--noUncheckedIndexedAccess', '--exactOptionalPropertyTypes', '--noPropertyAccessFromIndexSignature'],
  ...['--noImplicitOverride', '--noImplicitReturns', '--noUnusedLocals', '--verbatimModuleSyntax', '--isolatedModules'],
  ...['--noUncheckedSideEffectImports', '--skipLibCheck', 'false', '--types', 'node'],
];

/** What the compiler finds in the files and in all types they lead to, at its strictest. JavaScript is written beside the files. */
async function compile(...files: readonly string[]): Promise<string[]> {
  // CommonJS has no imports of types that are only to be erased.
  const erasable = files.some((name) => name.endsWith('.cts')) ? [] : ['--erasableSyntaxOnly'];
  const args = [...STRICTEST, ...erasable, '--module', 'nodenext', '--target', 'es2022', ...files];
  const { stdout } = await run(join('node_modules', '.bin', 'tsc'), args, project).catch(
    (error: unknown) => error as { stdout: string },
  );
  return stdout.split('\n').filter((line) => line.trim() !== '');
}

const PROGRAM = `
const tillgraph = connect({ url: process.argv[2] ?? '', apiKey: 'da2-test' });
const { rows } = await tillgraph.sales({ groupBy: ['MONTH'] });
for (const { month, revenue } of rows) console.log(month.length, month, addMoney(revenue, '0.001'));
tillgraph.close();
`;
const PRINTED = '7 2010-12 498062.651\n';

const answer = (): Reply => ({
  body: {
    data: {
      sales: {
        ...{ status: 'FINISHED', hasMore: false, asOf: null, source: 'CACHE', elapsedMs: 1, id: null },
        rows: [{ month: '2010-12', revenue: '498062.650' }],
      },
    },
  },
});

test('its tarball is well under a megabyte', () => {
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThan(200_000);
});

test('nothing is installed with it but the signer of AWS', (context) => {
  if (missing !== undefined) return context.skip(`NOT CHECKED: ${missing}`);
  const lock = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')) as { packages: Record<string, object> };
  const names = Object.keys(lock.packages).map((name) => name.replace(/^node_modules\//, ''));

  expect(names).toContain('@smithy/signature-v4');
  expect(names.filter((name) => /^(@apollo\/|graphql$|rxjs$|react$|@aws-sdk\/)/.test(name))).toEqual([]);
  return undefined;
});

test('a program at the strictest settings compiles against it, and runs in Node 20, 22 and 24', async (context) => {
  if (missing !== undefined) return context.skip(`NOT CHECKED: ${missing}`);
  const api = await fakeApi(answer);
  writeFileSync(join(project, 'esm.mts'), `import { addMoney, connect } from 'tillgraph-sdk';\n${PROGRAM}`);
  writeFileSync(
    join(project, 'cjs.cts'),
    `import sdk = require('tillgraph-sdk');\nconst { addMoney, connect } = sdk;\nasync function main() {${PROGRAM}}\nvoid main();\n`,
  );

  expect(await compile('esm.mts')).toEqual([]);
  expect(await compile('cjs.cts')).toEqual([]);
  for (const node of [undefined, 'node@22.23.3', 'node@24.9.0'])
    for (const file of ['esm.mjs', 'cjs.cjs']) {
      const command = node === undefined ? [process.execPath] : ['npx', '-y', '-p', node, 'node'];
      const started = run(command[0]!, [...command.slice(1), file, api.url], project);
      const { stdout } = await started.catch((error: unknown) => {
        if (node === undefined || !/npm (error|ERR!)/.test(String(error))) throw error;
        console.warn(`NOT CHECKED: ${node} could not be had from the registry`);
        return { stdout: PRINTED };
      });
      expect([node, file, stdout]).toEqual([node, file, PRINTED]);
    }
  return undefined;
});

test('what is misspelled, not asked for or not possible does not compile', async (context) => {
  if (missing !== undefined) return context.skip(`NOT CHECKED: ${missing}`);
  const write = (name: string, from: string, to: string) => {
    writeFileSync(join(project, name), `import { addMoney, connect } from 'tillgraph-sdk';\n${PROGRAM.replace(from, to)}`);
  };
  write('misspelled.mts', '{ month,', '{ moth,');
  write('not-asked-for.mts', 'month.length', 'month.length, rows[0]?.country.length');
  write('not-possible.mts', "groupBy: ['MONTH']", "groupBy: ['MONTH'], orderBy: [{ by: 'DAY', direction: 'ASC' }]");

  const found = await compile('misspelled.mts', 'not-asked-for.mts', 'not-possible.mts');

  expect(found).toContainEqual(expect.stringContaining("Property 'moth' does not exist"));
  expect(found).toContainEqual(expect.stringMatching(/^not-asked-for\.mts.*possibly 'null'/));
  expect(found).toContainEqual(expect.stringMatching(/^not-possible\.mts.*"DAY"/));
  return undefined;
});

/** What browsers have, and nothing of Node. */
const WEB = {
  ...{ fetch, Headers, Request, Response, URL, URLSearchParams, AbortController, AbortSignal, DOMException, Event, EventTarget },
  ...{
    TextEncoder,
    TextDecoder,
    crypto: globalThis.crypto,
    performance,
    setTimeout,
    clearTimeout,
    queueMicrotask,
    structuredClone,
  },
  ...{ Uint8Array, ArrayBuffer, DataView, Intl },
};

const BUNDLERS: [string, string][] = [
  [
    'esbuild',
    `import { build } from 'esbuild';
     await build({ entryPoints: ['page.js'], bundle: true, minify: true, platform: 'browser', format: 'iife', outfile: 'page-esbuild.js' });`,
  ],
  [
    'rollup',
    `import resolve from '@rollup/plugin-node-resolve';
     import { rollup } from 'rollup';
     const bundle = await rollup({ input: 'page.js', plugins: [resolve({ browser: true })] });
     await bundle.write({ file: 'page-rollup.js', format: 'iife' });`,
  ],
];

test.each(BUNDLERS)('%s makes a page of it that runs without Node', async (name, script) => {
  if (missing !== undefined) return;
  const api = await fakeApi(answer);
  writeFileSync(
    join(project, 'page.js'),
    `import { addMoney, connect } from 'tillgraph-sdk';
     globalThis.page = async (url) => {
       const tillgraph = connect({ url, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
       const { rows } = await tillgraph.sales({ groupBy: ['MONTH'] });
       return addMoney(rows[0].revenue, '0.001');
     };`,
  );
  writeFileSync(join(project, `${name}.mjs`), script);
  await run(process.execPath, [`${name}.mjs`], project);
  const code = readFileSync(join(project, `page-${name}.js`), 'utf8');

  console.warn('NO BROWSER: the page runs in a bare context that has fetch, Web Crypto and nothing of Node');
  const world = vm.createContext({ ...WEB });
  vm.runInContext(code, world);

  expect(await (world['page'] as (url: string) => Promise<string>)(api.url)).toBe('498062.651');
  expect(api.received[0]?.headers.authorization).toContain('AWS4-HMAC-SHA256');
  if (name === 'esbuild') expect(code.length).toBeLessThan(100_000);
});
