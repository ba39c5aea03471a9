import { fork, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { runnablePostgres } from './postgres-account.ts';
import { findPostgres } from './postgres-binaries.ts';
import { startRedshift } from './service.ts';
import type { RedshiftService } from './service.ts';
import { DATABASE, MemoryObjects, PASSWORD, rowsOf } from '../../testing/given-redshift.ts';
import { newDirectory } from '../../testing/directories.ts';

let made: string;
beforeAll(async () => {
  made = newDirectory('redshift');
  const service = await startRedshift({
    directory: made,
    port: 0,
    adminPassword: PASSWORD,
    objects: new MemoryObjects(),
    log: () => undefined,
  });
  await service.ensureDatabase(DATABASE);
  await ask(service, 'CREATE TABLE landing (line VARCHAR(1000))', `INSERT INTO landing VALUES ('committed')`);
  await service.close();
});

test('a warehouse whose password is gone or emptied is refused, and not made anew', async () => {
  for (const damage of [(file: string) => rmSync(file), (file: string) => writeFileSync(file, '')]) {
    const directory = givenWarehouseDirectory();
    const file = join(directory, 'system-password');
    damage(file);

    const options = { directory, port: 0, adminPassword: PASSWORD, objects: new MemoryObjects(), log: () => undefined };
    await expect(startRedshift(options)).rejects.toMatchObject({ code: 'DAMAGED_STATE', file });
  }
});

/** A directory with a warehouse that was closed. */
function givenWarehouseDirectory(): string {
  const directory = newDirectory('redshift');
  cpSync(made, directory, { recursive: true });
  // Node 24 gives copied directories the usual rights, and PostgreSQL takes none that others may enter.
  if (existsSync(join(directory, 'cluster'))) chmodSync(join(directory, 'cluster'), 0o700);
  return directory;
}

interface Told {
  readonly port?: number;
  readonly error?: string;
  readonly copying?: boolean;
  readonly line?: string;
}

/** A warehouse in a process of its own. */
async function givenChild(directory: string, { port = 0, environment = process.env, execArgv = ['--import', 'tsx'] } = {}) {
  const script = join(import.meta.dirname, '..', '..', 'testing', 'redshift-child.ts');
  const child = fork(script, [directory, String(port)], {
    execArgv,
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const told = await next(child, ({ port: at, error }) => at !== undefined || error !== undefined);
  return { child, told };
}

/** The next message of a kind. */
async function next(child: ChildProcess, isWanted: (message: Told) => boolean): Promise<Told> {
  for (;;) {
    const [message] = (await once(child, 'message')) as [Told];
    if (isWanted(message)) return message;
  }
}

async function givenService(directory: string, port = 0): Promise<RedshiftService & { readonly lines: string[] }> {
  const lines: string[] = [];
  const service = await startRedshift({
    directory,
    port,
    adminPassword: PASSWORD,
    objects: new MemoryObjects(),
    log: (line) => lines.push(line),
  });
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= service.close());
  onTestFinished(close);
  return { ...service, close, lines };
}

/** The processes that work in the cluster of a directory. */
function processesIn(directory: string): number[] {
  const cluster = join(directory, 'cluster');
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`) === cluster;
      } catch {
        return false;
      }
    })
    .map(Number);
}

async function untilNobodyIsIn(directory: string): Promise<void> {
  while (processesIn(directory).length > 0) await pause(5);
}

const ask = async (service: RedshiftService, ...statements: string[]) => {
  const session = await service.openSession({ database: DATABASE, user: 'administrator' });
  try {
    let rows: readonly (readonly (string | null)[])[] = [];
    for (const sql of statements) rows = await rowsOf(session, sql);
    return rows;
  } finally {
    await session.close();
  }
};

test('a process killed amid a COPY loses nothing committed, and leaves no server', async () => {
  const directory = givenWarehouseDirectory();
  const { child } = await givenChild(directory);
  child.send('copy');
  await next(child, ({ copying }) => copying === true);

  child.kill('SIGKILL');
  await once(child, 'exit');
  const after = await givenService(directory);

  expect(await ask(after, 'SELECT line FROM landing')).toEqual([['committed']]);
  await after.close();
  expect(processesIn(directory)).toEqual([]);
});

test('the server ends with the process that was killed, also without a new start', async () => {
  const directory = givenWarehouseDirectory();
  const { child } = await givenChild(directory);
  expect(processesIn(directory).length).toBeGreaterThan(0);

  child.kill('SIGKILL');

  await untilNobodyIsIn(directory);
});

test('a server whose guard was killed with us is ended by the next start', async () => {
  const directory = givenWarehouseDirectory();
  const { child } = await givenChild(directory);
  const [postmaster = 0] = readFileSync(join(directory, 'cluster', 'postmaster.pid'), 'utf8')
    .split('\n')
    .map(Number);
  const status = readFileSync(`/proc/${String(postmaster)}/status`, 'utf8');
  const shell = Number(/^PPid:\t(\d+)/m.exec(status)?.[1]);
  const guards = readFileSync(`/proc/${String(shell)}/task/${String(shell)}/children`, 'utf8')
    .trim()
    .split(' ')
    .map(Number);

  for (const pid of [...guards.filter((pid) => pid !== postmaster), shell, Number(child.pid)]) process.kill(pid, 'SIGKILL');
  await once(child, 'exit');
  expect(processesIn(directory)).toContain(postmaster);
  const service = await givenService(directory);

  expect(service.lines).toEqual([`redshift: ended the PostgreSQL of an earlier start, process ${String(postmaster)}`]);
  expect(processesIn(directory)).not.toContain(postmaster);
});

test('Ctrl-C lets the process close the server itself', async () => {
  const directory = givenWarehouseDirectory();
  const { child } = await givenChild(directory);

  child.kill('SIGINT');
  const [code] = (await once(child, 'exit')) as [number];

  expect(code).toBe(0);
  expect(processesIn(directory)).toEqual([]);
  expect(existsSync(join(directory, 'cluster', 'postmaster.pid'))).toBe(false);
});

test('a start keeps databases, users and rows, and takes another port when its own is taken', async () => {
  const directory = givenWarehouseDirectory();
  const first = await givenService(directory);
  await ask(first, `CREATE USER ann PASSWORD 'Ann-Password-1'`, 'CREATE TABLE kept (n INTEGER)', 'INSERT INTO kept VALUES (1)');
  await first.close();
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void taken.close());
  const { port } = taken.address() as AddressInfo;

  const second = await givenService(directory, port);
  const rows = await ask(second, 'SELECT n FROM kept');
  await second.checkPassword(DATABASE, 'ann', 'Ann-Password-1');
  await second.close();
  const third = await givenService(directory, first.port);

  expect(rows).toEqual([['1']]);
  expect(second.port).not.toBe(port);
  expect(third.port).toBe(first.port);
});

test('two processes do not share a directory', async () => {
  const directory = givenWarehouseDirectory();
  await givenService(directory);

  const { told } = await givenChild(directory);

  expect(told.error).toBe(
    `the warehouse in ${directory} is run by process ${String(process.pid)}: end it, or take another directory`,
  );
});

test('a half-made cluster and a stale postmaster.pid do not stop a start', async () => {
  const directory = newDirectory('redshift');
  mkdirSync(join(directory, 'cluster.draft'));
  writeFileSync(join(directory, 'cluster.draft', 'PG_VERSION'), '18\n');
  const first = await givenService(directory);
  await first.close();
  writeFileSync(join(directory, 'cluster', 'postmaster.pid'), `${String(process.pid)}\n${directory}\n`);

  const second = await givenService(directory);
  await second.ensureDatabase(DATABASE);

  expect(await ask(second, 'SELECT 1')).toEqual([['1']]);
});

test('a killed server is restarted on its port, and earlier sessions say that they are lost', async () => {
  const directory = givenWarehouseDirectory();
  const service = await givenService(directory);
  const session = await service.openSession({ database: DATABASE, user: 'administrator' });
  await session.run('CREATE TABLE kept (n INTEGER)');
  const [postmaster = 0] = readFileSync(join(directory, 'cluster', 'postmaster.pid'), 'utf8')
    .split('\n')
    .map(Number);

  process.kill(postmaster, 'SIGKILL');
  const lost = await session.run('SELECT pg_sleep(60)').catch((error: unknown) => error);
  await session.close();
  let rows: unknown;
  while (rows === undefined) rows = await ask(service, 'SELECT n FROM kept').catch(() => pause(10));

  expect(lost).toMatchObject({ code: expect.stringMatching(/^(08006|57P0[123])$/) });
  expect(rows).toEqual([]);
  expect(service.lines).toContain('redshift: PostgreSQL ended by itself; it is started again');
});

test('a start counts uncounted rows, so that no plan is made for an empty table', async () => {
  const directory = givenWarehouseDirectory();
  const start = () =>
    startRedshift({ directory, port: 0, adminPassword: PASSWORD, objects: new MemoryObjects(), log: () => undefined });
  const first = await start();
  await first.ensureDatabase(DATABASE);
  const twice = Array<string>(12).fill('INSERT INTO landing SELECT line FROM landing');
  await ask(first, 'DELETE FROM landing', 'VACUUM landing', `INSERT INTO landing VALUES (REPEAT('x', 900))`, ...twice);
  await first.close();

  const second = await start();
  onTestFinished(() => second.close());
  await second.ensureDatabase(DATABASE);

  expect(await ask(second, 'EXPLAIN SELECT * FROM landing')).toEqual([[expect.stringContaining('rows=4096 ')]]);
});

test('root runs it as nobody where there are no user namespaces', async () => {
  const isRoot = process.getuid?.() === 0;
  if (!isRoot) console.warn('SKIPPED: only root can start PostgreSQL as nobody');
  const directory = mkdtempSync(join(tmpdir(), 'redshift-'));
  onTestFinished(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  // What nobody may not enter is no place for it.
  chmodSync(directory, 0o755);
  const bin = newDirectory('redshift');

  // Without unshare on the path there are none.
  const { child, told } = await givenChild(directory, {
    environment: isRoot ? { ...process.env, PATH: bin } : process.env,
    execArgv: ['--import', join(import.meta.dirname, '..', '..', '..', 'node_modules', 'tsx', 'dist', 'loader.mjs')],
  });

  expect(told.error).toBeUndefined();
  expect(statSync(join(directory, 'cluster')).uid).toBe(isRoot ? 65534 : process.getuid?.());
  child.kill('SIGINT');
  await once(child, 'exit');
});

test('programs that only root may reach run from a copy, which is repaired when needed', async () => {
  if (process.getuid?.() !== 0) {
    console.warn('SKIPPED: only root runs PostgreSQL as somebody else');
    return;
  }
  const { initdb, postgres } = await findPostgres();
  const closed = newDirectory('redshift');
  chmodSync(closed, 0o700);
  cpSync(dirname(dirname(postgres)), join(closed, 'native'), { recursive: true, verbatimSymlinks: true });
  // As an installation under the umask 077.
  chmodSync(join(closed, 'native', 'bin'), 0o700);
  // Without unshare on the path there are no user namespaces.
  vi.stubEnv('PATH', closed);
  onTestFinished(() => void vi.unstubAllEnvs());
  const there = (program: string) => join(closed, 'native', 'bin', basename(program));
  const given = { initdb: there(initdb), postgres: there(postgres) };

  const first = runnablePostgres(given).binaries;
  onTestFinished(() => {
    rmSync(dirname(dirname(first.postgres)), { recursive: true });
  });
  rmSync(join(dirname(dirname(first.postgres)), 'lib'), { recursive: true });
  const second = runnablePostgres(given);

  expect(second.binaries).toEqual(first);
  const { stdout } = spawnSync(second.binaries.initdb, ['--version'], { uid: 65_534, gid: 65_534, encoding: 'utf8' });
  expect(stdout).toMatch(/^initdb \(PostgreSQL\)/);
});

test('a deleted directory leaves nothing to the next of its name, also for root', async () => {
  if (process.getuid?.() !== 0) console.warn('SKIPPED: only root ever keeps a cluster elsewhere');
  // Only root may pass through, and without unshare on the path there are no user namespaces.
  const closed = newDirectory('redshift');
  chmodSync(closed, 0o700);
  vi.stubEnv('PATH', closed);
  onTestFinished(() => void vi.unstubAllEnvs());
  const directory = join(closed, 'warehouse');
  const clusters = () => readdirSync(tmpdir()).filter((name) => /^redshift-[0-9a-f]{16}$/.test(name));
  const others = clusters();
  onTestFinished(() => {
    for (const name of clusters()) if (!others.includes(name)) rmSync(join(tmpdir(), name), { recursive: true });
  });
  const start = () =>
    startRedshift({ directory, port: 0, adminPassword: PASSWORD, objects: new MemoryObjects(), log: () => undefined });

  const first = await start();
  await first.ensureDatabase(DATABASE);
  await ask(first, 'CREATE TABLE landing (line VARCHAR(1000))');
  await first.close();
  rmSync(directory, { recursive: true });
  const second = await start();
  onTestFinished(() => second.close());
  await second.ensureDatabase(DATABASE);

  await expect(ask(second, 'SELECT * FROM landing')).rejects.toThrow('relation "landing" does not exist');
});
