import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const base = mkdtempSync(join(tmpdir(), 'local-test-'));
const closers: (() => Promise<void>)[] = [];

// What works in a directory ends before the directory does.
afterAll(async () => {
  for (const close of closers.toReversed()) await close();
  rmSync(base, { recursive: true, force: true, maxRetries: 5 });
});

/** An empty directory that lasts as long as the tests of this file. */
export const newDirectory = (kind: string): string => mkdtempSync(join(base, `${kind}-`));

/** Close a service after the tests of this file. Unlike `afterAll`, it may be called in `beforeAll`. */
export const closeAfterTests = (close: () => Promise<void>): void => void closers.push(close);
