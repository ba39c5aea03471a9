import { accessSync, constants, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    // A superuser may write anywhere, but a folder that nobody may write to is not meant to be written to.
    return (statSync(folder).mode & 0o222) !== 0;
  } catch {
    return false;
  }
}

/**
 * Where a file that belongs to `path` is written: beside it, or in the current folder where that is not permitted.
 *
 * @param note - is told when it is not beside
 */
export function siblingPath(path: string, suffix: string, note: (text: string) => void, mayWrite = isWritable): string {
  const name = `${basename(path)}${suffix}`;
  const folder = dirname(resolve(path));
  if (mayWrite(folder)) return join(folder, name);
  note(`NOTE: writing in ${folder} is not permitted: ${name} goes to the current folder, ${process.cwd()}`);
  return resolve(name);
}
