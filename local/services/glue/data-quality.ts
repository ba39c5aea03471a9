import { randomBytes } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { ServiceError, errorText } from '../../errors.ts';
import type { RulesetDefinition } from './definition.ts';
import type { Catalog, KeptTable } from './catalog.ts';
import { invalid } from './catalog-requests.ts';
import type { Rule } from './data-quality-language.ts';
import { readRuleset } from './data-quality-language.ts';
import type { Evaluation, Verdict } from './data-quality-rules.ts';
import { evaluationOf } from './data-quality-rules.ts';
import type { QualityRun, TableName } from './data-quality-store.ts';
import { QualityStore } from './data-quality-store.ts';

/** What is asked of a table. */
interface TableRequest {
  /** `s3://<bucket>/<key>`. */
  readonly location: string;
  readonly format: 'parquet' | 'json';
  /** As DDL, such as `line_id string`. */
  readonly columns: readonly string[];
  readonly partitions: readonly string[];
  /** Where the registered partitions are: of a table with partition keys, nothing else is read. */
  readonly registered: readonly string[];
  /** Expressions over all rows. */
  readonly aggregates: readonly string[];
  /** Queries over the view `primary`, each for one number. */
  readonly statements: readonly string[];
}

/** The answers, in the order of the queries. */
export interface TableResult {
  readonly aggregates: readonly NumberOrError[];
  readonly statements: readonly NumberOrError[];
}

type NumberOrError = { readonly number: number } | { readonly error: string };

/** Asks a table, somewhere where Spark is. @param id - of the run, for logs */
export type QueryTable = (id: string, request: TableRequest, signal: AbortSignal) => Promise<TableResult>;

export interface DataQualityPorts {
  readonly catalog: Catalog;
  readonly ask: QueryTable;
  readonly clock: Clock;
  log(this: void, line: string): void;
}

/** Evaluations of the template's rulesets. */
export class DataQuality {
  private readonly store: QualityStore;
  private readonly rules: ReadonlyMap<string, readonly Rule[]>;
  private readonly running = new Map<string, { readonly stopping: AbortController; readonly done: Promise<void> }>();

  /** @throws RulesetError when a ruleset has what cannot be evaluated here */
  constructor(
    private readonly rulesets: readonly RulesetDefinition[],
    directory: string,
    private readonly ports: DataQualityPorts,
  ) {
    this.rules = new Map(rulesets.map(({ name, ruleset }) => [name, readRuleset(ruleset)]));
    this.store = new QualityStore(directory);
  }

  all(): readonly (RulesetDefinition & { readonly ruleCount: number })[] {
    return this.rulesets.map((ruleset) => ({ ...ruleset, ruleCount: this.rules.get(ruleset.name)?.length ?? 0 }));
  }

  /** @throws ServiceError EntityNotFoundException */
  ruleset(name: string): RulesetDefinition {
    const ruleset = this.rulesets.find((one) => one.name === name);
    return ruleset ?? notFound(`Ruleset ${name} does not exist.`);
  }

  runs(): readonly QualityRun[] {
    return this.store.runs();
  }

  /** @throws ServiceError EntityNotFoundException */
  run(id: string): QualityRun {
    return this.store.run(id) ?? notFound(`Cannot find Data Quality Evaluation Run with Id ${id}.`);
  }

  /** @throws ServiceError EntityNotFoundException */
  result(id: string) {
    return this.store.result(id) ?? notFound(`Cannot find Data Quality Result with Id ${id}.`);
  }

  /** Begin an evaluation. @returns its id @throws ServiceError */
  start(place: TableName, names: readonly string[], role: string): string {
    const table = this.ports.catalog.table(place.databaseName, place.tableName);
    for (const name of names) this.ruleset(name);
    const request = describe(table);
    const now = this.ports.clock.now();
    const id = `dqrun-${randomBytes(20).toString('hex')}`;
    const run: QualityRun = {
      id,
      status: 'RUNNING',
      table: place,
      role,
      rulesets: names,
      startedAt: now,
      modifiedAt: now,
      resultIds: [],
    };
    this.store.put(run);
    const stopping = new AbortController();
    const done = this.evaluate(run, request, stopping.signal)
      .catch((error: unknown) => {
        this.ports.log(`data quality ${id}: how it went cannot be kept: ${String(error)}`);
      })
      .finally(() => this.running.delete(id));
    this.running.set(id, { stopping, done });
    return id;
  }

