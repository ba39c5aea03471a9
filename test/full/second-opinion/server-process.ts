import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A foreign emulator that runs, on the loopback and a port of its own. */
export interface ForeignServer {
  readonly url: string;
  /** For what it and its children write; gone when it is closed. */
  readonly directory: string;
  /** What it printed. */
  printed(): string;
  /** Ends it with all its children. */
  close(): Promise<void>;
}

/** How to start a foreign emulator. */
export interface ForeignProgram {
  readonly python: string;
  readonly parameters: (port: number) => readonly string[];
  readonly environment: (port: number, directory: string) => Readonly<Record<string, string>>;
  /** Answers 200 as soon as requests may come. */
  readonly readyPath: string;
}

/** @unit milliseconds */
const LOOK_AGAIN = 50;
const PATIENCE = 60_000;

/** Start a program and wait until it answers. It leads a process group, so that its children end with it. */
export async function startForeignServer({ python, parameters, environment, readyPath }: ForeignProgram): Promise<ForeignServer> {
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), 'tillgraph-foreign-'));
  const child = spawn(python, parameters(port), {
    cwd: directory,
    // Nothing of this machine's: no keys, no addresses, no container daemon.
    env: {
      PATH: process.env['PATH'],
      HOME: directory,
      TMPDIR: directory,
      DOCKER_HOST: `unix://${directory}/none`,
      PYTHONDONTWRITEBYTECODE: '1',
      ...environment(port, directory),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const endGroup = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // All of it has ended already.
    }
  };
  process.once('exit', endGroup);
  const url = `http://127.0.0.1:${String(port)}`;
  const close = async () => {
    const ended = child.exitCode !== null || child.signalCode !== null ? undefined : once(child, 'exit');
    endGroup();
    await ended;
    process.removeListener('exit', endGroup);
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const start = Date.now();
    while (!(await answers(url + readyPath))) {
      if (child.exitCode !== null) throw new Error(`it ended with ${String(child.exitCode)}: ${printed.slice(-2_000)}`);
      if (Date.now() - start > PATIENCE) throw new Error(`it does not answer at ${url}${readyPath}: ${printed.slice(-2_000)}`);
      await pause(LOOK_AGAIN);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { url, directory, printed: () => printed, close };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
