import type { FixedQuestion } from '../../warehouse/statements/fixed-questions.ts';
import type { Field, FieldRow } from '../../warehouse/statements/statement.ts';
import type { AnswerStore, StoredAnswer } from '../../ingest/warehouse/copy-answers.ts';
import type { BatchProgress, DataApi, StatementBatch } from '../../ingest/warehouse/data-api.ts';
import type { LoadState, LoadStateStore } from '../../ingest/warehouse/load-state.ts';
import type { ImportManifests, ImportOutcome } from '../../ingest/warehouse/imports.ts';
import type { RebuildList } from '../../ingest/warehouse/rebuild-lists.ts';
import type { ImportJob, RebuildSource } from '../../ingest/warehouse/rebuild.ts';
import type { FailedDeliveries } from '../../ingest/warehouse/redrive.ts';
import type { StagedLines } from '../../ingest/warehouse/announce-objects.ts';
import { MemoryLease } from './memory-lease.ts';
import { WorldClock } from './world-clock.ts';
import { copiedKey, kindOf } from './batch-kinds.ts';
import { emptyTables, mergeLanding, type MemoryLine, type Tables } from './memory-tables.ts';

export type { MemoryLine };

/** The whole run ends here, as when its machine is switched off. */
export class SwitchedOff extends Error {}

/** What happens to a call: before it, it has no effect; after it, its answer is lost. */
export interface Trouble {
  readonly when: 'before' | 'after';
  readonly error: () => Error;
}

const LOAD = 'MERGE landing INTO mart.sales_line';
const LOAD_ASIDE = 'MERGE landing INTO rebuild.sales_line';
const FRESHNESS = 'UPDATE mart.freshness';
const REFRESH = 'REBUILD rollups';
const LOAD_ERRORS = 'TAKE load errors';
/** What asks whether something that happens once has happened. */
const ONCE = /has_not_happened[^]*WHERE manifest = '(.*)'/;
const long = (value: number | undefined): Field => (value === undefined ? { isNull: true } : { longValue: value });
const timestamp = (time: number | undefined): Field =>
  time === undefined ? { isNull: true } : { stringValue: new Date(time).toISOString().replace('T', ' ').replace('Z', '') };

/** A warehouse, its Data API, the tables beside it and the bucket, all of which can fail at any call. */
export class MemoryWarehouse {
  readonly clock = new WorldClock();
  readonly tables: Tables = emptyTables();
  /** Lists of staged lines, how often each was copied, and what was told of it. */
  readonly imports = new Map<string, { readonly lines: readonly MemoryLine[]; readonly version: string }>();
  readonly copies = new Map<string, number>();
  readonly told = new Map<string, ImportOutcome>();
  readonly refusedImports = new Set<string>();
  /** What the warehouse can be made from again: objects of the stream, and files with how often they were imported. */
  readonly objects = new Map<string, readonly MemoryLine[]>();
  /** When each object was put; those that are not here were there from the beginning. */
  readonly putAt = new Map<string, number>();
  readonly files = new Map<string, readonly MemoryLine[]>();
  readonly lists = new Map<string, RebuildList>();
  readonly unreadable = new Set<string>();
  importRuns = 0;
  /** When Firehose put each of its objects. */
  readonly stagedAt: number[] = [];
  readonly stored = new Map<string, StoredAnswer>();
  readonly manifests = new Map<string, readonly MemoryLine[]>();
  readonly shelved = new Map<string, 'redriven' | 'refused'>();
  loadState: LoadState = {};
  /** Calls of any port so far, and which of them go wrong. */
  calls = 0;
  readonly trouble = new Map<number, Trouble>();
  /** Looks on after each of them. */
  onCall: () => void = () => undefined;
  /** Batches by what they do, in the order in which they were started. */
  readonly log: string[] = [];
  /** The words with which the next batch with this statement is refused, each once. */
  readonly refusals: { readonly statement: RegExp; readonly error: string }[] = [];
  /** How long a refresh takes. */
  refreshMilliseconds = 2000;
  puts = 0;
  private readonly batches = new Map<string, { progress: BatchProgress; readonly results: FieldRow[][] }>();
  private readonly tokens = new Map<string, string>();
  private readonly values = new Map<string, () => number>();
  private counts: FieldRow = [];
  /** Of the raw lines that are being compared, those that are not there. */
  private missing: readonly MemoryLine[] = [];

