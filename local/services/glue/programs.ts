import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Something that Spark needs is not on this machine. */
export class ProgramMissingError extends Error {
  override readonly name = 'ProgramMissingError';
  readonly code = 'PROGRAM_MISSING';

  constructor(
    readonly program: 'Python' | 'Java',
    message: string,
  ) {
    super(message);
  }
}

/** The environment in which programs are looked for. */
type Environment = Readonly<Record<string, string | undefined>>;

const run = promisify(execFile);

/**
 * Minor versions of Python 3: a script may use all that the one of Glue 5.1 has, and pyspark 3.5 runs on no newer one than the last.
 *
 * @source AWS Glue Developer Guide, "AWS Glue versions": Python 3.11
 */
const PYTHONS = [11, 12];
/** @source Spark 3.5.6, documentation, "Overview": Java 8/11/17 */
const JAVAS = [17, 11, 8];

/** @returns a Python that can make environments and runs pyspark 3.5 @throws ProgramMissingError */
export async function findPython(environment: Environment = process.env): Promise<string> {
  for (const name of [...PYTHONS.map((minor) => `python3.${String(minor)}`), 'python3', 'python']) {
    const version = await outputOf(
      name,
      ['-c', 'import sys, venv, ensurepip; print(sys.version_info[0], sys.version_info[1])'],
      environment,
    );
    const [, major, minor] = /^(\d+) (\d+)$/.exec(version?.trim() ?? '') ?? [];
    if (major === '3' && PYTHONS.includes(Number(minor))) return name;
  }
  throw new ProgramMissingError(
    'Python',
    'jobs need Python 3.11 or 3.12 with the module venv, and none was found: install python3.11 and python3.11-venv',
  );
}

/** @returns the home of a Java that runs Spark 3.5 @throws ProgramMissingError */
export async function findJava(environment: Environment = process.env): Promise<string> {
  const { JAVA_HOME: home } = environment;
  const wrong: string[] = [];
  for (const java of [...(home !== undefined && home !== '' ? [join(home, 'bin', 'java')] : []), 'java']) {
    if (java !== 'java' && !existsSync(java)) continue;
    const settings = (await outputOf(java, ['-XshowSettings:properties', '-version'], environment)) ?? '';
    const version = /^\s*java\.specification\.version = (?:1\.)?(\d+)/m.exec(settings)?.[1];
    const where = /^\s*java\.home = (.+)$/m.exec(settings)?.[1];
    if (version === undefined || where === undefined) continue;
    if (JAVAS.includes(Number(version))) return where.trim();
    wrong.push(`Java ${version} in ${where.trim()}`);
  }
  const found = wrong.length === 0 ? 'none was found' : `what was found is ${wrong.join(' and ')}`;
  throw new ProgramMissingError(
    'Java',
    `Spark needs Java 8, 11 or 17, and ${found}: install openjdk-17-jre-headless, or set JAVA_HOME`,
  );
}

/** What a program prints, on both outputs; undefined when it cannot be run, or fails. */
async function outputOf(program: string, parameters: readonly string[], environment: Environment): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await run(program, [...parameters], { env: { ...environment }, timeout: 20_000 });
    return stdout + stderr;
  } catch {
    return undefined;
  }
}
