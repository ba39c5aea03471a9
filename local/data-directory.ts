import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { LocalCredentials } from './credentials.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { identify, isRunning } from './process-identity.ts';
import { readState, writeState, writeFileAtomically } from './state-files.ts';

/** Says that the directory is ours, and how it is laid out. */
const MARKER = '.aws-on-one-machine.json';
const FORMAT = 1;
const MARK = `${JSON.stringify({ format: FORMAT })}\n`;
const LOCK = 'lock.json';
const TAKEOVER = 'lock.takeover.json';
const SECRETS = 'credentials.json';

/** Another process works in the directory. */
export class DirectoryInUseError extends Error {
  override readonly name = 'DirectoryInUseError';
  readonly code = 'DIRECTORY_IN_USE';

  constructor(
    readonly directory: string,
    readonly pid: number,
  ) {
    super(`${directory} is in use by process ${String(pid)}: end it, or give --data another directory`);
  }
}

/** The directory has something in it that is not ours; we neither write there nor delete anything. */
export class ForeignDirectoryError extends Error {
  override readonly name = 'ForeignDirectoryError';
  readonly code = 'FOREIGN_DIRECTORY';

  constructor(
    readonly directory: string,
    why: string,
  ) {
    super(`${directory} ${why}: give --data a new or empty directory`);
  }
}

/** Data directories lie beside each other, never one in another: deleting the outer one would delete the inner one. */
export class NestedDirectoryError extends Error {
  override readonly name = 'NestedDirectoryError';
  readonly code = 'NESTED_DIRECTORY';

  constructor(
    readonly directory: string,
    readonly outer: string,
  ) {
    super(`${directory} lies in ${outer}, which is the data directory of another stack: give --data a directory beside it`);
  }
}

/** What AWS would make up at deployment; here it is made once and kept. */
interface Secrets {
  readonly credentials: LocalCredentials;
  readonly apiKeys: Readonly<Record<string, string>>;
}

/** The one place on disk where everything local lives. One process at a time. */
export class DataDirectory {
  private constructor(
    readonly path: string,
    private secrets: Secrets,
  ) {}

  /**
   * Lock the directory for this process, made if absent.
   *
   * @param fresh - delete first what is in it
   * @throws DirectoryInUseError, also when a directory inside is in use; ForeignDirectoryError, NestedDirectoryError
   */
  static async open(path: string, { fresh = false }: { readonly fresh?: boolean } = {}): Promise<DataDirectory> {
    const root = resolve(path);
    refuseForeign(root, fresh);
    refuseNested(root);
    if (fresh) refuseHeldInside(root);
    makePrivate(root);
    await lock(root);
    // A client that waits for the outputs must not find those of the last start.
    rmSync(join(root, 'outputs.json'), { force: true });
    // Not the marker: after a kill on the way the directory must still be ours.
    const state = fresh ? readdirSync(root).filter((name) => name !== LOCK && name !== MARKER) : [];
    for (const name of state) rmSync(join(root, name), { recursive: true });
    writeFileAtomically(join(root, MARKER), MARK);
    return new DataDirectory(root, readSecrets(root));
  }

  get credentials(): LocalCredentials {
    return this.secrets.credentials;
  }

  /** The value of an API key of AppSync, always the same for a logical id. */
  apiKeyOf(logicalId: string): string {
    const present = this.secrets.apiKeys[logicalId];
    if (present !== undefined) return present;
    const made = `da2-${letters(26).toLowerCase()}`;
    this.secrets = { ...this.secrets, apiKeys: { ...this.secrets.apiKeys, [logicalId]: made } };
    this.keep(SECRETS, this.secrets);
    return made;
  }

  /** A path inside; its directory is made. */
  inside(...names: readonly string[]): string {
    const path = join(this.path, ...names);
    mkdirSync(path, { recursive: true });
    return path;
  }

