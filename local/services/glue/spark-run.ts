import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { writeFileAtomically } from '../../state-files.ts';
import type { JobDefinition } from './definition.ts';
import { jobIdOf } from './job-operations.ts';
import { endGroup, startJobProcess } from './job-process.ts';
import type { JobRun } from './job-run-store.ts';
import type { JobEnding, JobRuntime } from './job-runs.ts';
import { prepareSpark, sparkDirectory } from './spark-environment.ts';
import type { SparkEnvironment } from './spark-environment.ts';
import { logSettings, sparkSettings } from './spark-settings.ts';

export interface SparkRuntimeOptions {
  /** For what Spark writes while it runs. */
  readonly directory: string;
  /** Where the logs go: `<job name>/<run id>.log`. */
  readonly logs: string;
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** What a run of a role finds in its environment: credentials, region, endpoints; the same as a function. */
  environmentOf(this: void, roleArn: string): Readonly<Record<string, string>>;
  log(this: void, line: string): void;
}

/** No environment can be made without it: it says which pyspark. */
const REQUIREMENTS = 'requirements.txt';

/** Logs of a job beyond so many are deleted, the oldest first. */
const KEPT_LOGS = 200;

/** Real Spark. */
export interface SparkRuntime extends JobRuntime {
  /** Whether a run would begin at once: nothing has to be installed. */
  isPrepared(this: void, job: JobDefinition): boolean;
}

/** Runs jobs on Spark, on this machine. */
export function sparkRuntime(options: SparkRuntimeOptions): SparkRuntime {
  // What a killed stack has left: it is not used again, and what might still write there is about to be ended.
  rmSync(options.directory, { recursive: true, force: true, maxRetries: 5 });
  return {
    run: async (job, run, begin, signal) => {
      const requirements = requirementsOf(job);
      if (requirements === undefined)
        throw new Error(`no ${REQUIREMENTS} in what --extra-py-files names: write one that pins pyspark and boto3`);
      const environment = await prepareSpark({ requirements, log: options.log, signal });
      signal.throwIfAborted();
      const logPath = join(options.logs, job.name, `${run.id}.log`);
      mkdirSync(dirname(logPath), { recursive: true });
      forgetLogs(dirname(logPath));
      const directory = join(options.directory, run.id);
      mkdirSync(join(directory, 'work'), { recursive: true });
      const started = performance.now();
      const child = startJobProcess(environment.python, [job.script, ...argumentsOf(job, run)], {
        environment: processEnvironment(job, directory, environment, options),
        directory: join(directory, 'work'),
        logPath,
      });
      const stop = (): void => void child.end();
      signal.addEventListener('abort', stop);
      try {
        begin(child.identity);
        const code = await child.exited;
        options.log(`glue: ${job.name} ${run.id}: ${((performance.now() - started) / 1000).toFixed(1)} s, ${logPath}`);
        return endingOf(code, logPath);
      } finally {
        signal.removeEventListener('abort', stop);
        rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
      }
    },
    endLeftOver: endGroup,
    isPrepared: (job) => {
      const requirements = requirementsOf(job);
      return requirements !== undefined && existsSync(sparkDirectory(requirements));
    },
  };
}

const requirementsOf = ({ pythonPath }: JobDefinition): string | undefined =>
  pythonPath.map((path) => join(path, REQUIREMENTS)).find((path) => existsSync(path));

function forgetLogs(directory: string): void {
  const paths = readdirSync(directory).map((name) => join(directory, name));
  if (paths.length < KEPT_LOGS) return;
  const dated = paths.map((path) => ({ path, time: statSync(path).mtimeMs })).sort((one, other) => other.time - one.time);
  for (const { path } of dated.slice(KEPT_LOGS - 1)) rmSync(path, { force: true });
}

/** As Glue passes them: the job's own, those of the run over them, and who runs. */
function argumentsOf(job: JobDefinition, run: JobRun): string[] {
  const merged = { ...job.defaultArguments, ...run.arguments, ...job.nonOverridableArguments };
  const all = { ...merged, '--JOB_NAME': job.name, '--JOB_ID': jobIdOf(job), '--JOB_RUN_ID': run.id };
  return Object.entries(all).flat();
}

function processEnvironment(
  job: JobDefinition,
  directory: string,
  { python, javaHome, jars }: SparkEnvironment,
  options: SparkRuntimeOptions,
): Record<string, string | undefined> {
  const configuration = join(directory, 'conf');
  const temporary = join(directory, 'work');
  mkdirSync(configuration, { recursive: true });
  // The secret key is in it.
  const settings = sparkSettings(job, { directory: join(directory, 'local'), temporary, jars, surroundings: options });
  writeFileAtomically(join(configuration, 'spark-defaults.conf'), settings, { flush: false });
  writeFileAtomically(join(configuration, 'log4j2.properties'), logSettings, { flush: false });
  const { PATH, HOME, LANG } = process.env;
  return {
    // Nothing else of ours: on AWS, too, a job knows nothing of the machine that started it.
    PATH,
    HOME,
    LANG: LANG ?? 'C.UTF-8',
    TZ: 'UTC',
    TMPDIR: temporary,
    ...options.environmentOf(job.roleArn),
    JAVA_HOME: javaHome,
    PYSPARK_PYTHON: python,
    PYTHONPATH: job.pythonPath.join(delimiter),
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    SPARK_CONF_DIR: configuration,
    SPARK_LOCAL_IP: '127.0.0.1',
  };
}

/** So much of the log's end is looked through for what went wrong. @unit characters */
const TAIL = 100_000;

function endingOf(code: number | null, logPath: string): JobEnding {
  if (code === 0) return {};
  const lines = readFileSync(logPath, 'utf8').slice(-TAIL).trimEnd().split('\n');
  return {
    errorMessage: exceptionIn(lines) ?? `Command failed with exit code ${String(code)}: ${lines.at(-1) ?? 'it printed nothing'}`,
  };
}

/** The last exception of Python: the line after its frames, `ValueError: no such month`. @param lines - of a log */
export function exceptionIn(lines: readonly string[]): string | undefined {
  const traceback = lines.findLastIndex((line) => line.startsWith('Traceback (most recent call last):'));
  if (traceback === -1) return undefined;
  return lines.slice(traceback + 1).find((line) => /^[A-Za-z_][\w.]*(?::|$)/.test(line));
}
