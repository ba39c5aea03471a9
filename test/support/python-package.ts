import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const cache = join(import.meta.dirname, '..', '..', 'node_modules', '.cache');

/** A package of PyPI in an environment of its own, or why it cannot be had. */
export type Installed = { readonly python: string } | { readonly missing: string };

/**
 * Install a package once; the second time it is there. Half an installation never takes its place.
 *
 * @param requirement - with its exact version, such as `moto[server]==5.2.5`
 */
export async function installPythonPackage(requirement: string): Promise<Installed> {
  const place = join(cache, requirement.replace('==', '-').replace(/\[.*\]/, ''));
  if (!existsSync(place)) {
    const fresh = `${place}.${String(process.pid)}`;
    try {
      await run('python3', ['-m', 'venv', fresh]);
      await run(python(fresh), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', requirement]);
      await rename(fresh, place);
    } catch (error) {
      if (!existsSync(place)) return { missing: error instanceof Error ? error.message : String(error) };
    } finally {
      await rm(fresh, { recursive: true, force: true });
    }
  }
  return { python: python(place) };
}

const python = (environment: string) => join(environment, 'bin', 'python');
