import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { appOf, type StageName } from './synthesis.ts';

const run = promisify(execFile);

const VERSION = '1.51.0';
const python = process.platform === 'win32' ? 'python' : 'python3';
const cache = fileURLToPath(new URL(`../../node_modules/.cache/cfn-lint-${VERSION}`, import.meta.url));
const interpreter = (environment: string) =>
  join(environment, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');

/** Not the script `cfn-lint`, which names the directory in which it was installed. */
const RUN = ['-c', 'import sys; from cfnlint.runner import main; sys.exit(main())'];

/** Installs cfn-lint once; the second time it is there. Half an installation never takes its place. */
async function install(): Promise<void> {
  if (existsSync(cache)) return;
  const fresh = `${cache}.${String(process.pid)}`;
  try {
    await run(python, ['-m', 'venv', fresh]);
    await run(interpreter(fresh), ['-m', 'pip', 'install', '--quiet', `cfn-lint==${VERSION}`]);
    await rename(fresh, cache);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

const unavailable = await install().then(
  () => undefined,
  (cause: unknown) => (cause instanceof Error ? cause.message : String(cause)),
);
if (unavailable !== undefined)
  console.warn(`SKIPPED: cfn-lint ${VERSION} cannot be installed, so no template was linted: ${unavailable}`);

/** The CDK writes a dependency on a role beside the reference to it: true, only said twice. */
const IGNORED = ['W3005'];

test.skipIf(unavailable !== undefined)(
  'cfn-lint has nothing against any stage',
  async () => {
    const apps: readonly (readonly [StageName, Readonly<Record<string, unknown>>])[] = [
      ['dev', { warehouseCrawler: true }],
      ['lean', {}],
      ['prod', {}],
    ];
    const templates = apps.map(
      ([stage, context]) => appOf(stage, context).synth().getStackByName(`Tillgraph-${stage}`).templateFullPath,
    );

    // Findings and crashes alike end with another code than 0, and both leave words. One run, because the most of it is its start.
    const { stdout, stderr } = await run(interpreter(cache), [
      ...RUN,
      '--format',
      'parseable',
      '--ignore-checks',
      ...IGNORED,
      '--',
      ...templates,
    ]).catch((error: unknown) => error as { stdout: string; stderr: string });

    expect(stdout + stderr).toBe('');
  },
  180_000,
);
