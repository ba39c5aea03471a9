import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { importIdOf, type BulkFile } from '../../ingest/bulk/bulk-files.ts';
import { isActive, StackGoneError, type ImportStack, type JobRun } from '../../ingest/bulk/import-stack.ts';
import type { Loaded, Transformed } from '../../ingest/bulk/outcome.ts';
import type { Unreported, UnreportedImports } from '../../ingest/bulk/unreported.ts';
import type { Clock } from '../../ingest/replay/sending.ts';

/** What the job and the warehouse make of an object. */
export interface Fate {
  readonly status?: Transformed['status'];
  readonly reason?: string;
  readonly rejected?: readonly { readonly reason: string; readonly text: string }[];
  /** Of its accepted lines. */
  readonly money?: string;
  /** By the warehouse; it refuses the object when there is a text. */
  readonly loaded?: Partial<NonNullable<Loaded['lines']>> | string;
}

/** How the stack behaves. */
export interface Habits {
  /** What becomes of an object; otherwise it is loaded with ten new lines. */
  readonly fate?: (key: string, content: string, layout: string | undefined) => Fate;
  /** Whether an upload starts a run. @default true */
  readonly startsRuns?: boolean;
  /** Why each run fails, instead of doing anything. */
  readonly runError?: string;
  /** The next runs die between what they say of an object and its manifest. */
  dyingRuns?: number;
  /** While it is true nobody answers. */
  silent?: boolean;
  /** While it is true no call comes back: as it is for a command that was killed. */
  hanging?: boolean;
}

type Run = JobRun & { readonly objects: readonly string[]; steps: number; state: string; error: string | undefined } & {
  /** What it has begun to read. */
  reading: readonly Reading[];
};

/** An object as a run reads it: content and layout may change before it is published. */
interface Reading {
  readonly key: string;
  readonly importId: string;
  readonly fate: Fate;
}

/** A stack in memory: each look at its runs is a step of its job, each look at an object is a step of its warehouse. */
export class FakeStack implements ImportStack {
  readonly name = 'the stack in memory';
  readonly logs = '/logs';
  readonly objects = new Map<string, string>();
  /** What became of objects, in the order in which runs said so. */
  readonly transformed: Fate[] = [];
  /** What was said of how an object is written. */
  readonly layouts = new Map<string, string | undefined>();
  readonly puts: string[] = [];
  readonly started: (readonly string[])[] = [];
  /** As the local stack has them, in memory. */
  readonly begun = new Map<string, Unreported>();
  readonly unreported: UnreportedImports = {
    all: () => new Map(this.begun),
    set: (importId, unreported) => void this.begun.set(importId, unreported),
    delete: (importId) => void this.begun.delete(importId),
  };
  /** Looks on before each answer. */
  onCall: () => void = () => undefined;
  private readonly all: Run[] = [];
  /** Manifests that a run which died has left to the next one, and their objects. */
  private readonly unpublished = new Map<string, string>();

  constructor(readonly habits: Habits = {}) {}

  logOf(run: string): string {
    return `${this.logs}/${run}.log`;
  }

  close(): void {
    // There is nothing to close.
  }

  etagOf(key: string): Promise<string | undefined> {
    return this.answer(() => {
      const content = this.objects.get(key);
      return content === undefined ? undefined : digestOf(content);
    });
  }

  layoutOf(key: string): Promise<string | undefined> {
    return this.answer(() => this.layouts.get(key));
  }

  put(
    { path, key, size, layout }: BulkFile,
    digest: string,
    _signal: AbortSignal,
    onBytes: (bytes: number) => void,
  ): Promise<void> {
    return this.answer(() => {
      const content = readFileSync(path, 'latin1');
      if (digestOf(content) !== digest) throw new Error('BadDigest');
      onBytes(size);
      this.objects.set(key, content);
      this.layouts.set(key, layout);
      this.puts.push(key);
      if (this.habits.startsRuns ?? true) this.run([]);
    });
  }

  text(key: string): Promise<string | undefined> {
    return this.answer(() => this.objects.get(key));
  }

  keys(prefix: string): Promise<readonly string[]> {
    return this.answer(() => [...this.objects.keys()].filter((key) => key.startsWith(prefix)));
  }

  packedLines(key: string, most: number): Promise<readonly string[]> {
    return this.answer(() => (this.objects.get(key) ?? '').split('\n').slice(0, most));
  }

  runs(): Promise<readonly JobRun[]> {
    return this.answer(() => {
      const told = this.all.map((run) => ({ ...run })).reverse();
      const run = this.all.find(isActive);
      if (run !== undefined) this.step(run);
      else this.load();
      return told;
    });
  }

  startRun(objects: readonly string[]): Promise<string> {
    return this.answer(() => {
      this.started.push(objects);
      return this.run(objects);
    });
  }

