import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LostRecords } from './record-source.ts';
import { addLost, isBehind } from './record-source.ts';
import { DamagedStateError, readState, writeState } from '../../../state-files.ts';

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
 * @remarks Written in one piece, after the function has succeeded: a process that dies in between sees records again, and never misses one.
 */
export class Checkpoints {
  private lanes: readonly (string | null)[];

  private constructor(
    private readonly path: string,
    lanes: readonly (string | null)[],
    /** What was trimmed before it was done. */
    private lostRecords: LostRecords | null,
  ) {
    this.lanes = lanes;
  }

  get lost(): LostRecords | null {
    return this.lostRecords;
  }

  get positions(): readonly (string | null)[] {
    return this.lanes;
  }

  /** @returns undefined when nothing was ever written @throws DamagedStateError */
  static load(path: string, lanes: number): Checkpoints | undefined {
    const stored = read(path);
    if (stored === undefined) return undefined;
    // With another number of lanes the keys are divided otherwise: all go back to where the slowest was.
    const { lanes: kept, lost = null } = stored;
    return new Checkpoints(path, kept.length === lanes ? kept : Array.from({ length: lanes }, () => slowest(kept)), lost);
  }

  static create(path: string, lanes: number, position: string | null): Checkpoints {
    mkdirSync(dirname(path), { recursive: true });
    const checkpoints = new Checkpoints(
      path,
      Array.from({ length: lanes }, () => position),
      null,
    );
    checkpoints.write();
    return checkpoints;
  }

  /** Sequence number of the last record that is done; null for none. */
  position(lane: number): string | null {
    return this.lanes[lane] ?? null;
  }

  /** @throws StateNotWrittenError */
  advance(lane: number, sequenceNumber: string): void {
    // What was trimmed while it was at the function may lie before what is known to be gone.
    if (!isBehind(sequenceNumber, this.position(lane))) return;
    this.write(this.lanes.with(lane, sequenceNumber), this.lostRecords);
  }

  /** All records up to this one are gone, so there is nothing to be done before it. */
  trimmed(last: string, lost: LostRecords | undefined): void {
    const lanes = this.lanes.map((position) => (isBehind(last, position) ? last : position));
    this.write(lanes, lost === undefined ? this.lostRecords : addLost(this.lostRecords, lost));
  }

  private write(lanes: readonly (string | null)[] = this.lanes, lost: LostRecords | null = this.lostRecords): void {
    writeState(this.path, { lanes, ...(lost && { lost }) }, { flush: false });
    [this.lanes, this.lostRecords] = [lanes, lost];
  }
}

interface Kept {
  readonly lanes: readonly (string | null)[];
  readonly lost?: LostRecords;
}

function read(path: string): Kept | undefined {
  const kept = readState(path, REMEDY) as { lanes?: unknown } | null | undefined;
  if (kept === undefined) return undefined;
  if (!Array.isArray(kept?.lanes)) throw new DamagedStateError(path, 'it has no lanes', REMEDY);
  return kept as Kept;
}

function slowest(lanes: readonly (string | null)[]): string | null {
  let least: string | undefined;
  for (const lane of lanes) {
    if (lane === null) return null;
    if (least === undefined || BigInt(lane) < BigInt(least)) least = lane;
  }
  return least ?? null;
}
