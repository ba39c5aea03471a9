import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LostRecords } from '../lambda/event-source/record-source.ts';
import { addLost, isBehind } from '../lambda/event-source/record-source.ts';
import { readState, writeState } from '../../state-files.ts';
import type { DeliveryStreamDefinition } from './definition.ts';

/** Sequence number of a record of each shard. */
export type Positions = Readonly<Record<string, string>>;

/** An object of records that lies in the bucket. */
export interface StoredObject {
  readonly key: string;
  readonly records: number;
  /** Before compression. */
  readonly bytes: number;
  /** The last records in it. */
  readonly through: Positions;
}

/** Objects that one COPY loads. */
export interface Manifest {
  readonly key: string;
  readonly objects: readonly StoredObject[];
}

export interface DeliveredAmounts {
  readonly records: number;
  /** @unit bytes, before compression */
  readonly bytes: number;
}

interface State {
  /** Of the configuration; 1 at first. */
  readonly version: number;
  readonly configuration: string;
  /** @unit ms since 1970 */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Whether it is settled where reading begins. */
  readonly hasBegun: boolean;
  /** Everything up to here is in an object, or nothing of it is delivered. */
  readonly stored: Positions;
  /** Objects that no COPY has been begun with, the oldest first. */
  readonly waiting: readonly StoredObject[];
  /** The manifest whose COPY has been begun and not ended. */
  readonly manifest: Manifest | null;
  /** Everything up to here is in the table, in an object that a manifest under `errors/` names, under `processing-failed/`, or dropped. */
  readonly settled: Positions;
  readonly copied: DeliveredAmounts & { readonly objects: number; readonly manifests: number; readonly rows: number };
  readonly failed: DeliveredAmounts & {
    readonly objects: number;
    readonly manifests: number;
    readonly lastManifest: string | null;
  };
  /** Records whose transformation failed. */
  readonly unprocessed: { readonly records: number; readonly objects: number; readonly lastObject: string | null };
  /** What was trimmed before it was in an object, of each shard. */
  readonly lost?: Readonly<Record<string, LostRecords>>;
}

const REMEDY = 'delete it to have the delivery stream replaced: it then delivers what comes from the next start on';

/**
 * How far a delivery stream is, in a file.
 *
 * @remarks Written in one piece, and always behind the effect it tells of: an object is in the bucket before it is listed here, a manifest
 * is listed before its COPY begins and until it ended. A process killed in between repeats records, and never misses one.
 */
export class Progress {
  private constructor(
    readonly path: string,
    private state: State,
  ) {}

  /** @throws DamagedStateError */
  static open(path: string, definition: DeliveryStreamDefinition, now: number): Progress {
    const configuration = JSON.stringify(definition);
    const stored = readState(path, REMEDY) as Partial<State> | undefined;
    // What an earlier release did not write is as at the beginning; it began at the oldest record.
    const present = stored && { ...beginning(now), hasBegun: true, ...stored };
    if (present?.configuration === configuration) return new Progress(path, present);
    mkdirSync(dirname(path), { recursive: true });
    const progress = new Progress(path, present ?? beginning(now));
    progress.change({ configuration, version: (present?.version ?? 0) + 1, updatedAt: now });
    return progress;
  }

  get version(): number {
    return this.state.version;
  }

  get hasBegun(): boolean {
    return this.state.hasBegun;
  }

  /** Begin behind these records, once: they are not this delivery stream's, and need no delivery. */
  begin(latest: Positions): void {
    this.change({ hasBegun: true, stored: latest, settled: latest });
  }

  get createdAt(): number {
    return this.state.createdAt;
  }

  get updatedAt(): number {
    return this.state.updatedAt;
  }

  get stored(): Positions {
    return this.state.stored;
  }

  get settled(): Positions {
    return this.state.settled;
  }

  get waiting(): readonly StoredObject[] {
    return this.state.waiting;
  }

  get manifest(): Manifest | null {
    return this.state.manifest;
  }

  get copied(): State['copied'] {
    return this.state.copied;
  }

  get failed(): State['failed'] {
    return this.state.failed;
  }

