import { afterAll } from 'vitest';
import { endTestFile } from '../../local/testing/directories.ts';
import { removeTemporaryDirectories } from './temporary.ts';

// A setup file, so it runs for each test file, those included that share a process.
afterAll(async () => {
  await endTestFile();
  removeTemporaryDirectories();
});
