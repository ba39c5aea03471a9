import type { InlineConfig } from 'vitest/node';

/** Where to write vitest's results as JSON besides printing them; `.ci/run` counts from there. */
const results = process.env['TEST_RESULTS'];

/** Tests of the shop, and those of `local/` beside their sources. */
export const TESTS = ['test/**/*.test.ts', 'local/**/*.test.ts'];

/** Packages bring tests of their own. */
export const ELSEWHERE = ['**/node_modules/**'];

/** What both suites share. */
export const base: InlineConfig = {
  environment: 'node',
  pool: 'forks',
  maxWorkers: 2,
  // Tests start whole stacks of servers, sometimes on a machine that does much else.
  testTimeout: 60_000,
  hookTimeout: 60_000,
  teardownTimeout: 20_000,
  restoreMocks: true,
  globalSetup: ['test/support/assembly.ts'],
  setupFiles: ['test/support/same-cases.ts'],
  // What the SDK says about later versions of Node is no news of a test.
  env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  reporters: results === undefined ? ['default'] : ['default', ['json', { outputFile: results }]],
};
