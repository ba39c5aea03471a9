import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let base: string | undefined;
const closers: (() => Promise<void>)[] = [];

/** An empty directory that lasts as long as the tests of this file. */
export function newDirectory(kind: string): string {
  base ??= mkdtempSync(join(tmpdir(), 'local-test-'));
  return mkdtempSync(join(base, `${kind}-`));
}

/** Close a service after the tests of this file. Unlike `afterAll`, it may be called in `beforeAll`. */
export const closeAfterTests = (close: () => Promise<void>): void => void closers.push(close);

/**
 * Close what the tests of a file left open, then remove its directories.
 *
 * A setup file calls it after each file: files that share a process evaluate this module once, and an `afterAll` here would belong to
 * the first of them alone.
 */
export async function endTestFile(): Promise<void> {
  for (const close of closers.splice(0).toReversed()) await close();
  if (base !== undefined) rmSync(base, { recursive: true, force: true, maxRetries: 5 });
  base = undefined;
}
