import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { appOf, directory } from './synthesis.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) =>
  JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')) as Record<string, unknown>;

test('the CDK CLI is exactly 2.1148.1, since 3.0.0 cannot read what this library writes', () => {
  const { devDependencies } = read('package.json') as { devDependencies: Record<string, string> };

  expect(devDependencies['aws-cdk']).toBe('2.1148.1');
  expect(read('node_modules/aws-cdk/package.json')['version']).toBe('2.1148.1');
});

test('esbuild is pinned, because another one makes other bundles and so another deployment', () => {
  const { dependencies } = read('package.json') as { dependencies: Record<string, string> };

  expect(dependencies['esbuild']).toMatch(/^\d+\.\d+\.\d+$/);
  expect(read('node_modules/esbuild/package.json')['version']).toBe(dependencies['esbuild']);
});

test('every feature flag is as the library recommends', () => {
  const { context } = read('cdk.json') as { context: Record<string, unknown> };

  expect(context).toEqual({
    stage: 'dev',
    'local-aws': context['local-aws'],
    ...read('node_modules/aws-cdk-lib/recommended-feature-flags.json'),
  });
});

test('the CLI lists the stack of an assembly that this library wrote, without an account', async () => {
  const { directory: assembly } = appOf('prod').synth();
  const { AWS_PROFILE: _, ...env } = process.env;

  const { stdout } = await promisify(execFile)(process.execPath, ['node_modules/aws-cdk/bin/cdk', 'ls', '--app', assembly], {
    cwd: root,
    env: { ...env, AWS_EC2_METADATA_DISABLED: 'true', HOME: directory() },
  });

  expect(stdout.trim()).toBe('Tillgraph-prod');
});