  /** Firehose copies lines, now; or somebody else does. */
  copy(lines: readonly MemoryLine[], source: { readonly source?: string } = {}): void {
    const copiedAt = Math.floor(this.clock.time / 1000) * 1000;
    this.tables.landing.push(...lines.map((line) => ({ line, copiedAt, ...source })));
  }

  get total(): number {
    return [...this.tables.lines.values()].reduce((sum, amount) => sum + amount, 0);
  }

  readonly load = [{ name: '01-load.sql', text: `${LOAD};\n${FRESHNESS};\n` }];
  readonly loadErrors = [{ name: '01-load-errors.sql', text: `${LOAD_ERRORS};\n` }];
  readonly refresh = [{ name: '01-refresh.sql', text: `${REFRESH};\n` }];

  readonly questions: readonly FixedQuestion[] = [
    this.question('total', 'SELECT total', () => this.total, []),
    this.question('count', 'SELECT count', () => this.tables.lines.size, [{ name: 'most', value: '7' }]),
    this.question('rollup', 'SELECT rollup', () => this.tables.rollup ?? 0, [{ name: 'most', value: '9' }]),
  ];

  private question(key: string, sql: string, value: () => number, parameters: FixedQuestion['statement']['parameters']) {
    this.values.set(sql, value);
    return {
      key,
      statement: { name: key, sql, parameters, source: 'ROLLUP' as const },
      answer(records: readonly FieldRow[]) {
        const [row = []] = records;
        return { asOf: row[1]?.stringValue ?? null, rows: [{ value: row[0]?.longValue }], hasMore: false };
      },
    };
  }

  readonly dataApi: DataApi = {
    start: (batch, token) =>
      this.call(() => {
        const known = this.tokens.get(token);
        if (known !== undefined) return this.progressOf(known);
        const id = `batch-${String(this.batches.size + 1)}`;
        this.tokens.set(token, id);
        this.batches.set(id, this.perform(id, batch));
        return this.progressOf(id);
      }),
    look: (id) => this.call(() => this.progressOf(id)),
    rows: (id, statement) => this.call(() => this.batches.get(id)?.results[statement] ?? []),
  };

  /** Forget all batches, as the Data API does after a day. */
  forget(): void {
    this.batches.clear();
  }

  private progressOf(id: string): BatchProgress {
    const batch = this.batches.get(id);
    if (batch === undefined) throw named('ResourceNotFoundException', 'Query does not exist.');
    return batch.progress;
  }

  private perform(id: string, { statements }: StatementBatch) {
    const what = statements.includes(LOAD)
      ? 'load'
      : statements.includes(LOAD_ASIDE)
        ? 'load aside'
        : statements[0] === REFRESH
          ? 'refresh'
          : statements.includes(LOAD_ERRORS)
            ? 'load errors'
            : kindOf(statements);
    this.log.push(what);
    const [, once] = statements.map((sql) => ONCE.exec(sql)?.[1]);
    if (once !== undefined && this.tables.imports.has(once))
      return { progress: { id, status: 'FAILED' as const, error: 'ERROR: Divide by zero' }, results: [] };
    const listed = statements.flatMap((sql) => this.lists.get(copiedKey(sql))?.objects ?? []);
    const bad = listed.find((key) => this.unreadable.has(key));
    if (bad !== undefined)
      return { progress: { id, status: 'FAILED' as const, error: `incorrect data check in ${bad}` }, results: [] };
    const refused = this.refusals.findIndex(({ statement }) => statements.some((sql) => statement.test(sql)));
    if (refused >= 0) {
      const [{ error } = { error: '' }] = this.refusals.splice(refused, 1);
      return { progress: { id, status: 'FAILED' as const, error }, results: [] };
    }
    return { progress: { id, status: 'FINISHED' as const }, results: statements.map((sql) => this.execute(sql)) };
  }

