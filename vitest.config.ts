import { defineConfig } from 'vitest/config';
import { base } from './vitest.base.ts';

/** Everything that needs no account. */
export default defineConfig({
  test: { ...base, include: ['test/**/*.test.ts'], exclude: ['test/full/**'] },
});
