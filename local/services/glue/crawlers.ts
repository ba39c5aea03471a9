import { createHash, randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { ServiceError, errorText } from '../../errors.ts';
import type { CrawlerDefinition, GlueDefinition } from './definition.ts';
import type { S3Objects } from '../s3/in-process.ts';
import type { Catalog, CrawledTable } from './catalog.ts';
import { changesOf } from './crawler-changes.ts';
import type { CrawlerConfiguration, RedshiftConnection } from './crawler-configuration.ts';
import { checkClassifier, checkCrawler, readConfiguration, readConnection } from './crawler-configuration.ts';
import { bucketAndKey, crawlObjects } from './crawler-objects.ts';
import type { QueryWarehouse } from './crawler-redshift.ts';
import { crawlRedshift } from './crawler-redshift.ts';
import type { CrawlerState, LastCrawl } from './crawler-state.ts';
import { CrawlerStates } from './crawler-state.ts';

/** What crawlers need of the world. */
export interface CrawlerPorts {
  readonly catalog: Catalog;
  readonly objects: Pick<S3Objects, 'list' | 'read'>;
  readonly query: QueryWarehouse;
  readonly clock: Clock;
  log(this: void, line: string): void;
}

/** A crawler as it is now. */
export interface Crawler {
  readonly definition: CrawlerDefinition;
  readonly configuration: CrawlerConfiguration;
  readonly kept: CrawlerState;
  readonly state: 'READY' | 'RUNNING' | 'STOPPING';
  /** Milliseconds since 1970; absent when it does not run. */
  readonly runningSince?: number;
}

interface Run {
  readonly startedAt: number;
  readonly stopping: AbortController;
  readonly done: Promise<void>;
}

/** How many crawls the median is taken of. */
const MAX_RUN_TIMES = 100;

/** The crawlers that the template declares. */
export class Crawlers {
  private readonly runs = new Map<string, Run>();
  private readonly states: CrawlerStates;
  private readonly configurations: ReadonlyMap<string, CrawlerConfiguration>;
  private readonly connections: readonly RedshiftConnection[];

  /** @throws CrawlerDefinitionError when one of them asks for what cannot be done here */
  constructor(
    private readonly definition: Pick<GlueDefinition, 'crawlers' | 'classifiers' | 'connections' | 'databases'>,
    directory: string,
    private readonly ports: CrawlerPorts,
  ) {
    for (const classifier of definition.classifiers) checkClassifier(classifier);
    const used = new Set(
      definition.crawlers.flatMap(({ jdbcTargets }) => jdbcTargets.map(({ connectionName }) => connectionName)),
    );
    this.connections = definition.connections.filter(({ name }) => used.has(name)).map(readConnection);
    const known = {
      classifiers: definition.classifiers.map(({ name }) => name),
      connections: this.connections,
      databases: definition.databases.map(({ input }) => input.Name),
    };
    for (const crawler of definition.crawlers) checkCrawler(crawler, known);
    this.configurations = new Map(definition.crawlers.map((crawler) => [crawler.name, readConfiguration(crawler)]));
    this.states = new CrawlerStates(directory);
    for (const crawler of definition.crawlers) this.states.put(crawler.name, this.declared(crawler));
  }

  /** In the order of their names. */
  all(): readonly Crawler[] {
    const names = this.definition.crawlers.map(({ name }) => name).sort();
    return names.map((name) => this.find(name));
  }

  /** @throws ServiceError EntityNotFoundException */
  find(name: string): Crawler {
    const definition = this.definition.crawlers.find((crawler) => crawler.name === name);
    const [kept, configuration] = [this.states.find(name), this.configurations.get(name)];
    if (definition === undefined || kept === undefined || configuration === undefined)
      throw new ServiceError('EntityNotFoundException', `Crawler entry with name ${name} does not exist`);
    const run = this.runs.get(name);
    if (run === undefined) return { definition, configuration, kept, state: 'READY' };
    return {
      definition,
      configuration,
      kept,
      state: run.stopping.signal.aborted ? 'STOPPING' : 'RUNNING',
      runningSince: run.startedAt,
    };
  }

  /** Begin a crawl. @throws ServiceError CrawlerRunningException */
  start(name: string): void {
    const crawler = this.find(name);
    if (crawler.state !== 'READY')
      throw new ServiceError('CrawlerRunningException', `Crawler with name ${name} has already started`);
    const [startedAt, stopping] = [this.ports.clock.now(), new AbortController()];
    const done = this.run(crawler, startedAt, stopping.signal)
      .catch((error: unknown) => {
        this.ports.log(`crawler ${name}: how it went cannot be kept: ${String(error)}`);
      })
      .finally(() => this.runs.delete(name));
    this.runs.set(name, { startedAt, stopping, done });
  }

  /** End a crawl; what it has found is lost. @throws ServiceError CrawlerNotRunningException, CrawlerStoppingException */
  stop(name: string): void {
    const { state } = this.find(name);
    if (state === 'READY') throw new ServiceError('CrawlerNotRunningException', `Crawler with name ${name} isn't running`);
    if (state === 'STOPPING') throw new ServiceError('CrawlerStoppingException', `Crawler with name ${name} is stopping`);
    this.runs.get(name)?.stopping.abort();
  }

  /** Stop what runs, and wait for its end. */
  async close(): Promise<void> {
    for (const { stopping } of this.runs.values()) stopping.abort();
    await Promise.all([...this.runs.values()].map(({ done }) => done));
  }

  /** What is kept of a crawler, as it is declared now. Folders of other targets are new ones. */
  private declared(crawler: CrawlerDefinition): CrawlerState {
    const now = this.ports.clock.now();
    const kept = this.states.find(crawler.name);
    const declaration = createHash('sha256').update(JSON.stringify(crawler)).digest('hex');
    if (kept?.declaration === declaration) return kept;
    const before = kept ?? { createdAt: now, version: 0, seconds: [], tables: { created: 0, updated: 0, deleted: 0 } };
    return { ...before, declaration, updatedAt: now, version: before.version + 1, folders: [] };
  }

  /** Fails only when it cannot be kept how it went. */
  private async run(crawler: Crawler, startedAt: number, signal: AbortSignal): Promise<void> {
    const { name, databaseName } = crawler.definition;
    const { catalog, clock, log } = this.ports;
    let last: LastCrawl = { status: 'SUCCEEDED', startedAt, id: randomUUID() };
    let [folders, tables] = [crawler.kept.folders, { created: 0, updated: 0, deleted: 0 }];
    try {
      const isPartial = crawler.definition.recrawlBehavior === 'CRAWL_NEW_FOLDERS_ONLY' && folders.length > 0;
      const crawl = await this.crawl(crawler, isPartial ? new Set(folders) : new Set(), signal);
      signal.throwIfAborted();
      const { configuration, definition } = crawler;
      const changes = changesOf({ crawler: definition, configuration, found: crawl.found, isPartial, now: clock.now() }, catalog);
      catalog.crawled(databaseName, name, changes.put, changes.removed);
      folders = isPartial ? [...folders, ...crawl.folders] : crawl.folders;
      tables = { created: changes.created, updated: changes.updated, deleted: changes.deleted };
      for (const note of changes.notes) log(`crawler ${name}: ${note}`);
      log(
        `crawler ${name}: ${String(tables.created)} tables made, ${String(tables.updated)} changed, ${String(tables.deleted)} gone`,
      );
    } catch (error) {
      const message = errorText(error);
      last = { ...last, ...(signal.aborted ? { status: 'CANCELLED' } : { status: 'FAILED', error: message }) };
      log(`crawler ${name} ${signal.aborted ? 'was stopped' : `failed: ${message}`}`);
    }
    const seconds = [...crawler.kept.seconds, (clock.now() - startedAt) / 1000].slice(-MAX_RUN_TIMES);
    this.states.put(name, { ...crawler.kept, last, folders: [...new Set(folders)], seconds, tables });
  }

  private async crawl(
    { definition: crawler, configuration }: Crawler,
    known: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<{ readonly found: readonly CrawledTable[]; readonly folders: readonly string[] }> {
    const { objects, query } = this.ports;
    const classifiers = crawler.classifiers.flatMap((name) => this.definition.classifiers.find((one) => one.name === name) ?? []);
    const [found, folders]: [CrawledTable[], string[]] = [[], []];
    for (const target of crawler.s3Targets) {
      const place = (folder: string) => `s3://${bucketAndKey(target.Path)?.[0] ?? ''}/${folder}`;
      const isKnown = (folder: string) => known.has(place(folder));
      const findings = await crawlObjects({ crawler, target, classifiers, configuration, objects, isKnown, signal });
      found.push(...findings.tables);
      folders.push(...findings.folders.map(place));
    }
    for (const target of crawler.jdbcTargets) {
      signal.throwIfAborted();
      const connection = this.connections.find(({ name }) => name === target.connectionName);
      if (connection) found.push(...(await crawlRedshift(crawler, target, connection, query)));
    }
    return { found, folders };
  }
}