  /** Write a file for others to read: plain JSON, in one piece, for the owner's eyes only. @returns its path */
  write(name: string, content: unknown): string {
    const path = join(this.path, name);
    writeFileAtomically(path, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
    return path;
  }

  /** Keep state in a file, for the owner's eyes only. @throws StateNotWrittenError */
  keep(name: string, content: unknown): void {
    writeState(join(this.path, name), content, { mode: 0o600 });
  }

  /** What `keep` kept under this name; undefined when nothing was. @throws DamagedStateError */
  kept(name: string): unknown {
    return readState(join(this.path, name));
  }

  /** Give the directory free. */
  close(): void {
    rmSync(join(this.path, 'outputs.json'), { force: true });
    if (holderOf(join(this.path, LOCK))?.pid === process.pid) rmSync(join(this.path, LOCK));
  }
}

/** It holds keys, passwords and customers: no other user may read it. */
function makePrivate(root: string): void {
  mkdirSync(dirname(root), { recursive: true });
  mkdirSync(root, { recursive: true, mode: 0o700 });
  // Root may have to let the user nobody pass through, who then runs the database in there; see postgres-account.ts.
  if (process.getuid?.() !== 0) chmodSync(root, 0o700);
}

function refuseForeign(root: string, fresh: boolean): void {
  if (!existsSync(root)) return;
  const names = readdirSync(root);
  const marker = join(root, MARKER);
  if (!existsSync(marker)) {
    // A start that was killed before it wrote the marker leaves nothing but the lock.
    if (names.every((name) => name.startsWith('lock.'))) return;
    throw new ForeignDirectoryError(root, 'has files that are not ours');
  }
  const { format } = (readState(marker, `write ${MARK.trimEnd()} into it`) ?? {}) as { format?: unknown };
  if (format !== FORMAT && !fresh)
    throw new ForeignDirectoryError(root, `has the format ${String(format)} of another version (--fresh deletes it)`);
}

/** @throws NestedDirectoryError */
function refuseNested(root: string): void {
  for (let outer = dirname(root); ; outer = dirname(outer)) {
    if (existsSync(join(outer, MARKER))) throw new NestedDirectoryError(root, outer);
    if (outer === dirname(outer)) return;
  }
}

/**
 * Look for data directories below which a living process holds: earlier versions put one in another.
 *
 * @throws DirectoryInUseError
 */
function refuseHeldInside(root: string): void {
  if (!existsSync(root)) return;
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (entry.name !== MARKER || relative(root, entry.parentPath) === '') continue;
    const holder = holderOf(join(entry.parentPath, LOCK));
    if (holder !== undefined && isRunning(holder)) throw new DirectoryInUseError(entry.parentPath, holder.pid);
  }
}

/** Take the lock, or take it over from a process that is gone. */
async function lock(root: string): Promise<void> {
  const [path, takeover] = [join(root, LOCK), join(root, TAKEOVER)];
  const own = join(root, `lock.${String(process.pid)}.json`);
  writeFileSync(own, JSON.stringify(identify(process.pid)));
  try {
    while (!link(own, path)) {
      const holder = holderOf(path);
      if (holder !== undefined && isRunning(holder)) throw new DirectoryInUseError(root, holder.pid);
      // Two that find the same dead holder must not both remove the lock: the second would remove the first one's.
      if (link(own, takeover)) {
        if (JSON.stringify(holderOf(path)) === JSON.stringify(holder)) rmSync(path, { force: true });
        rmSync(takeover);
      } else {
        const other = holderOf(takeover);
        if (other === undefined || !isRunning(other)) rmSync(takeover, { force: true });
        await pause(20);
      }
    }
  } finally {
    rmSync(own);
  }
}

/** Put the file under a second name, in one step with its content. @returns false when the name is taken */
function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** @returns undefined when there is no lock, or one that cannot be read */
function holderOf(path: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}

function readSecrets(root: string): Secrets {
  const path = join(root, SECRETS);
  const kept = readState(path) as Secrets | undefined;
  if (kept !== undefined) return kept;
  const made: Secrets = {
    // The form of AWS's own: clients check it. The word in it says that it opens nothing else.
    credentials: { accessKeyId: `AKIALOCAL${letters(11)}`, secretAccessKey: randomBytes(30).toString('base64') },
    apiKeys: {},
  };
  writeState(path, made, { mode: 0o600 });
  return made;
}

/** Random letters and digits of base 32, in capitals. */
function letters(count: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return [...randomBytes(count)].map((byte) => alphabet[byte % alphabet.length]).join('');
}