  /** An object that came before anybody looked. */
  lay(key: string, content: string): void {
    this.objects.set(key, content);
  }

  private answer<T>(give: () => T): Promise<T> {
    this.onCall();
    if (this.habits.hanging === true) return new Promise(() => undefined);
    if (this.habits.silent === true) return Promise.reject(new StackGoneError(this.name));
    return Promise.resolve(give());
  }

  private run(objects: readonly string[]): string {
    const id = `jr_${String(this.all.length + 1).padStart(12, '0')}${'0'.repeat(52)}`;
    this.all.push({ id, state: 'STARTING', detail: undefined, error: undefined, objects, steps: 0, reading: [] });
    return id;
  }

  private step(run: Run): void {
    run.steps += 1;
    if (run.steps === 1) run.state = 'RUNNING';
    if (run.steps === 2) run.reading = this.read(run);
    if (run.steps < 3) return;
    if (this.habits.runError !== undefined) {
      run.state = 'FAILED';
      run.error = this.habits.runError;
      return;
    }
    const number = run.id.slice(3, 15);
    for (const [manifest, key] of this.unpublished) this.publish(manifest, key);
    for (const reading of run.reading) if (reading.importId === this.importIdOf(reading.key)) this.transform(reading, number);
    run.state = 'SUCCEEDED';
  }

  private importIdOf(key: string): string {
    return importIdOf(key, digestOf(this.objects.get(key) ?? ''));
  }

  private read(run: Run): readonly Reading[] {
    // Done is done, whatever else was said of it since: it is done again by name alone.
    const isDone = (key: string) => this.objects.has(`import/done/${this.importIdOf(key)}.json`);
    const pending = [...this.objects.keys()].filter((key) => key.startsWith('bulk/') && !isDone(key));
    return [...new Set([...pending, ...run.objects])].map((key) => {
      const fate = this.habits.fate?.(key, this.objects.get(key) ?? '', this.layouts.get(key)) ?? {};
      return { key, importId: this.importIdOf(key), fate };
    });
  }

  private transform({ key, importId, fate }: Reading, run: string): void {
    const { status = 'STAGED', rejected = [] } = fate;
    const rejects = `rejected/import/${importId}/${run}/`;
    if (rejected.length > 0)
      this.objects.set(`${rejects}part-0.json.gz`, rejected.map((one) => JSON.stringify({ object: key, ...one })).join('\n'));
    const done = {
      ...{ object: key, run, status, read: 10 + rejected.length, rejected: rejected.length, accepted: 10 },
      ...{ firstDate: '2010-12-01T08:26:00Z', lastDate: '2011-12-09T12:50:00Z' },
      ...{
        invoices: 2,
        customers: 1,
        money: fate.money ?? '12.340',
        finishedAt: '2026-01-01T00:00:00Z',
        seconds: { transform: 1, write: 2 },
      },
      ...(fate.reason !== undefined && { reason: fate.reason }),
      rejects: rejected.length > 0 ? rejects : null,
    };
    this.objects.set(`import/done/${importId}.json`, JSON.stringify(done));
    this.transformed.push(fate);
    if (status === 'STAGED') this.publish(`import/manifests/${importId}.${run}.json`, key);
  }

  private publish(manifest: string, key: string): void {
    const { dyingRuns = 0 } = this.habits;
    if (dyingRuns > 0) {
      this.habits.dyingRuns = dyingRuns - 1;
      this.unpublished.set(manifest, key);
      return;
    }
    this.objects.set(manifest, key);
    this.unpublished.delete(manifest);
  }

  private load(): void {
    for (const [manifest, key] of this.objects) {
      if (!manifest.startsWith('import/manifests/')) continue;
      const { loaded = {} } = this.habits.fate?.(key, this.objects.get(key) ?? '', this.layouts.get(key)) ?? {};
      const lines = { in: 10, new: 10, changed: 0, unchanged: 0, repeated: 0, rejected: 0 };
      const outcome: Loaded =
        typeof loaded === 'string'
          ? { status: 'REFUSED', reason: loaded }
          : { status: 'LOADED', lines: { ...lines, ...loaded }, loadedAt: '2026-01-01T00:01:00Z', seconds: { copy: 1, load: 3 } };
      this.objects.set(manifest.replace('/manifests/', '/loaded/'), JSON.stringify(outcome));
      this.objects.delete(manifest);
    }
  }
}

/** Time that passes only when somebody waits. */
export class FakeClock implements Clock {
  private time = 0;

  constructor(private readonly onWait: (time: number) => void = () => undefined) {}

  now(): number {
    return this.time;
  }

  wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    this.time += milliseconds;
    this.onWait(this.time);
    return signal.aborted ? Promise.reject(signal.reason as Error) : Promise.resolve();
  }
}

const digestOf = (content: string) => createHash('md5').update(content, 'latin1').digest('hex');
