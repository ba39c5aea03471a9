import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { chown, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ChildProcess } from 'node:child_process';
import { DamagedStateError, readState, writeFileAtomically, writeState } from '../../state-files.ts';
import type { PostgresAccount } from './postgres-account.ts';
import { claimCluster } from './cluster-owner.ts';
import { runnablePostgres } from './postgres-account.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { findPostgres } from './postgres-binaries.ts';
import { stopLeftoverServer } from './postgres-left-over.ts';
import { serverSettings } from './postgres-settings.ts';

/** The user that PostgreSQL begins with; on AWS, too, it is the system's own and no login. */
export const SYSTEM_USER = 'rdsdb';

const READY = 'database system is ready to accept connections';
const SHUTDOWN_MILLISECONDS = 15_000;

/** PostgreSQL did not start, or its cluster could not be made. */
export class PostgresFailedError extends Error {
  override readonly name = 'PostgresFailedError';
  readonly code = 'POSTGRES_FAILED';

  constructor(
    readonly program: string,
    readonly exitCode: number | null,
    readonly lines: readonly string[],
  ) {
    const said = lines.length === 0 ? 'it said nothing' : lines.slice(-5).join(' | ');
    super(`${program} ended with ${String(exitCode ?? 'a signal')}: ${said}`);
  }
}

export interface PostgresServerOptions {
  /** Holds the cluster; made if absent. One process at a time. */
  readonly directory: string;
  /** The port wished for; another one when that is taken, any when 0. */
  readonly port: number;
  log(this: void, line: string): void;
}

/** A PostgreSQL server that lives as long as this process, and not longer. */
export interface PostgresServer {
  readonly port: number;
  /** Of {@link SYSTEM_USER}. */
  readonly password: string;
  /** Ends the sessions, writes what is to be written and ends the server. */
  close(): Promise<void>;
}

/** Says that there is a cluster, and where. */
const CLUSTER_FILE = 'cluster.json';
const PASSWORD = 'system-password';

/**
 * A shell between us and PostgreSQL: when we end, however we end, its standard input ends, and it shuts PostgreSQL down.
 * In the background of a shell SIGINT is ignored, but PostgreSQL sets its own handlers.
 */
const GUARD = `exec 3<&0
"$@" </dev/null 3<&- &
postgres=$!
( read -r _ <&3; kill -INT $postgres ) >/dev/null 2>&1 &
guard=$!
exec 3<&-
wait $postgres
status=$?
kill $guard 2>/dev/null
exit $status`;

/**
 * Start the cluster in `directory`, made if there is none.
 *
 * @throws PostgresMissingError, RootAccountError, ClusterInUseError, PostgresFailedError
 */
export async function startPostgres(options: PostgresServerOptions): Promise<PostgresServer> {
  const { account, binaries } = runnablePostgres(await findPostgres());
  await mkdir(options.directory, { recursive: true });
  const release = claimCluster(options.directory);
  try {
    const home = account.place(options.directory);
    await mkdir(home, { recursive: true });
    const cluster = join(home, 'cluster');
    await stopLeftoverServer(cluster, options.log);
    const made = join(options.directory, CLUSTER_FILE);
    const isMade = readState(made) !== undefined;
    if (isMade) requireFiles(join(options.directory, PASSWORD), join(cluster, 'PG_VERSION'));
    const { password, isNew } = await systemPassword(options.directory);
    // A directory without a password is a new one; a cluster that lies elsewhere in its name is of one that was deleted.
    if (isNew) await rm(cluster, { recursive: true, force: true });
    await makeCluster(cluster, binaries, account, password);
    if (!isMade) writeState(made, { cluster });
    return await supervise({ ...options, cluster, binaries, account, password, release });
  } catch (error) {
    release();
    throw error;
  }
}

/** Without one of them all would be made anew, and empty. @throws DamagedStateError */
function requireFiles(...files: readonly string[]): void {
  for (const file of files)
    if (!existsSync(file) || statSync(file).size === 0)
      throw new DamagedStateError(file, `it is ${existsSync(file) ? 'empty' : 'gone'}, and the database was made before`);
}

interface Place extends PostgresServerOptions {
  readonly cluster: string;
  readonly binaries: PostgresBinaries;
  readonly account: PostgresAccount;
  readonly password: string;
  release(this: void): void;
}

interface Running {
  readonly child: ChildProcess;
  readonly port: number;
  readonly ended: Promise<void>;
}

