import { systemClock } from '../../clock.ts';
import type { Clock } from '../../clock.ts';
import type { ResponseEffect } from '../../faults.ts';
import type { JsonOperations } from '../../http/aws-json-server.ts';
import type { GlueDefinition } from './definition.ts';
import type { S3Objects } from '../s3/in-process.ts';
import { catalogOperations } from './catalog-operations.ts';
import { Catalog } from './catalog.ts';
import { crawlerOperations } from './crawler-operations.ts';
import type { QueryWarehouse } from './crawler-redshift.ts';
import { followSchedules } from './crawler-schedules.ts';
import { Crawlers } from './crawlers.ts';
import { dataQualityOperations } from './data-quality-operations.ts';
import type { QueryTable } from './data-quality.ts';
import { DataQuality } from './data-quality.ts';

export interface CatalogServiceOptions {
  readonly definition: Omit<GlueDefinition, 'jobs'>;
  /** Holds `catalog.json`, `crawlers.json` and `data-quality.json`; it exists. */
  readonly directory: string;
  readonly accountId: string;
  readonly objects: Pick<S3Objects, 'list' | 'read'>;
  readonly query: QueryWarehouse;
  readonly ask: QueryTable;
  /** Schedules of crawlers run so many times faster. */
  readonly timeFactor: number;
  log(this: void, line: string): void;
  /** @default the system's */
  readonly clock?: Clock;
}

/** The Data Catalog at work, with its crawlers and what measures its tables. */
export interface CatalogService {
  /** What Glue's endpoint answers with, by name. */
  readonly operations: JsonOperations<ResponseEffect>;
  /** Stops crawlers, their schedules and evaluations. */
  close(): Promise<void>;
}

/** @throws CrawlerDefinitionError, ScheduleExpressionError, RulesetError when the template asks for what cannot be done here */
export function startCatalog(options: CatalogServiceOptions): CatalogService {
  const { definition, directory, accountId, objects, query, ask, clock = systemClock, timeFactor, log } = options;
  const catalog = new Catalog(directory, () => clock.now());
  catalog.declare(definition.databases, definition.tables);
  const crawlers = new Crawlers(definition, directory, { catalog, objects, query, clock, log });
  const quality = new DataQuality(definition.rulesets, directory, { catalog, ask, clock, log });
  const closing = new AbortController();
  const schedules = followSchedules(crawlers, { clock, timeFactor, log }, closing.signal);
  return {
    operations: {
      ...catalogOperations(catalog, accountId),
      ...crawlerOperations(crawlers, clock),
      ...dataQualityOperations(quality, clock.now()),
    },
    close: async () => {
      closing.abort();
      await Promise.all([schedules, crawlers.close(), quality.close()]);
    },
  };
}
