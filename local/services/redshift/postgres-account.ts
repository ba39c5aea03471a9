import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** Runs a program in namespaces of its own; part of util-linux. */
const UNSHARE = 'unshare';

/** `nobody`: initdb wants a name for its user, and every system has one for this number. */
const NOBODY = 65534;

/** PostgreSQL refuses to run as root, and nobody else may be used here. */
export class RootAccountError extends Error {
  override readonly name = 'RootAccountError';
  readonly code = 'ROOT_ACCOUNT';

  constructor(
    readonly program: string,
    options?: ErrorOptions,
  ) {
    super(
      `PostgreSQL does not run as root, user namespaces are not allowed here, and the user nobody may not run ${program}: ` +
        'start as an ordinary user, or allow user namespaces, or move the project out of a directory that only root may enter',
      options,
    );
  }
}

/** Who PostgreSQL runs as. */
export interface PostgresAccount {
  /** Where its files can be when they are wished in `directory`. */
  place(directory: string): string;
  /** The user number that must own what PostgreSQL reads; absent: ours. */
  readonly owner?: number;
  spawn(program: string, parameters: readonly string[], options: SpawnOptions): ChildProcess;
}

const ourselves: PostgresAccount = {
  place: resolve,
  spawn: (program, parameters, options) => spawn(program, parameters, options),
};

/** Still our user to the outside, `nobody` to itself. */
const namespaced: PostgresAccount = {
  place: resolve,
  spawn: (program, parameters, options) =>
    spawn(UNSHARE, ['--user', `--map-user=${String(NOBODY)}`, `--map-group=${String(NOBODY)}`, program, ...parameters], options),
};

const nobody: PostgresAccount = {
  // nobody may not pass through a directory such as /root.
  place: (directory) =>
    isOpen(directory)
      ? resolve(directory)
      : join(tmpdir(), `redshift-${createHash('sha256').update(resolve(directory)).digest('hex').slice(0, 16)}`),
  owner: NOBODY,
  spawn: (program, parameters, options) => spawn(program, parameters, { ...options, uid: NOBODY, gid: NOBODY }),
};

/**
 * As ourselves, unless we are root: then in a user namespace where that works, else as `nobody`.
 *
 * @throws RootAccountError when `program` can be run in none of these ways
 */
export function postgresAccount(program: string): PostgresAccount {
  if (process.getuid?.() !== 0) return ourselves;
  const attempt = (file: string, parameters: readonly string[], user?: number) =>
    spawnSync(file, [...parameters, program, '--version'], {
      stdio: 'ignore',
      ...(user === undefined ? {} : { uid: user, gid: user }),
    });
  if (attempt(UNSHARE, ['--user', `--map-user=${String(NOBODY)}`, `--map-group=${String(NOBODY)}`]).status === 0)
    return namespaced;
  const { status, error } = attempt('/usr/bin/env', [], NOBODY);
  if (status === 0) return nobody;
  throw new RootAccountError(program, { cause: error });
}

/** Whether everybody may pass through the directory and all above it. */
function isOpen(directory: string): boolean {
  const path = resolve(directory);
  const mode = statSync(path, { throwIfNoEntry: false })?.mode;
  if (mode !== undefined && (mode & 0o001) === 0) return false;
  return dirname(path) === path || isOpen(dirname(path));
}
