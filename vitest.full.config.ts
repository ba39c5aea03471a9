import { defineConfig } from 'vitest/config';
import { base } from './vitest.base.ts';

/** The long road: the whole data set, crashes and restarts. One file at a time, because each has the machine to itself. */
export default defineConfig({
  test: {
    ...base,
    include: ['test/full/**/*.test.ts', 'test/**/*-spark.test.ts'],
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 900_000,
    hookTimeout: 300_000,
  },
});
