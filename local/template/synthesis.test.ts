import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AssemblyError } from './errors.ts';
import { presentAssembly, synthesize } from './synthesis.ts';
import { newDirectory } from '../testing/directories.ts';

/** What the app says about its local stack. */
const settings = { 'local-aws': { sources: ['infra'], context: { stage: 'dev' } } };

const home = { accountId: '000000000000', region: 'us-east-1' };

/** An app whose synthesis writes what it was told, and one more line each time into `runs.txt`. */
const program = `
  import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
  const { CDK_OUTDIR, CDK_CONTEXT_JSON, CDK_DEFAULT_ACCOUNT, CDK_DEFAULT_REGION } = process.env;
  mkdirSync(CDK_OUTDIR, { recursive: true });
  writeFileSync(CDK_OUTDIR + '/manifest.json', JSON.stringify({ context: JSON.parse(CDK_CONTEXT_JSON), CDK_DEFAULT_ACCOUNT, CDK_DEFAULT_REGION }));
  appendFileSync('runs.txt', 'run;');`;

function newApp(code = program): string {
  const root = newDirectory('app');
  writeFileSync(
    join(root, 'cdk.json'),
    JSON.stringify({ app: 'node app.mjs', context: { flag: true, stage: 'prod', ...settings } }),
  );
  writeFileSync(join(root, 'app.mjs'), code);
  mkdirSync(join(root, 'infra'));
  writeFileSync(join(root, 'infra', 'stack.ts'), 'one');
  return root;
}
const runs = (root: string): string => readFileSync(join(root, 'runs.txt'), 'utf8');

describe('the app', () => {
  test('is synthesized as the CDK command line would do it, with the context that it names for the local stack', async () => {
    const root = newApp();

    const directory = await synthesize(root, home, () => undefined);

    expect(JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8'))).toEqual({
      context: { flag: true, stage: 'dev', ...settings },
      CDK_DEFAULT_ACCOUNT: '000000000000',
      CDK_DEFAULT_REGION: 'us-east-1',
    });
  });

  test('is not synthesized again as long as nothing has changed', async () => {
    const root = newApp();

    await synthesize(root, home, () => undefined);
    await synthesize(root, home, () => undefined);

    expect(runs(root)).toBe('run;');
  });

  test.each([
    [
      'a source is changed',
      (root: string) => {
        writeFileSync(join(root, 'infra', 'stack.ts'), 'other');
      },
    ],
    [
      'a source is added',
      (root: string) => {
        writeFileSync(join(root, 'infra', 'more.ts'), '');
      },
    ],
    [
      'another command has synthesized, perhaps another stage',
      (root: string) => {
        writeFileSync(join(root, 'cdk.out', 'manifest.json'), '{}');
      },
    ],
  ])('is synthesized again when %s', async (_what, change) => {
    const root = newApp();
    await synthesize(root, home, () => undefined);

    change(root);
    await synthesize(root, home, () => undefined);

    expect(runs(root)).toBe('run;run;');
  });

  test('is synthesized with the context that is asked for, and again when another one is', async () => {
    const root = newApp();

    for (const stage of ['lean', 'lean', 'dev']) await synthesize(root, { ...home, context: { stage } }, () => undefined);

    expect(runs(root)).toBe('run;run;');
    expect(JSON.parse(readFileSync(join(root, 'cdk.out', 'manifest.json'), 'utf8'))).toMatchObject({ context: { stage: 'dev' } });
  });

  test('is present when it was made with the same context, current or not', async () => {
    const root = newApp();
    const before = presentAssembly(root, {});
    const directory = await synthesize(root, home, () => undefined);

    const fresh = presentAssembly(root, {});
    const other = presentAssembly(root, { context: { stage: 'lean' } });
    writeFileSync(join(root, 'infra', 'stack.ts'), 'other');
    const old = presentAssembly(root, {});

    expect({ before, fresh, other, old }).toEqual({
      before: undefined,
      fresh: { directory, isCurrent: true },
      other: undefined,
      old: { directory, isCurrent: false },
    });
  });

  test('is synthesized each time when it does not say what it is made from', async () => {
    const root = newApp();
    writeFileSync(join(root, 'cdk.json'), JSON.stringify({ app: 'node app.mjs' }));

    await synthesize(root, home, () => undefined);
    await synthesize(root, home, () => undefined);

    expect(runs(root)).toBe('run;run;');
  });

  test('is refused when it says something of its local stack that is not known', async () => {
    const root = newApp();
    writeFileSync(join(root, 'cdk.json'), JSON.stringify({ app: 'node app.mjs', context: { 'local-aws': { source: [] } } }));

    await expect(synthesize(root, home, () => undefined)).rejects.toThrow('has no source: it takes sources, context,');
  });

  test('that cannot be synthesized says why', async () => {
    const root = newApp("console.error('MISSING_SOURCE: write it'); process.exit(1);");

    const attempt = synthesize(root, home, () => undefined);

    await expect(attempt).rejects.toThrow(AssemblyError);
    await expect(attempt).rejects.toThrow('`node app.mjs` ended with 1:\nMISSING_SOURCE: write it');
  });
});