async function supervise(place: Place): Promise<PostgresServer> {
  const first = await startAtSomePort(place, await freePort(place.port));
  const { port } = first;
  let isClosing = false;
  let current = Promise.resolve(first);

  async function restart(): Promise<Running> {
    await stopLeftoverServer(place.cluster, place.log);
    const running = await start(place, port);
    watch(running);
    return running;
  }

  function watch({ ended }: Running): void {
    void ended.then(() => {
      if (isClosing) return;
      place.log('redshift: PostgreSQL ended by itself; it is started again');
      current = restart();
      current.catch((error: unknown) => {
        place.log(`redshift: PostgreSQL could not be started again: ${String(error)}`);
      });
    });
  }

  watch(first);
  return {
    port,
    password: place.password,
    async close() {
      isClosing = true;
      const running = await current.catch(() => undefined);
      if (running !== undefined) await stop(running, place);
      place.release();
    },
  };
}

async function stop({ child, ended }: Running, { cluster, log }: Place): Promise<void> {
  const impatient = setTimeout(() => void stopLeftoverServer(cluster, log), SHUTDOWN_MILLISECONDS);
  if (process.platform === 'win32') await stopLeftoverServer(cluster, log);
  child.stdin?.end();
  await ended;
  clearTimeout(impatient);
}

/** Between our check of a port and PostgreSQL's, another process may take it. */
async function startAtSomePort(place: Place, port: number, attempts = 5): Promise<Running> {
  try {
    return await start(place, port);
  } catch (error) {
    const isTaken = error instanceof PostgresFailedError && error.lines.some((line) => line.includes('could not bind'));
    if (!isTaken || attempts === 1) throw error;
    return startAtSomePort(place, await freePort(0), attempts - 1);
  }
}

async function start({ cluster, binaries, account, log }: Place, port: number): Promise<Running> {
  const server = [binaries.postgres, '-D', cluster, ...serverSettings(port)];
  const [program = '', ...parameters] = process.platform === 'win32' ? server : ['/bin/sh', '-c', GUARD, 'redshift', ...server];
  // A group of its own: Ctrl-C is for us, and we shut it down in order.
  const child = account.spawn(program, parameters, { stdio: ['pipe', 'ignore', 'pipe'], detached: true, cwd: '/' });
  // Its end is told by its exit.
  child.stdin?.on('error', () => undefined);
  const lines: string[] = [];
  const ended = once(child, 'exit').then(() => undefined);
  await new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => {
      reject(new PostgresFailedError('postgres', code, lines));
    });
    if (child.stderr)
      createInterface(child.stderr).on('line', (line) => {
        lines.push(line);
        if (lines.length > 50) lines.shift();
        if (line.includes(READY)) resolve();
        if (/ PANIC: |was terminated by signal|out of memory|No space left|invalid page in block/.test(line))
          log(`redshift: ${line}`);
      });
  });
  return { child, port, ended };
}

async function makeCluster(cluster: string, { initdb }: PostgresBinaries, account: PostgresAccount, password: string) {
  if (existsSync(join(cluster, 'PG_VERSION'))) return;
  const draft = `${cluster}.draft`;
  const passwordFile = `${cluster}.password`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  writeFileAtomically(passwordFile, password, { flush: false });
  if (account.owner !== undefined) {
    await chown(draft, account.owner, account.owner);
    await chown(passwordFile, account.owner, account.owner);
  }
  const child = account.spawn(
    initdb,
    [
      ...['-D', draft, '-U', SYSTEM_USER, '-A', 'md5', `--pwfile=${passwordFile}`],
      // md5 stands for SCRAM too: which of the two depends on how the user's password was given, in clear or as an MD5 hash.
      // Without a locale text sorts by its bytes, as in Redshift.
      ...['--no-locale', '-E', 'UTF8', '--no-sync', '--data-checksums'],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], cwd: '/' },
  );
  const lines: string[] = [];
  if (child.stderr) createInterface(child.stderr).on('line', (line) => lines.push(line));
  const [code] = (await once(child, 'close')) as [number | null];
  await rm(passwordFile, { force: true });
  if (code !== 0) throw new PostgresFailedError('initdb', code, lines);
  // Whole or not at all: a kill in between leaves a draft.
  await rename(draft, cluster);
}

async function systemPassword(directory: string): Promise<{ password: string; isNew: boolean }> {
  const file = join(directory, PASSWORD);
  if (existsSync(file)) return { password: await readFile(file, 'utf8'), isNew: false };
  const password = randomBytes(24).toString('hex');
  writeFileAtomically(file, password);
  return { password, isNew: true };
}

async function freePort(wanted: number): Promise<number> {
  const probe = createServer();
  const port = await new Promise<number>((resolve, reject) => {
    probe.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') reject(error);
      else resolve(freePort(0));
    });
    probe.listen(wanted, '127.0.0.1', () => resolve((probe.address() as AddressInfo).port));
  });
  if (probe.listening) await new Promise((resolve) => probe.close(resolve));
  return port;
}
