import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ProcessIdentity } from '../../process-identity.ts';
import { identify, isRunning } from '../../process-identity.ts';
import { readSettings } from '../../settings.ts';
import { writeFileAtomically } from '../../state-files.ts';
import { findJava, findPython } from './programs.ts';

/** What a run of Spark is started with. */
export interface SparkEnvironment {
  /** Of the virtual environment. */
  readonly python: string;
  readonly javaHome: string;
  /** Has the jars through which Spark reads and writes S3. */
  readonly jars: string;
}

/** The environment could not be made. */
export class SparkEnvironmentError extends Error {
  override readonly name = 'SparkEnvironmentError';
  readonly code = 'SPARK_ENVIRONMENT';

  constructor(
    readonly step: string,
    lines: readonly string[],
  ) {
    super(`${step} failed: ${lines.slice(-4).join(' | ')}`);
  }
}

export interface PrepareOptions {
  /** Names what pip installs; pyspark must be among it. */
  readonly requirements: string;
  log(this: void, line: string): void;
  /** Default: that of this process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Ends what is being made. */
  readonly signal?: AbortSignal;
}

/** The S3 connector of the Hadoop that pyspark 3.5 brings. @source pyspark 3.5.6, jars/hadoop-client-api-3.3.4.jar */
const S3_CONNECTOR = 'org.apache.hadoop:hadoop-aws:3.3.4';

/** Makes Spark fetch its packages: a session that does nothing. */
const FETCH = 'from pyspark.sql import SparkSession; SparkSession.builder.getOrCreate().stop()';

/**
 * Make the virtual environment for Spark, unless it is there: all checkouts on this machine with the same requirements share it.
 *
 * @remarks The first time takes pip, and Spark's own fetching of packages: a network, or the caches of both. From then on it takes none.
 * What is made is put into its place in one step, so that a kill leaves nothing that looks whole.
 * @throws ProgramMissingError, SparkEnvironmentError
 */
export async function prepareSpark({ environment = process.env, ...options }: PrepareOptions): Promise<SparkEnvironment> {
  const javaHome = await findJava(environment);
  const place = sparkDirectory(options.requirements, environment);
  if (!existsSync(place)) await makeUnderLock(place, { ...options, environment, javaHome });
  return { python: join(place, 'bin', 'python'), javaHome, jars: join(place, 'jars') };
}

/** Where the virtual environment for the requirements is, once it was made: in the user's cache, in the folder that the app names. */
export function sparkDirectory(
  requirements: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const digest = createHash('sha256').update(namesIn(requirements).join('\n')).digest('hex').slice(0, 16);
  const home = environment['XDG_CACHE_HOME'] ?? join(environment['HOME'] ?? homedir(), '.cache');
  return join(home, readSettings(process.cwd()).cacheFolder ?? 'local-aws', `spark-${digest}`);
}

/** What is to be installed, without words for people: those make no other environment. */
function namesIn(requirements: string): string[] {
  const lines = readFileSync(requirements, 'utf8').split('\n');
  return lines.map((line) => line.replace(/#.*$/, '').trim()).filter((line) => line !== '');
}

type MakeOptions = Required<Omit<PrepareOptions, 'signal'>> & { readonly javaHome: string; readonly signal?: AbortSignal };

/** One process at a time makes it; the second waits for the first. */
async function makeUnderLock(place: string, making: MakeOptions): Promise<void> {
  mkdirSync(dirname(place), { recursive: true });
  const lock = `${place}.lock`;
  let waits = false;
  while (!takeLock(lock)) {
    const holder = holderOf(lock);
    if (holder === undefined || !isRunning(holder)) rmSync(lock, { force: true });
    else if (!waits) {
      making.log(`glue: process ${String(holder.pid)} prepares Spark already; waiting for it`);
      waits = true;
    }
    making.signal?.throwIfAborted();
    await pause(200);
  }
  try {
    if (!existsSync(place)) await make(place, making);
  } finally {
    rmSync(lock, { force: true });
  }
}

async function make(place: string, { log, requirements, environment, javaHome, signal }: MakeOptions): Promise<void> {
  const started = performance.now();
  // Of this process alone: two that take over the lock of a dead one do not meet here.
  const draft = `${place}.draft-${String(process.pid)}`;
  rmSync(draft, { recursive: true, force: true });
  const python = await findPython(environment);
  const seconds = () => `${((performance.now() - started) / 1000).toFixed(1)} s`;
  const step = (what: string, program: string, parameters: readonly string[], more: Readonly<Record<string, string>> = {}) =>
    runStep(what, { program, parameters, environment: { ...environment, ...more }, signal });
  log(`glue: preparing Spark in ${place}, once: a virtual environment of ${python}`);
  await step('python -m venv', python, ['-m', 'venv', draft]);
  const own = join(draft, 'bin', 'python');
  log(`glue: installing ${namesIn(requirements).join(', ')} (${seconds()})`);
  await step('pip install', own, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
  log(`glue: fetching ${S3_CONNECTOR}, some 280 MB (${seconds()})`);
  const configuration = join(draft, 'fetching');
  mkdirSync(configuration);
  writeFileAtomically(
    join(configuration, 'spark-defaults.conf'),
    [
      'spark.master local[1]',
      'spark.ui.enabled false',
      'spark.driver.bindAddress 127.0.0.1',
      'spark.driver.host 127.0.0.1',
      `spark.jars.packages ${S3_CONNECTOR}`,
      `spark.jars.ivy ${join(draft, 'ivy')}`,
    ].join('\n'),
    { flush: false },
  );
  await step('fetching hadoop-aws', own, ['-c', FETCH], { SPARK_CONF_DIR: configuration, JAVA_HOME: javaHome });
  // The jars alone are wanted later: with them on the class path Spark neither resolves nor copies them again.
  renameSync(join(draft, 'ivy', 'jars'), join(draft, 'jars'));
  for (const name of ['ivy', 'fetching']) rmSync(join(draft, name), { recursive: true, force: true });
  if (!readdirSync(join(draft, 'jars')).some((name) => name.includes('hadoop-aws')))
    throw new SparkEnvironmentError('fetching hadoop-aws', ['Spark fetched no jar of that name']);
  publish(draft, place);
  log(`glue: Spark is ready (${seconds()})`);
}

/** The first process wins; what killed processes have left is removed. */
function publish(draft: string, place: string): void {
  try {
    renameSync(draft, place);
  } catch (error) {
    if (!existsSync(place)) throw error;
  }
  const prefix = `${basename(place)}.draft-`;
  for (const name of readdirSync(dirname(place)).filter((one) => one.startsWith(prefix)))
    if (!isRunning({ pid: Number(name.slice(prefix.length)), began: '' }) || join(dirname(place), name) === draft)
      rmSync(join(dirname(place), name), { recursive: true, force: true });
}

async function runStep(
  what: string,
  {
    program,
    parameters,
    environment,
    signal,
  }: {
    readonly program: string;
    readonly parameters: readonly string[];
    readonly environment: Readonly<Record<string, string | undefined>>;
    readonly signal: AbortSignal | undefined;
  },
): Promise<void> {
  const child = spawn(program, parameters, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...environment },
    ...(signal && { signal }),
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      lines.push(...text.split('\n').filter((line) => line.trim() !== ''));
      lines.splice(0, lines.length - 50);
    });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new SparkEnvironmentError(what, lines);
}

function takeLock(lock: string): boolean {
  try {
    writeFileSync(lock, JSON.stringify(identify(process.pid)), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** @returns undefined when there is no lock, or one that was written by half */
function holderOf(lock: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(lock, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}
