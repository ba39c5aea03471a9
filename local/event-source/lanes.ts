import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DamagedStateError, readState, writeState } from '../state-files.ts';

/**
 * Which of a shard's parallel processors a partition key belongs to: FNV-1a of its UTF-16 units.
 *
 * @remarks AWS does not say how it divides keys, only that one key stays with one processor, in order.
 */
export function laneOf(partitionKey: string, lanes: number): number {
  if (lanes === 1) return 0;
  let hash = 0x811c9dc5;
  for (let index = 0; index < partitionKey.length; index += 1)
    hash = Math.imul(hash ^ partitionKey.charCodeAt(index), 0x01000193);
  return (hash >>> 0) % lanes;
}

const REMEDY = 'delete it to begin anew where the mapping is declared to start';

/**
 * How far each lane of one shard has come, in a file.
 *
 * @remarks Written in one piece, after the function has succeeded: whoever dies in between sees records again, and never misses one.
 */
export class Checkpoints {
  private readonly lanes: (string | null)[];

  private constructor(
    private readonly path: string,
    lanes: readonly (string | null)[],
  ) {
    this.lanes = [...lanes];
  }

  /** @returns undefined when nothing was ever written @throws DamagedStateError */
  static load(path: string, lanes: number): Checkpoints | undefined {
    const stored = read(path);
    if (stored === undefined) return undefined;
    // With another number of lanes the keys are divided otherwise: all go back to where the slowest was.
    return new Checkpoints(path, stored.length === lanes ? stored : Array.from({ length: lanes }, () => slowest(stored)));
  }

  static create(path: string, lanes: number, position: string | null): Checkpoints {
    mkdirSync(dirname(path), { recursive: true });
    const checkpoints = new Checkpoints(
      path,
      Array.from({ length: lanes }, () => position),
    );
    checkpoints.write();
    return checkpoints;
  }

  /** Sequence number of the last record that is done; null for none. */
  position(lane: number): string | null {
    return this.lanes[lane] ?? null;
  }

  advance(lane: number, sequenceNumber: string): void {
    this.lanes[lane] = sequenceNumber;
    this.write();
  }

  private write(): void {
    writeState(this.path, { lanes: this.lanes }, { flush: false });
  }
}

function read(path: string): (string | null)[] | undefined {
  const kept = readState(path, REMEDY) as { lanes?: unknown } | null | undefined;
  if (kept === undefined) return undefined;
  if (!Array.isArray(kept?.lanes)) throw new DamagedStateError(path, 'it has no lanes', REMEDY);
  return kept.lanes as (string | null)[];
}

function slowest(lanes: readonly (string | null)[]): string | null {
  let least: string | undefined;
  for (const lane of lanes) {
    if (lane === null) return null;
    if (least === undefined || BigInt(lane) < BigInt(least)) least = lane;
  }
  return least ?? null;
}
