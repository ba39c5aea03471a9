import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packSdk } from '../../sdk/pack.ts';
import { fakeApi } from '../sdk/fake-api.ts';

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
  const wanted = ['@apollo/client', 'graphql', 'rxjs', 'typescript', '@types/node'];
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

/** What the compiler finds in the files and in the package's types, at its strictest. JavaScript is written beside the files. */
async function compile(...files: readonly string[]): Promise<{ readonly found: readonly string[] }> {
  const strict = ['--strict', '--noUncheckedIndexedAccess', '--exactOptionalPropertyTypes', '--types', 'node'];
  const tsc = run(
    join('node_modules', '.bin', 'tsc'),
    [...strict, '--module', 'nodenext', '--target', 'es2022', ...files],
    project,
  );
  const { stdout } = await tsc.catch((error: unknown) => error as { stdout: string });
  const lines = stdout.split('\n').filter((line) => line.trim() !== '');
  // Packages that ours is used with have faults of their own at these settings.
  return { found: lines.filter((line) => !/^node_modules\/(?!tillgraph-sdk\/)/.test(line) && !line.startsWith(' ')) };
}

const PROGRAM = `
const tillgraph = connect({ url: process.argv[2] ?? '', apiKey: 'da2-test' });
const { rows } = await tillgraph.sales({ groupBy: ['MONTH'] });
for (const { month, revenue } of rows) console.log(month, revenue);
tillgraph.close();
`;

test('its tarball is well under a megabyte', () => {
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThan(1_000_000);
});

test('a strict program in TypeScript compiles against it, as an ES module and as CommonJS, and runs', async (context) => {
  if (missing !== undefined) return context.skip(`NOT CHECKED: ${missing}`);
  const api = await fakeApi(() => ({
    body: {
      data: {
        sales: {
          ...{
            __typename: 'SalesResult',
            status: 'FINISHED',
            hasMore: false,
            asOf: null,
            source: 'CACHE',
            elapsedMs: 1,
            id: null,
          },
          rows: [{ __typename: 'SalesGroup', month: '2010-12', revenue: '498062.650' }],
        },
      },
    },
  }));
  writeFileSync(join(project, 'esm.mts'), `import { connect } from 'tillgraph-sdk';\n${PROGRAM}`);
  writeFileSync(
    join(project, 'cjs.cts'),
    `import sdk = require('tillgraph-sdk');\nconst { connect } = sdk;\nasync function main() {${PROGRAM}}\nvoid main();\n`,
  );
  const { found } = await compile('esm.mts', 'cjs.cts');

  expect(found).toEqual([]);
  for (const file of ['esm.mjs', 'cjs.cjs'])
    expect((await run(process.execPath, [file, api.url], project)).stdout).toBe('2010-12 498062.650\n');
  return undefined;
});

test('a misspelled field does not compile', async (context) => {
  if (missing !== undefined) return context.skip(`NOT CHECKED: ${missing}`);
  writeFileSync(
    join(project, 'wrong.mts'),
    `import { connect } from 'tillgraph-sdk';\n${PROGRAM.replace('{ month,', '{ moth,')}`,
  );

  const { found } = await compile('wrong.mts');

  expect(found).toContainEqual(expect.stringContaining("Property 'moth' does not exist"));
});
