import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
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
 * @remarks A server that was killed itself may leave processes behind for a moment; a second server beside them would destroy the
 * cluster, so they are waited for. The number in `postmaster.pid` may by now be another process's, and then PostgreSQL would never
 * start: a file that speaks of no process of this cluster is removed.
 */
export async function stopLeftoverServer(cluster: string, log: (line: string) => void): Promise<void> {
  const file = join(cluster, 'postmaster.pid');
  const server = serverOf(file);
  if (server === undefined) return;
  for (const [signal, patience] of SIGNALS) {
    const running = processesOf(cluster, server);
    if (running.length === 0) break;
    if (signal === 'SIGINT') log(`redshift: ended the PostgreSQL of an earlier start, process ${String(server)}`);
    // Its own processes end with it; those that have lost it end by themselves, or do not.
    for (const pid of running.includes(server) && signal !== 'SIGKILL' ? [server] : running) send(pid, signal);
    for (const end = Date.now() + patience; Date.now() < end && processesOf(cluster, server).length > 0;) await pause(10);
  }
  if (isAlive(server)) rmSync(file, { force: true });
}

function serverOf(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** The processes of PostgreSQL that work in the cluster; where the system does not list them, the server only. */
function processesOf(cluster: string, server: number): number[] {
  if (process.platform !== 'linux') return isServer(server, cluster) ? [server] : [];
  const directory = realpathSync(cluster);
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isSafeInteger(pid) && usesCluster(pid, directory));
}

function usesCluster(pid: number, directory: string): boolean {
  try {
    // A user's shell may stand there too.
    const isPostgres = readFileSync(`/proc/${String(pid)}/comm`, 'utf8').startsWith('postgres');
    return isPostgres && readlinkSync(`/proc/${String(pid)}/cwd`) === directory;
  } catch {
    return false;
  }
}

function isServer(pid: number, cluster: string): boolean {
  if (!isAlive(pid) || process.platform === 'win32') return isAlive(pid);
  try {
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).includes(cluster);
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}
