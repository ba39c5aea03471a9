import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessIdentity } from '../../process-identity.ts';
import { identify, isRunning } from '../../process-identity.ts';
import { writeFileAtomically } from '../../state-files.ts';

/** Another process, or another service of this one, runs a warehouse in the directory. */
export class ClusterInUseError extends Error {
  override readonly name = 'ClusterInUseError';
  readonly code = 'CLUSTER_IN_USE';

  constructor(
    readonly directory: string,
    readonly pid: number,
  ) {
    super(`the warehouse in ${directory} is run by process ${String(pid)}: end it, or take another directory`);
  }
}

/**
 * Say that the directory is ours. What a process left that was killed is no claim.
 *
 * @returns gives it up
 * @throws ClusterInUseError
 */
export function claimCluster(directory: string): () => void {
  const file = join(directory, 'owner.json');
  const owner = read(file);
  if (owner !== undefined && isRunning(owner)) throw new ClusterInUseError(directory, owner.pid);
  writeFileAtomically(file, JSON.stringify(identify(process.pid)), { flush: false });
  return () => {
    rmSync(file, { force: true });
  };
}

function read(file: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity;
  } catch {
    // Absent, or cut off by a kill.
    return undefined;
  }
}
