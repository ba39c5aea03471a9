import { defineConfig } from 'vitest/config';
import { base } from './vitest.base.ts';

/** Everything that needs no account. What starts Spark by itself is for the long road; an import does so here. */
export default defineConfig({
  test: { ...base, include: ['test/**/*.test.ts'], exclude: ['test/full/**', 'test/**/*-spark.test.ts'] },
});
