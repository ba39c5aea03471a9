import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const base = mkdtempSync(join(tmpdir(), 'local-test-'));
afterAll(() => {
  rmSync(base, { recursive: true, force: true, maxRetries: 5 });
});

/** An empty directory that lasts as long as the tests of this file. */
export const newDirectory = (kind: string): string => mkdtempSync(join(base, `${kind}-`));
