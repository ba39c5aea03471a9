import type { InlineConfig } from 'vitest/node';

/** Where to write vitest's results as JSON besides printing them; `.ci/run` counts from there. */
const results = process.env['TEST_RESULTS'];

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
  reporters: results === undefined ? ['default'] : ['default', ['json', { outputFile: results }]],
};
