import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** What is tried, and for how long: an orderly shutdown, one without writing, and the end. */
const SIGNALS = [
  ['SIGINT', 10_000],
  ['SIGQUIT', 5_000],
  ['SIGKILL', 5_000],
] as const;

/**
 * End the server that still works in the cluster: its guard is about to do so, or was killed with us.
 * It is not taken over, because nothing would end it with us.
 *
 * @remarks The number in `postmaster.pid` may by now be another process's, and then PostgreSQL would never start: a file that
 * speaks of no server of this cluster is removed.
 */
export async function endLeftOver(cluster: string, log: (line: string) => void): Promise<void> {
  const file = join(cluster, 'postmaster.pid');
  const pid = serverOf(file);
  if (pid === undefined) return;
  if (!worksIn(pid, cluster)) {
    rmSync(file, { force: true });
    return;
  }
  log(`redshift: ended the PostgreSQL of an earlier start, process ${String(pid)}`);
  for (const [signal, patience] of SIGNALS) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    for (const end = Date.now() + patience; Date.now() < end;) {
      if (!worksIn(pid, cluster)) return;
      await pause(10);
    }
  }
}

function serverOf(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the process runs, and is a PostgreSQL of this cluster: it works in its directory. */
function worksIn(pid: number, cluster: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  if (process.platform === 'win32') return true;
  try {
    if (process.platform === 'linux') return readlinkSync(`/proc/${String(pid)}/cwd`) === realpathSync(cluster);
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).includes(cluster);
  } catch {
    return false;
  }
}
