import { BaseSequencer, type InlineConfig, type TestSpecification } from 'vitest/node';

/** Where to write vitest's results as JSON besides printing them; `.ci/run` counts from there. */
const results = process.env['TEST_RESULTS'];

/** Packages bring tests of their own. */
export const ELSEWHERE = ['**/node_modules/**'];

/** The files that take a minute come first, or one of them would run alone at the end; a fresh clone knows no times. */
class WholeStacksFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isStack = ({ moduleId }: TestSpecification) => moduleId.includes('/test/e2e/');
    return [...sorted.filter(isStack), ...sorted.filter((file) => !isStack(file))];
  }
}

/** What is done once for a run, whatever its projects. */
export const wholeRun = {
  maxWorkers: 2,
  teardownTimeout: 20_000,
  sequence: { sequencer: WholeStacksFirst },
  globalSetup: ['test/support/assembly.ts', 'test/support/clusters.ts'],
  reporters: results === undefined ? ['default'] : ['default', ['json', { outputFile: results }]],
} satisfies InlineConfig;

/** What holds for each file. */
export const everyFile = {
  environment: 'node',
  pool: 'forks',
  // Tests start whole stacks of servers, sometimes on a machine that does much else.
  testTimeout: 60_000,
  hookTimeout: 60_000,
  expect: { poll: { timeout: 30_000 } },
  restoreMocks: true,
  setupFiles: ['test/support/same-cases.ts', 'test/support/patience.ts', 'test/support/end-of-file.ts'],
  // What the SDK says about later versions of Node is no news of a test.
  env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
} satisfies InlineConfig;
