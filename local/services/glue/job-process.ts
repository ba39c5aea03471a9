import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { ProcessIdentity } from '../../process-identity.ts';
import { identify, isRunning } from '../../process-identity.ts';

/** A program that lives as long as this process, and not longer, with all that it starts. */
export interface JobProcess {
  readonly identity: ProcessIdentity;
  /** The exit code, or null when a signal ended it. */
  readonly exited: Promise<number | null>;
  /** End it and all it started: SIGTERM, and SIGKILL when that does not help in time. */
  end(): Promise<void>;
}

export interface JobProcessOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  /** Gets what the program prints, both outputs. */
  readonly logPath: string;
}

/** How long a program may take to end after SIGTERM. @unit ms */
const GRACE_MS = 5_000;

/**
 * A shell between us and the program: when we end, however we end, its standard input ends, and it ends the whole group.
 * From then on its guard takes no SIGTERM: neither that which it sends to the group, nor that of the shell whose program has ended.
 */
const GUARD = `exec 3<&0
"$@" </dev/null 3<&- &
program=$!
( read -r _ <&3; trap '' TERM; kill -TERM -$$; sleep 2; kill -KILL -$$ ) >/dev/null 2>&1 &
guard=$!
exec 3<&-
trap '' TERM
wait $program
status=$?
kill -TERM $guard 2>/dev/null
exit $status`;

/** Start a program in a group of its own. */
export function startJobProcess(program: string, parameters: readonly string[], options: JobProcessOptions): JobProcess {
  const output = openSync(options.logPath, 'a', 0o600);
  const child = spawn('/bin/sh', ['-c', GUARD, 'glue', program, ...parameters], {
    stdio: ['pipe', output, output],
    detached: true,
    cwd: options.directory,
    env: { ...options.environment },
  });
  closeSync(output);
  // Its end is told by its exit.
  child.stdin?.on('error', () => undefined);
  const identity = identify(child.pid ?? 0);
  const exited = once(child, 'exit').then(async ([code]) => {
    // What it started and left behind would go on writing.
    await endSession(identity.pid, 'SIGKILL');
    return code as number | null;
  });
  return {
    identity,
    exited,
    end: async () => {
      await endGroup(identity);
      await exited;
    },
  };
}

/** End a group whose leader this process, or one before it, has started. Resolves when it is gone. */
export async function endGroup(leader: ProcessIdentity): Promise<void> {
  const { pid } = leader;
  const isOurs = isRunning(leader);
  // The number of a leader is free only when all of its session is gone: a process that has it now is another one.
  if (!isOurs && sessionOf(pid) !== undefined) return;
  if (isOurs) {
    // The shell waits for the program: it is gone when the program is.
    await endSession(pid, 'SIGTERM');
    for (const end = Date.now() + GRACE_MS; Date.now() < end && isRunning(leader);) await pause(20);
  }
  await endSession(pid, 'SIGKILL');
}

/**
 * Send a signal to all of a session: Python's workers make groups of their own in it. SIGKILL is repeated until all are gone.
 * Where the system does not tell sessions, to the group.
 */
async function endSession(leader: number, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  for (let members = membersOf(leader); members.length > 0; members = membersOf(leader)) {
    for (const member of members) send(member, signal);
    if (signal === 'SIGTERM' || process.platform !== 'linux') return;
    await pause(10);
  }
}

/** Numbers that `kill` takes. */
function membersOf(leader: number): number[] {
  if (process.platform !== 'linux') return [-leader];
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isSafeInteger(pid) && sessionOf(pid) === leader);
}

/** Undefined for what has ended, also before its parent has waited for it. */
function sessionOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    // The name, in parentheses, may hold anything; behind it are state, parent, group and session.
    const [state, , , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? undefined : Number(session);
  } catch {
    return undefined;
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}
