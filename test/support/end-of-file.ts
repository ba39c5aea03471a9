import { afterAll, vi } from 'vitest';
import { endTestFile } from '@tillgraph/local-aws/testing/directories';
import { removeTemporaryDirectories } from './temporary.ts';

// A setup file, so it runs for each test file, those included that share a process: none of them leaves a clock, a variable of the
// environment, a server or a directory to the next.
afterAll(async () => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  await endTestFile();
  removeTemporaryDirectories();
});