  /** End an evaluation. @throws ServiceError */
  cancel(id: string): void {
    const run = this.run(id);
    const running = this.running.get(id);
    if (running === undefined) throw invalid(`Data Quality Evaluation Run ${id} is ${run.status}: there is nothing to cancel`);
    this.store.put({ ...run, status: 'STOPPING', modifiedAt: this.ports.clock.now() });
    running.stopping.abort();
  }

  async close(): Promise<void> {
    for (const { stopping } of this.running.values()) stopping.abort();
    await Promise.all([...this.running.values()].map(({ done }) => done));
  }

  /** Fails only when it cannot be kept how it went. */
  private async evaluate(
    run: QualityRun,
    table: Omit<TableRequest, 'aggregates' | 'statements'>,
    signal: AbortSignal,
  ): Promise<void> {
    const { ask, clock, log } = this.ports;
    try {
      const columns = [...table.columns, ...table.partitions].map((column) => /^`(.*)` /.exec(column)?.[1] ?? '');
      const sets = run.rulesets.map((name) =>
        (this.rules.get(name) ?? []).map((rule) => ({ text: rule.text, evaluation: evaluationOf(rule, columns) })),
      );
      const queries = sets.flat().map(({ evaluation }) => evaluation.query);
      const answer = await ask(
        run.id,
        {
          ...table,
          aggregates: queries.flatMap(({ aggregates }) => aggregates),
          statements: queries.flatMap(({ statements }) => statements),
        },
        signal,
      );
      signal.throwIfAborted();
      const [aggregates, statements] = [[...answer.aggregates], [...answer.statements]];
      const completedAt = clock.now();
      const results = sets.map((rules, index) => ({
        id: `dqresult-${randomBytes(20).toString('hex')}`,
        runId: run.id,
        ruleset: run.rulesets[index] ?? '',
        table: run.table,
        startedAt: run.startedAt,
        completedAt,
        rules: rules.map(({ text, evaluation }) => ({ text, ...judge(evaluation, aggregates, statements) })),
      }));
      this.store.put(
        { ...run, status: 'SUCCEEDED', modifiedAt: completedAt, completedAt, resultIds: results.map(({ id }) => id) },
        results,
      );
    } catch (error) {
      const now = clock.now();
      const message = errorText(error);
      const end = signal.aborted ? ({ status: 'STOPPED' } as const) : ({ status: 'FAILED', error: message } as const);
      this.store.put({ ...run, ...end, modifiedAt: now, completedAt: now });
      log(`data quality ${run.id} ${signal.aborted ? 'was stopped' : `failed: ${message}`}`);
    }
  }
}

/** Takes its own answers from the front of both lists. */
function judge(evaluation: Evaluation, aggregates: NumberOrError[], statements: NumberOrError[]): Verdict {
  const { query } = evaluation;
  const answers = [...aggregates.splice(0, query.aggregates.length), ...statements.splice(0, query.statements.length)];
  const failed = answers.find((answer) => 'error' in answer);
  if (failed !== undefined && 'error' in failed) return { result: 'ERROR', message: failed.error, metrics: {} };
  return evaluation.judge(answers.map((answer) => ('number' in answer ? answer.number : Number.NaN)));
}

function describe({ input, partitions }: KeptTable): Omit<TableRequest, 'aggregates' | 'statements'> {
  const { StorageDescriptor: storage, Parameters: parameters, PartitionKeys: keys } = input;
  const format = parameters?.['classification'];
  if (format !== 'parquet' && format !== 'json')
    throw invalid(
      `table ${input.Name} is ${format ?? 'of no format'}: locally, quality is measured of Parquet and of JSON lines`,
    );
  if (storage?.Location === undefined) throw invalid(`table ${input.Name} has no location`);
  const ddl = (columns: typeof keys = []) => columns.map(({ Name, Type }) => `\`${Name ?? ''}\` ${Type ?? 'string'}`);
  const location = `${storage.Location.replace(/\/$/, '')}/`;
  const registered = partitions.map(({ Values = [], StorageDescriptor: own }) => {
    const path = Values.map((value, index) => `${keys?.[index]?.Name ?? ''}=${value}/`).join('');
    // The values are read off the path here; on AWS they are what was registered.
    if (own?.Location?.replace(/\/?$/, '/') === `${location}${path}`) return `${location}${path}`;
    throw invalid(
      `partition ${Values.join('/')} of table ${input.Name} lies at ${own?.Location ?? 'no place'}: locally, it must be ${location}${path}`,
    );
  });
  return { location, format, columns: ddl(storage.Columns), partitions: ddl(keys), registered };
}

function notFound(message: string): never {
  throw new ServiceError('EntityNotFoundException', message);
}
