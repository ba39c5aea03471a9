import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const cache = join(import.meta.dirname, '..', '..', 'node_modules', '.cache');

/**
 * Install packages that the project itself does not need, once, in a directory of their own. Half an installation never takes its place.
 *
 * @param name - of the directory; another one whenever the packages change
 * @param packages - with their exact versions
 */
export async function installNpmPackages(
  name: string,
  packages: readonly string[],
): Promise<{ readonly directory: string } | { readonly missing: string }> {
  const directory = join(cache, name);
  if (existsSync(directory)) return { directory };
  const fresh = `${directory}.${String(process.pid)}`;
  try {
    await mkdir(fresh, { recursive: true });
    await writeFile(join(fresh, 'package.json'), '{"private": true}\n');
    const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--no-package-lock', '--engine-strict=false'];
    await run('npm', ['install', '--prefix', fresh, ...quiet, ...packages], { cwd: fresh });
    await rename(fresh, directory);
  } catch (error) {
    if (!existsSync(directory)) return { missing: error instanceof Error ? error.message : String(error) };
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return { directory };
}
