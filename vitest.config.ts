import { defineConfig } from 'vitest/config';
import { base, ELSEWHERE, TESTS } from './vitest.base.ts';

/** Everything that needs no account. What starts Spark by itself is for the long road; an import does so here. */
export default defineConfig({
  test: { ...base, include: TESTS, exclude: [...ELSEWHERE, 'test/full/**', '**/*-spark.test.ts'] },
});
