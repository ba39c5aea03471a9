import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';

/** What the machine did before us. */
const loadBefore = (loadavg()[0] ?? 0).toFixed(1);

/** Where and of what a measurement was taken. */
export function machineDescription(): string {
  const processors = cpus();
  const memory = `${(totalmem() / 2 ** 30).toFixed(0)} GiB`;
  const machine = `${String(processors.length)} x ${processors[0]?.model.trim() ?? 'unknown processor'}, ${memory}`;
  const day = new Date().toISOString().slice(0, 10);
  return `${machine}, Node ${process.versions.node}, ${process.platform}, load average ${loadBefore} before; ${day}; commit ${commit()}`;
}

function commit(): string {
  const git = (...words: string[]) =>
    execFileSync('git', words, { cwd: join(import.meta.dirname, '..'), encoding: 'utf8' }).trim();
  try {
    const name = git('rev-parse', '--short', 'HEAD');
    return git('status', '--porcelain', '--untracked-files=no') === '' ? name : `${name} with changes`;
  } catch {
    return 'unknown';
  }
}

/** What a process has used of the processors, with all its threads. @unit seconds */
export interface ProcessorTime {
  readonly own: number;
  /** By the processes that it started and those that these started, ended ones too. */
  readonly started: number;
}

/** What `/proc/<pid>/stat` says. @source proc(5): fields 4 and 14 to 17; times in hundredths of seconds */
interface Usage {
  /** Its name, cut after 15 characters. */
  readonly program: string;
  readonly parent: number;
  readonly own: number;
  /** By children that have ended, and what they had of theirs. */
  readonly ended: number;
}

/** Undefined where the system does not tell, or no such process runs. */
export function processorTime(pid: number): ProcessorTime | undefined {
  const process = usageOf(String(pid));
  if (process === undefined) return undefined;
  let { ended: started } = process;
  for (const usage of startedBy(pid).values()) started += usage.own + usage.ended;
  return { own: process.own, started };
}

/** A process and all that it started and that runs, by their numbers; none where the system does not tell. @unit seconds */
export function processesUnder(pid: number): ReadonlyMap<number, { readonly program: string; readonly seconds: number }> {
  const own = usageOf(String(pid));
  if (own === undefined) return new Map();
  const all: [number, Usage][] = [[pid, own], ...startedBy(pid)];
  return new Map(all.map(([process, { program, own: seconds }]) => [process, { program, seconds }]));
}

/** What runs of the processes that a process started, and of those that these started. */
function startedBy(pid: number): Map<number, Usage> {
  const running = new Map<number, Usage>();
  for (const name of readdirSync('/proc')) {
    const usage = /^\d+$/.test(name) ? usageOf(name) : undefined;
    if (usage !== undefined) running.set(Number(name), usage);
  }
  const isOurs = (usage: Usage | undefined): boolean =>
    usage !== undefined && (usage.parent === pid || isOurs(running.get(usage.parent)));
  return new Map([...running].filter(([, usage]) => isOurs(usage)));
}

/** Of a process and all that it started; undefined where the system does not tell. @unit seconds */
export function processorSeconds(pid: number): number | undefined {
  const time = processorTime(pid);
  return time === undefined ? undefined : time.own + time.started;
}

function usageOf(pid: string): Usage | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The name of the program may hold anything; what follows it are numbers, from field 3 on.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (number: number) => Number(fields[number - 3]);
  return {
    program: text.slice(text.indexOf('(') + 1, text.lastIndexOf(')')),
    parent: field(4),
    own: (field(14) + field(15)) / 100,
    ended: (field(16) + field(17)) / 100,
  };
}
