import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let base: string | undefined;

/** An empty directory that lasts as long as the tests of this file. */
export function temporaryDirectory(): string {
  base ??= mkdtempSync(join(tmpdir(), 'tillgraph-'));
  return mkdtempSync(join(base, 'test-'));
}

/** Called after each file by a setup file: files that share a process evaluate this module once. */
export function removeTemporaryDirectories(): void {
  if (base !== undefined) rmSync(base, { recursive: true, force: true, maxRetries: 5 });
  base = undefined;
}
