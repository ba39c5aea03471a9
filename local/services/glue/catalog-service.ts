import { systemClock } from '../../clock.ts';
import type { Clock } from '../../clock.ts';
import type { GlueDefinition } from '../../template/glue-definition.ts';
import type { S3Objects } from '../s3-in-process.ts';
import { catalogOperations } from './catalog-operations.ts';
import type { Input } from './catalog-requests.ts';
import { Catalog } from './catalog.ts';
import { crawlerOperations } from './crawler-operations.ts';
import type { QueryWarehouse } from './crawler-redshift.ts';
import { followSchedules } from './crawler-schedules.ts';
import { Crawlers } from './crawlers.ts';

export interface CatalogServiceOptions {
  readonly definition: Omit<GlueDefinition, 'jobs'>;
  /** Holds `catalog.json` and `crawlers.json`; it exists. */
  readonly directory: string;
  readonly accountId: string;
  readonly objects: Pick<S3Objects, 'list' | 'read'>;
  readonly query: QueryWarehouse;
  /** Schedules of crawlers run so many times faster. */
  readonly timeFactor: number;
  log(this: void, line: string): void;
  /** @default the system's */
  readonly clock?: Clock;
}

/** The Data Catalog and its crawlers at work. */
export interface CatalogService {
  /** What Glue's endpoint answers with, by name. */
  readonly operations: Readonly<Record<string, (input: Input) => unknown>>;
  /** Stops crawlers and their schedules. */
  close(): Promise<void>;
}

/** @throws CrawlerDefinitionError, ScheduleExpressionError when the template asks for what cannot be done here */
export function startCatalog(options: CatalogServiceOptions): CatalogService {
  const { definition, directory, accountId, objects, query, clock = systemClock, timeFactor, log } = options;
  const catalog = new Catalog(directory, () => clock.now());
  catalog.declare(definition.databases, definition.tables);
  const crawlers = new Crawlers(definition, directory, { catalog, objects, query, clock, log });
  const closing = new AbortController();
  const schedules = followSchedules(crawlers, { clock, timeFactor, log }, closing.signal);
  return {
    operations: { ...catalogOperations(catalog, accountId), ...crawlerOperations(crawlers, clock) },
    close: async () => {
      closing.abort();
      await Promise.all([schedules, crawlers.close()]);
    },
  };
}
