import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { makeReadableCopy, isOpen, openTemporaryDirectory } from './postgres-copy.ts';

/** Runs a program in namespaces of its own; part of util-linux. */
const UNSHARE = 'unshare';

/** `nobody`: initdb wants a name for its user, and every system has one for this number. */
const NOBODY = 65534;

/** PostgreSQL refuses to run as root, and no other user may be used here. */
export class RootAccountError extends Error {
  override readonly name = 'RootAccountError';
  readonly code = 'ROOT_ACCOUNT';

  constructor(
    readonly program: string,
    options?: ErrorOptions,
  ) {
    super(
      `PostgreSQL does not run as root, user namespaces are not allowed here, and the user nobody may not run ${program}: ` +
        'start as an ordinary user, or allow user namespaces, or let programs in the directory for temporary files be run',
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

const currentAccount: PostgresAccount = {
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
      : join(openTemporaryDirectory(), `redshift-${createHash('sha256').update(resolve(directory)).digest('hex').slice(0, 16)}`),
  owner: NOBODY,
  spawn: (program, parameters, options) => spawn(program, parameters, { ...options, uid: NOBODY, gid: NOBODY }),
};

/** Who runs which programs. */
export interface RunnablePostgres {
  readonly account: PostgresAccount;
  readonly binaries: PostgresBinaries;
}

/**
 * As ourselves, unless we are root: then in a user namespace where that works, else as `nobody`, who needs a copy of the programs
 * where only root may enter the directory they are in.
 *
 * @throws RootAccountError when they can be run in none of these ways
 */
export function runnablePostgres(binaries: PostgresBinaries): RunnablePostgres {
  if (process.getuid?.() !== 0) return { account: currentAccount, binaries };
  const attempt = (file: string, parameters: readonly string[], { postgres }: PostgresBinaries, user?: number) =>
    spawnSync(file, [...parameters, postgres, '--version'], {
      stdio: 'ignore',
      cwd: '/',
      ...(user === undefined ? {} : { uid: user, gid: user }),
    });
  const mapped = ['--user', `--map-user=${String(NOBODY)}`, `--map-group=${String(NOBODY)}`];
  if (attempt(UNSHARE, mapped, binaries).status === 0) return { account: namespaced, binaries };
  if (attempt('/usr/bin/env', [], binaries, NOBODY).status === 0) return { account: nobody, binaries };
  const kept = makeReadableCopy(binaries);
  if (attempt('/usr/bin/env', [], kept, NOBODY).status === 0) return { account: nobody, binaries: kept };
  // A clean-up of temporary files may have removed some of it.
  const anew = makeReadableCopy(binaries, { again: true });
  const { status, error } = attempt('/usr/bin/env', [], anew, NOBODY);
  if (status === 0) return { account: nobody, binaries: anew };
  throw new RootAccountError(anew.postgres, { cause: error });
}
