import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** What the kit makes in an account. */
export type Kind = 'graphql-api' | 'namespace' | 'workgroup' | 'stack' | 'secret' | 'bucket' | 'role' | 'queue';

/** One thing that a run has made, or was about to make. */
export interface Made {
  readonly kind: Kind;
  readonly name: string;
  readonly region: string;
  readonly account: string;
}

/** The kit touches nothing with another name: a run's twelve digits are nobody else's. */
export const OWN_NAME = /^[Tt]illgraph-confirm-[0-9a-f]{12}-[a-z][a-z0-9-]*$/;

/** Somebody asks the kit to make or to remove what is not its own. */
export class ForeignNameError extends Error {
  override readonly name = 'ForeignNameError';
  readonly code = 'FOREIGN_NAME';

  constructor(readonly resource: string) {
    super(`the name "${resource}" is not one of the kit's: write tillgraph-confirm-, twelve digits, and what it is`);
  }
}

type Entry = { readonly made: Made } | { readonly removed: Made };

const isSame = (one: Made, other: Made) =>
  one.kind === other.kind && one.name === other.name && one.region === other.region && one.account === other.account;

/**
 * What runs have made and not removed, on disk. An entry is there before the thing itself is asked for, so that a run which is ended
 * at any moment leaves nothing that is not written down.
 */
export class Journal {
  constructor(private readonly file: string) {}

  /** In the order of their making. */
  left(): readonly Made[] {
    const left: Made[] = [];
    for (const entry of this.entries()) {
      if ('made' in entry) left.push(entry.made);
      else {
        const place = left.findIndex((one) => isSame(one, entry.removed));
        if (place >= 0) left.splice(place, 1);
      }
    }
    return left;
  }

  /** Resolves what `create` does, after it is written down. @throws ForeignNameError */
  async make<T>(made: Made, create: () => Promise<T>): Promise<T> {
    if (!OWN_NAME.test(made.name)) throw new ForeignNameError(made.name);
    this.append({ made });
    return create();
  }

  /** It is gone. */
  removed(made: Made): void {
    this.append({ removed: made });
    if (this.left().length === 0) rmSync(this.file);
  }

  private entries(): readonly Entry[] {
    if (!existsSync(this.file)) return [];
    // What stands behind the last end of a line was being written when the run was ended: nothing was asked for yet.
    const whole = readFileSync(this.file, 'utf8').split('\n').slice(0, -1);
    return whole.filter((line) => line !== '').map((line) => JSON.parse(line) as Entry);
  }

  private append(entry: Entry): void {
    mkdirSync(dirname(this.file), { recursive: true });
    const isBroken = existsSync(this.file) && !/^$|\n$/.test(readFileSync(this.file, 'utf8'));
    if (isBroken) this.dropBrokenEnd();
    const file = openSync(this.file, 'a');
    try {
      writeSync(file, `${JSON.stringify(entry)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }

  private dropBrokenEnd(): void {
    const text = readFileSync(this.file, 'utf8');
    const file = openSync(this.file, 'w');
    try {
      writeSync(file, text.slice(0, text.lastIndexOf('\n') + 1));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }
}
