import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** An import whose outcome a command began to wait for, and no command has told. */
export interface Unreported {
  /** Of the object. */
  readonly key: string;
  /** How the file is written, as the command said. */
  readonly layout?: string | undefined;
  /**
   * The run that does it, as it stands in keys: what other runs say of it does not count. `null` while it has not begun; absent when
   * every run does it right.
   */
  readonly run?: string | null;
  /** Whether it was asked for by `--again`. */
  readonly isAgain?: boolean;
  /** The run whose outcome was told before that. */
  readonly reportedRun?: string | undefined;
  /** Whether it takes the place of another content or reading, of which lines stay in the warehouse. */
  readonly hasReplaced: boolean;
}

/** What commands have begun and not told, by import id. */
export interface UnreportedImports {
  all(): ReadonlyMap<string, Unreported>;
  set(importId: string, unreported: Unreported): void;
  /** Forget what was told, unless another command has begun it anew meanwhile. */
  delete(importId: string, told: Unreported): void;
}

const ENDING = '.json';

/** In a directory, a file for each: commands that run at the same time do not write over each other, and a kill leaves it whole. */
export function unreportedIn(directory: string): UnreportedImports {
  const pathOf = (importId: string) => join(directory, `${importId}${ENDING}`);
  const read = (importId: string) => JSON.parse(readFileSync(pathOf(importId), 'utf8')) as Unreported;
  return {
    all: () => {
      const all = new Map<string, Unreported>();
      for (const name of namesIn(directory)) {
        if (!name.endsWith(ENDING)) continue;
        const importId = name.slice(0, -ENDING.length);
        const unreported = unlessGone(() => read(importId));
        if (unreported !== undefined) all.set(importId, unreported);
      }
      return all;
    },
    set: (importId, unreported) => {
      mkdirSync(directory, { recursive: true });
      const next = `${pathOf(importId)}.${String(process.pid)}.next`;
      writeFileSync(next, `${JSON.stringify(unreported)}\n`);
      renameSync(next, pathOf(importId));
    },
    delete: (importId, told) => {
      const now = unlessGone(() => read(importId));
      if (now !== undefined && isSame(now, told)) rmSync(pathOf(importId), { force: true });
    },
  };
}

const isSame = (one: Unreported, other: Unreported) => one.layout === other.layout && one.run === other.run;

const namesIn = (directory: string) => unlessGone(() => readdirSync(directory)) ?? [];

function unlessGone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