  private execute(sql: string): FieldRow[] {
    const { tables } = this;
    const value = this.values.get(sql);
    if (value !== undefined)
      return [[long(value()), tables.asOf === undefined ? { isNull: true } : { stringValue: tables.asOf }]];
    if (sql === LOAD) return this.merge(tables.lines);
    if (sql === LOAD_ASIDE) return this.merge(tables.aside);
    if (sql === FRESHNESS) return this.tellFreshness();
    if (sql === LOAD_ERRORS) return [];
    if (sql === REFRESH) {
      this.clock.pass(this.refreshMilliseconds);
      tables.rollup = this.total;
      tables.refreshedLoadId = tables.loadId;
      return [];
    }
    if (sql.includes('FROM intake.load_audit\nWHERE')) return [this.counts];
    if (sql.startsWith('COPY raw_line')) {
      const key = copiedKey(sql);
      this.copies.set(key, (this.copies.get(key) ?? 0) + 1);
      const listed = this.lists.get(key)?.objects.flatMap((object) => this.objects.get(object) ?? []) ?? [];
      this.missing = listed.filter(({ id, amount }) => tables.lines.get(id) !== amount);
      return [];
    }
    if (sql.startsWith('INSERT INTO intake.landing')) {
      this.tables.landing.push(...this.missing.map((line) => ({ line, copiedAt: 0 })));
      return [];
    }
    if (sql.endsWith('FROM raw_line')) return [[long(this.missing.length)]];
    if (sql.includes('TABLE raw_line') || sql.includes('FROM raw_line')) return [];
    if (sql.startsWith('COPY')) {
      const key = copiedKey(sql);
      const { lines } = this.imports.get(key) ?? {};
      this.copies.set(key, (this.copies.get(key) ?? 0) + 1);
      const listed = this.lists.get(key)?.objects.flatMap((object) => this.objects.get(object) ?? []);
      this.copy(lines ?? listed ?? this.manifests.get(key) ?? [], lines === undefined ? {} : { source: key });
      return [];
    }
    const recorded = /^INSERT INTO intake\.import .* VALUES \('(\S+)'/.exec(sql)?.[1];
    if (recorded !== undefined) tables.imports.set(recorded, this.clock.time);
    if (sql === 'DELETE FROM intake.landing') tables.landing = [];
    if (sql === 'DELETE FROM mart.sales_line') tables.lines.clear();
    if (sql === 'DELETE FROM mart.agg_sales') tables.rollup = 0;
    if (sql === 'DELETE FROM rebuild.sales_line') tables.aside.clear();
    if (sql === 'INSERT INTO mart.sales_line SELECT * FROM rebuild.sales_line') tables.lines = new Map(tables.aside);
    if (sql.startsWith('INSERT INTO mart.')) return [];
    if (sql === 'UPDATE mart.freshness SET refreshed_load_id = NULL') {
      tables.refreshedLoadId = undefined;
      return [];
    }
    if (sql.startsWith('DELETE FROM') || recorded !== undefined || sql.startsWith('LOCK') || ONCE.test(sql)) return [];
    if (sql.includes('WHERE manifest IN')) return this.copiedOf(sql);
    const freshness = [long(tables.loadId), long(tables.refreshedLoadId)];
    return sql.includes('landing')
      ? [
          [
            long(tables.landing.length),
            timestamp(tables.newestCopiedAt),
            ...freshness,
            long(tables.landing.filter(({ source }) => source !== undefined).length),
          ],
        ]
      : [freshness];
  }

  private tellFreshness(): FieldRow[] {
    const { tables } = this;
    if (tables.lastLoad === undefined) return [];
    tables.loadId = tables.lastLoad.id;
    tables.asOf = new Date(tables.lastLoad.at).toISOString();
    return [];
  }

  private merge(lines: Map<string, number>): FieldRow[] {
    const counts = mergeLanding(this.tables, lines, this.clock.time);
    if (counts === undefined) return [];
    this.counts = [counts.in, counts.new, counts.changed, counts.unchanged, counts.repeated, this.tables.rejected].map(long);
    return [];
  }

  private copiedOf(sql: string): FieldRow[] {
    const { tables } = this;
    const keys = [...(/manifest IN \((.*)\)/.exec(sql)?.[1] ?? '').matchAll(/'([^']*)'/g)].map(([, key = '']) => key);
    return keys.flatMap((key) => {
      const at = tables.imports.get(key);
      if (at === undefined) return [];
      const told = tables.sources.get(key);
      const counts = (['in', 'new', 'changed', 'unchanged', 'repeated', 'rejected'] as const).map((name) => told?.counts[name]);
      const waiting = tables.landing.filter(({ source }) => source === key).length;
      return [
        [
          ...[{ stringValue: key }, timestamp(at), long(waiting), long(told?.load), timestamp(told?.at)],
          ...counts.map((count) => long(count ?? 0)),
        ],
      ];
    });
  }

  readonly state: LoadStateStore = {
    read: () => this.call(() => this.loadState),
    announce: (at) =>
      this.call(() => {
        this.loadState = { ...this.loadState, announcedAt: Math.max(at, this.loadState.announcedAt ?? 0) };
      }),
    write: (changes) =>
      this.call(() => {
        this.loadState = { ...this.loadState, ...changes };
      }),
  };

  readonly lease = new MemoryLease((effect) => this.call(effect));

  readonly answers: AnswerStore = {
    put: (answer) =>
      this.call(() => {
        this.stored.set(answer.question, answer);
        this.puts++;
      }),
    remove: (question) =>
      this.call(() => {
        this.stored.delete(question);
      }),
  };

  readonly staged: StagedLines = {
    newestSince: (at, until) =>
      this.call(() => {
        const newest = Math.max(...this.stagedAt.filter((time) => time >= at && time <= until));
        return newest === -Infinity ? undefined : newest;
      }),
  };

  readonly deliveries: FailedDeliveries = {
    bucket: 'bucket',
    list: () => this.call(() => [...this.manifests.keys()].filter((key) => !this.shelved.has(key))),
    moveTo: (key, shelf) =>
      this.call(() => {
        this.shelved.set(key, shelf);
      }),
  };

  readonly importManifests: ImportManifests = {
    bucket: 'bucket',
    list: () => this.call(() => [...this.imports].map(([key, { version }]) => ({ key, version }))),
    writeOutcome: (outcome) =>
      this.call(() => {
        this.told.set(outcome.manifest, outcome);
      }),
    remove: (key) =>
      this.call(() => {
        this.imports.delete(key);
      }),
    shelve: (key) =>
      this.call(() => {
        this.imports.delete(key);
        this.refusedImports.add(key);
      }),
  };

  readonly rebuildSource: RebuildSource = {
    bucket: 'bucket',
    objects: () => this.call(() => [...this.objects.keys()].sort().map((key) => ({ key, size: 1 }))),
    putSince: (at) =>
      this.call(() =>
        [...this.objects.keys()]
          .map((key) => ({ key, size: 1, putAt: this.putAt.get(key) ?? 0 }))
          .filter(({ putAt }) => putAt >= at)
          .sort((one, other) => one.putAt - other.putAt),
      ),
    hasFiles: () => this.call(() => this.files.size > 0),
    putList: (list) =>
      this.call(() => {
        this.lists.set(list.key, list);
      }),
    readList: (key) => this.call(() => this.lists.get(key) ?? { key, objects: [] }),
  };

  /** Publishes all files at once, and takes a minute until it has ended. */
  readonly importJob: ImportJob = {
    start: () =>
      this.call(() => {
        const run = String(++this.importRuns);
        for (const [name, lines] of this.files) this.imports.set(`import/manifests/${name}.${run}.json`, { lines, version: run });
        return `${run} ${String(this.clock.time + 60_000)}`;
      }),
    look: (run) => this.call(() => (this.clock.time < Number(run.split(' ')[1]) ? 'RUNNING' : 'SUCCEEDED')),
  };

  private async call<T>(effect: () => T): Promise<T> {
    this.calls++;
    const trouble = this.trouble.get(this.calls);
    this.clock.pass(20);
    if (trouble?.when === 'before') throw trouble.error();
    const result = effect();
    this.onCall();
    if (trouble !== undefined) throw trouble.error();
    return result;
  }
}

/** An error as the SDK throws it. */
export function named(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}
