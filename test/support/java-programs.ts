import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const cache = join(import.meta.dirname, '..', '..', 'node_modules', '.cache');

/** Programs in Java that can be run, or why they cannot be had. */
export type JavaPrograms =
  | { readonly missing: string }
  | {
      /** What the program prints, by line. @param name - of the class */
      print(this: void, name: string, parameters: readonly string[]): Promise<readonly string[]>;
    };

/**
 * Fetch with Maven what a directory's `pom.xml` names, and compile the programs beside it. Done once for a directory as it is; half a result
 * never takes the place of a whole one.
 */
export async function javaProgramsIn(directory: string): Promise<JavaPrograms> {
  const sources = readdirSync(directory).filter((name) => name.endsWith('.java'));
  const hash = createHash('sha256');
  for (const name of ['pom.xml', ...sources]) hash.update(readFileSync(join(directory, name)));
  const place = join(cache, `java-${hash.digest('hex').slice(0, 12)}`);
  if (!existsSync(place)) {
    const fresh = `${place}.${String(process.pid)}`;
    try {
      await mkdir(fresh, { recursive: true });
      const libraries = `-DoutputDirectory=${join(fresh, 'libraries')}`;
      await run('mvn', ['-q', '-B', '-f', join(directory, 'pom.xml'), 'dependency:copy-dependencies', libraries]);
      const paths = sources.map((name) => join(directory, name));
      await run('javac', ['-cp', join(fresh, 'libraries', '*'), '-d', join(fresh, 'classes'), ...paths]);
      await rename(fresh, place);
    } catch (error) {
      if (!existsSync(place)) return { missing: error instanceof Error ? error.message : String(error) };
    } finally {
      await rm(fresh, { recursive: true, force: true });
    }
  }
  const path = [join(place, 'libraries', '*'), join(place, 'classes')].join(delimiter);
  return {
    print: async (name, parameters) => (await run('java', ['-cp', path, name, ...parameters])).stdout.trim().split('\n'),
  };
}
