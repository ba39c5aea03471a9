import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

/** Where the files of a run share the clusters of PostgreSQL that the first of them has prepared: to make one takes seconds. */
export default function setup({ provide }: TestProject): () => void {
  const clusters = mkdtempSync(join(tmpdir(), 'tillgraph-clusters-'));
  provide('clusters', clusters);
  return () => {
    rmSync(clusters, { recursive: true, force: true });
  };
}
