import { defineConfig } from 'vitest/config';
import { ELSEWHERE, everyFile, wholeRun } from './vitest.base.ts';

/** The long road: the whole data set, crashes and restarts. Two files at a time, because each waits much for one processor. */
export default defineConfig({
  test: {
    ...wholeRun,
    ...everyFile,
    include: ['test/full/**/*.test.ts', '{local,sdk}/**/*-spark.test.ts'],
    exclude: ELSEWHERE,
    testTimeout: 900_000,
    hookTimeout: 300_000,
  },
});
