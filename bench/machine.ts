import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';

/** Where and of what a measurement was taken. */
export function circumstances(): string {
  const processors = cpus();
  const memory = `${(totalmem() / 2 ** 30).toFixed(0)} GiB`;
  const machine = `${String(processors.length)} x ${processors[0]?.model.trim() ?? 'unknown processor'}, ${memory}`;
  return `${machine}, Node ${process.versions.node}, ${process.platform}; ${new Date().toISOString().slice(0, 10)}; commit ${commit()}`;
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

/**
 * Processor time that a running process has used, all its threads together; undefined where the system does not tell.
 *
 * @unit seconds
 * @source proc(5): fields 14 and 15 of `/proc/<pid>/stat`, in hundredths
 */
export function processorSeconds(pid: number): number | undefined {
  try {
    const fields =
      readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
        .split(') ')[1]
        ?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return undefined;
  }
}
