import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { prepareSpark } from '@tillgraph/local-aws';

const root = join(import.meta.dirname, '..', '..');
const requirements = join(root, 'ingest', 'glue', 'requirements.txt');

/** pytest as `test/glue/requirements.txt` pins it. */
const [PYTEST = 'pytest'] = /^pytest==\S+$/m.exec(readFileSync(join(root, 'test', 'glue', 'requirements.txt'), 'utf8')) ?? [];

/**
 * Run the tests of the import job's Python, with the Spark that a local stack runs it on.
 *
 * @param parameters - of pytest
 * @returns how it ended, and what it printed
 * @throws ProgramMissingError, SparkEnvironmentError when Spark cannot be had
 */
export async function pytest(
  parameters: readonly string[],
): Promise<{ readonly status: number | null; readonly printed: string }> {
  const { python, javaHome } = await prepareSpark({ requirements, log: (line) => process.stderr.write(`${line}\n`) });
  // Beside Spark's own environment, which is the job's and holds nothing for tests.
  const place = join(dirname(dirname(dirname(python))), PYTEST.replace('==', '-'));
  if (!existsSync(place)) {
    const draft = `${place}.draft-${String(process.pid)}`;
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--target', draft, PYTEST];
    const { status, printed } = await run(python, pip, {});
    if (status !== 0) throw new Error(`pip cannot install ${PYTEST}: ${printed.slice(-500)}`);
    try {
      renameSync(draft, place);
    } catch (error) {
      rmSync(draft, { recursive: true });
      if (!existsSync(place)) throw error;
    }
  }
  const found = { PYTHONPATH: place, PYTHONDONTWRITEBYTECODE: '1', JAVA_HOME: javaHome, SPARK_LOCAL_IP: '127.0.0.1' };
  return run(python, ['-m', 'pytest', '-p', 'no:cacheprovider', join('test', 'glue'), ...parameters], found);
}

async function run(program: string, parameters: readonly string[], environment: Readonly<Record<string, string>>) {
  const child = spawn(program, parameters, {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, printed };
}
