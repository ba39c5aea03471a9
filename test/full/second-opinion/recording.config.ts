import { defineConfig } from 'vitest/config';
import { everyFile } from '../../../vitest.base.ts';

/** The tests of the resolvers, which write down what they evaluate. */
export default defineConfig({
  test: {
    ...everyFile,
    setupFiles: ['test/full/second-opinion/record-evaluations.ts'],
    include: ['test/resolvers/**/*.test.ts'],
    // About sizes and long histories; what they evaluate is like the others'.
    exclude: ['test/resolvers/large-sums.test.ts', 'test/resolvers/stored-items.test.ts'],
    reporters: ['default'],
  },
});
