import { defineConfig } from 'vitest/config';
import { base, ELSEWHERE } from './vitest.base.ts';

/** The long road: the whole data set, crashes and restarts. Two files at a time, because each waits much for one processor. */
export default defineConfig({
  test: {
    ...base,
    include: ['test/full/**/*.test.ts', 'local/**/*-spark.test.ts'],
    exclude: ELSEWHERE,
    testTimeout: 900_000,
    hookTimeout: 300_000,
  },
});
