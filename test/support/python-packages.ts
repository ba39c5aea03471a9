import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A Python, and what it must be given to find the packages. */
export interface PythonWithPackages {
  readonly program: string;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Packages from PyPI in a folder of their own, kept for the next time.
 *
 * @param name - of the folder
 * @param packages - with their versions
 * @returns a sentence when they cannot be had
 */
export async function pythonWith(name: string, packages: readonly string[]): Promise<PythonWithPackages | string> {
  const digest = createHash('sha256').update(packages.join(' ')).digest('hex').slice(0, 12);
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const place = join(cache, 'tillgraph-tests', `${name}-${digest}`);
  const program = process.env['PYTHON'] ?? 'python3';
  if (!existsSync(place)) {
    const draft = `${place}.draft-${String(process.pid)}`;
    mkdirSync(join(draft, '..'), { recursive: true });
    try {
      await run(program, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--target', draft, ...packages], {
        maxBuffer: 1 << 26,
      });
      renameSync(draft, place);
    } catch (error) {
      rmSync(draft, { recursive: true, force: true });
      if (!existsSync(place)) return `pip cannot install ${packages.join(', ')}: ${String(error).slice(0, 300)}`;
    }
  }
  return { program, environment: { PYTHONPATH: place, PYTHONDONTWRITEBYTECODE: '1' } };
}
