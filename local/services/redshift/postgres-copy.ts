import { createHash } from 'node:crypto';
import { chmodSync, cpSync, lstatSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import type { PostgresBinaries } from './postgres-binaries.ts';

/** Whether all users may pass through the directory and all above it. */
export function isOpen(directory: string): boolean {
  const path = resolve(directory);
  const mode = statSync(path, { throwIfNoEntry: false })?.mode;
  if (mode !== undefined && (mode & 0o001) === 0) return false;
  return dirname(path) === path || isOpen(dirname(path));
}

/** A directory for temporary files that all users may enter; the one of the environment may be root's own. */
export const openTemporaryDirectory = (): string => [tmpdir(), '/tmp', '/var/tmp'].find(isOpen) ?? tmpdir();

/**
 * The programs, copied to where all users may run them; root's home, where a container often has its project, is no such place.
 * A copy is made once for an installation.
 */
export function makeReadableCopy(
  { initdb, postgres }: PostgresBinaries,
  { again = false }: { readonly again?: boolean } = {},
): PostgresBinaries {
  const native = dirname(dirname(postgres));
  const { size, mtimeMs } = statSync(postgres);
  const installation = createHash('sha256')
    .update(`${native} ${String(size)} ${String(mtimeMs)}`)
    .digest('hex');
  const place = openTemporaryDirectory();
  const kept = join(place, `postgres-${installation.slice(0, 16)}`);
  if (again && isOwnDirectory(kept)) rmSync(kept, { recursive: true });
  const copy = isOwnDirectory(kept) ? kept : makeCopy(native, kept, place);
  const inCopy = (program: string) => join(copy, basename(dirname(program)), basename(program));
  return { initdb: inCopy(initdb), postgres: inCopy(postgres) };
}

/** Any user may put something of this name there: what is not ours, or not ours alone to write, is not run. */
function isOwnDirectory(directory: string): boolean {
  const found = lstatSync(directory, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
}

function makeCopy(native: string, kept: string, place: string): string {
  const draft = mkdtempSync(join(place, 'postgres-'));
  cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
  makeWorldReadable(draft);
  try {
    renameSync(draft, kept);
    return kept;
  } catch (error) {
    // Another start has made it meanwhile.
    if (isOwnDirectory(kept)) {
      rmSync(draft, { recursive: true });
      return kept;
    }
    if (lstatSync(kept, { throwIfNoEntry: false }) === undefined) throw error;
    return draft;
  }
}

/** Whatever umask the packages were installed under. */
function makeWorldReadable(directory: string): void {
  chmodSync(directory, 0o755);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) makeWorldReadable(path);
    else if (entry.isFile()) chmodSync(path, (statSync(path).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}