  get unprocessed(): State['unprocessed'] {
    return this.state.unprocessed;
  }

  /** Records whose transformation failed are in the bucket. */
  addUnprocessed(records: number, key: string): void {
    const { unprocessed } = this.state;
    this.change({
      unprocessed: { records: unprocessed.records + records, objects: unprocessed.objects + 1, lastObject: key },
    });
  }

  /** Nothing is delivered of the records up to here; they are settled with the last object before them. */
  skip(through: Positions): void {
    const { waiting, manifest, stored, settled } = this.state;
    const withLast = (objects: readonly StoredObject[]): readonly StoredObject[] =>
      objects.map((object, index) =>
        index === objects.length - 1 ? { ...object, through: { ...object.through, ...through } } : object,
      );
    this.change({
      stored: { ...stored, ...through },
      ...(waiting.length > 0
        ? { waiting: withLast(waiting) }
        : manifest !== null
          ? { manifest: { ...manifest, objects: withLast(manifest.objects) } }
          : { settled: { ...settled, ...through } }),
    });
  }

  get lost(): Readonly<Record<string, LostRecords>> {
    return this.state.lost ?? {};
  }

  /** Records are gone that are in no object. */
  addLost(shardId: string, records: LostRecords): void {
    const present = this.state.stored[shardId] ?? null;
    this.change({
      lost: { ...this.lost, [shardId]: addLost(this.lost[shardId] ?? null, records) },
      ...(isBehind(records.last, present) && { stored: { ...this.state.stored, [shardId]: records.last } }),
    });
  }

  /** The object is in the bucket. */
  store(object: StoredObject): void {
    const { stored, waiting } = this.state;
    this.change({ stored: { ...stored, ...object.through }, waiting: [...waiting, object] });
  }

  /** All waiting objects are one COPY's now. */
  beginCopy(manifestKey: string): Manifest {
    const manifest: Manifest = { key: manifestKey, objects: this.state.waiting };
    this.change({ manifest, waiting: [] });
    return manifest;
  }

  /** The manifest's COPY is done. */
  complete(rows: number): void {
    const { copied, manifest } = this.state;
    const objects = manifest?.objects ?? [];
    const { records, bytes } = amountsOf(objects);
    this.change({
      manifest: null,
      settled: this.settledWith(objects),
      copied: {
        records: copied.records + records,
        bytes: copied.bytes + bytes,
        objects: copied.objects + objects.length,
        manifests: copied.manifests + 1,
        rows: copied.rows + rows,
      },
    });
  }

  /** The manifest is given up, and lies in the bucket as `failedKey`. */
  giveUp(failedKey: string): void {
    const { failed, manifest } = this.state;
    const objects = manifest?.objects ?? [];
    const { records, bytes } = amountsOf(objects);
    this.change({
      manifest: null,
      settled: this.settledWith(objects),
      failed: {
        records: failed.records + records,
        bytes: failed.bytes + bytes,
        objects: failed.objects + objects.length,
        manifests: failed.manifests + 1,
        lastManifest: failedKey,
      },
    });
  }

  private settledWith(objects: readonly StoredObject[]): Positions {
    return objects.reduce<Positions>((positions, { through }) => ({ ...positions, ...through }), this.state.settled);
  }

  private change(changes: Partial<State>): void {
    const next = { ...this.state, ...changes };
    writeState(this.path, next, { flush: false });
    this.state = next;
  }
}

export function amountsOf(objects: readonly StoredObject[]): DeliveredAmounts {
  let [records, bytes] = [0, 0];
  for (const object of objects) {
    records += object.records;
    bytes += object.bytes;
  }
  return { records, bytes };
}

function beginning(now: number): State {
  return {
    version: 0,
    configuration: '',
    createdAt: now,
    updatedAt: now,
    hasBegun: false,
    stored: {},
    waiting: [],
    manifest: null,
    settled: {},
    copied: { records: 0, bytes: 0, objects: 0, manifests: 0, rows: 0 },
    failed: { records: 0, bytes: 0, objects: 0, manifests: 0, lastManifest: null },
    unprocessed: { records: 0, objects: 0, lastObject: null },
  };
}
