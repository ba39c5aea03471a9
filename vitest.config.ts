import { defineConfig } from 'vitest/config';
import { isSlow, testFilesIn, wayToProcesses } from './test/support/starts-processes.ts';
import { ELSEWHERE, everyFile, wholeRun } from './vitest.base.ts';

const FOLDERS = ['test', 'local', 'sdk'];

/** What starts Spark by itself is for the full suite; an import does so here. */
const full = [...ELSEWHERE, 'test/full/**', '**/*-spark.test.ts'];

const found = testFilesIn(...FOLDERS);
const withProcesses = found.filter((file) => wayToProcesses(file) !== undefined);
const slow = found.filter((file) => isSlow(file) && !withProcesses.includes(file));

/** One process for many files: what they import is evaluated once. */
const inOneProcess = {
  ...everyFile,
  isolate: false,
  setupFiles: [...everyFile.setupFiles, 'test/support/no-processes.ts'],
};

/** Everything that needs no account. */
export default defineConfig({
  test: {
    ...wholeRun,
    projects: [
      {
        test: {
          ...inOneProcess,
          name: 'unit',
          include: FOLDERS.map((folder) => `${folder}/**/*.test.ts`),
          exclude: [...full, ...slow, ...withProcesses],
          sequence: { groupOrder: 0 },
        },
      },
      { test: { ...inOneProcess, name: 'slow', include: slow, exclude: full, sequence: { groupOrder: 1 } } },
      { test: { ...everyFile, name: 'whole', include: withProcesses, exclude: full, sequence: { groupOrder: 2 } } },
    ],
  },
});
