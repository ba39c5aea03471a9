import type { ResponseEffect } from '../../faults.ts';
import type { JsonOperations } from '../../http/aws-json-server.ts';
import { ServiceError } from '../../errors.ts';
import type { Clock } from '../../clock.ts';
import { pageOf, refuseMembers, requiredText, texts } from './catalog-requests.ts';
import type { Crawler, Crawlers } from './crawlers.ts';
import type { LastCrawl } from './crawler-state.ts';

/** @source service model 2017-03-31, shapes PageSize and CrawlerNameList */
const MAX_CRAWLERS = 1000;
const MAX_NAMES = 100;
const LOG_GROUP = '/aws-glue/crawlers';

/** Everything about crawlers but to make them: they come from the template. */
export function crawlerOperations(crawlers: Crawlers, clock: Clock): JsonOperations<ResponseEffect> {
  return {
    GetCrawler: (input) => ({ Crawler: describe(crawlers.find(requiredText(input, 'Name')), clock.now()) }),

    GetCrawlers: (input) => {
      const { page, next } = pageOf(input, crawlers.all(), MAX_CRAWLERS);
      return { Crawlers: page.map((crawler) => describe(crawler, clock.now())), ...next };
    },

    ListCrawlers: (input) => {
      refuseMembers(input, 'Tags');
      const { page, next } = pageOf(input, crawlers.all(), MAX_CRAWLERS);
      return { CrawlerNames: page.map(({ definition }) => definition.name), ...next };
    },

    StartCrawler: (input) => {
      crawlers.start(requiredText(input, 'Name'));
      return {};
    },

    StopCrawler: (input) => {
      crawlers.stop(requiredText(input, 'Name'));
      return {};
    },

    GetCrawlerMetrics: (input) => {
      const names = texts(input, 'CrawlerNameList');
      if (names.length > MAX_NAMES)
        throw new ServiceError('InvalidInputException', `ask for at most ${String(MAX_NAMES)} crawlers`);
      const { page, next } = pageOf(
        input,
        names.length > 0 ? names.map((name) => crawlers.find(name)) : crawlers.all(),
        MAX_CRAWLERS,
      );
      return { CrawlerMetricsList: page.map(metricsOf), ...next };
    },
  };
}

function describe({ definition, kept, state, runningSince }: Crawler, now: number): object {
  const { description, schedule, configuration, tablePrefix } = definition;
  return {
    Name: definition.name,
    Role: definition.roleArn.replace(/^.*:role\//, ''),
    Targets: {
      S3Targets: definition.s3Targets,
      JdbcTargets: definition.jdbcTargets.map(({ connectionName, path, exclusions }) => ({
        ConnectionName: connectionName,
        Path: path,
        Exclusions: exclusions,
      })),
    },
    DatabaseName: definition.databaseName,
    ...(description !== undefined && { Description: description }),
    Classifiers: definition.classifiers,
    RecrawlPolicy: { RecrawlBehavior: definition.recrawlBehavior },
    SchemaChangePolicy: { UpdateBehavior: definition.updateBehavior, DeleteBehavior: definition.deleteBehavior },
    LineageConfiguration: { CrawlerLineageSettings: 'DISABLE' },
    State: state,
    ...(tablePrefix !== '' && { TablePrefix: tablePrefix }),
    ...(schedule !== undefined && { Schedule: { ScheduleExpression: schedule, State: 'SCHEDULED' } }),
    CrawlElapsedTime: runningSince === undefined ? 0 : now - runningSince,
    CreationTime: kept.createdAt / 1000,
    LastUpdated: kept.updatedAt / 1000,
    ...(kept.last && { LastCrawl: describeLast(kept.last, definition.name) }),
    Version: kept.version,
    ...(configuration !== undefined && { Configuration: configuration }),
  };
}

function describeLast({ status, error, startedAt, id }: LastCrawl, name: string): object {
  return {
    Status: status,
    ...(error !== undefined && { ErrorMessage: error }),
    LogGroup: LOG_GROUP,
    LogStream: name,
    MessagePrefix: id,
    StartTime: startedAt / 1000,
  };
}

/** Tables are those of the last crawl. */
function metricsOf({ definition, kept, state }: Crawler): object {
  const sorted = [...kept.seconds].sort((one, other) => one - other);
  return {
    CrawlerName: definition.name,
    TimeLeftSeconds: 0,
    StillEstimating: state !== 'READY',
    LastRuntimeSeconds: kept.seconds.at(-1) ?? 0,
    MedianRuntimeSeconds: sorted[Math.floor(sorted.length / 2)] ?? 0,
    TablesCreated: kept.tables.created,
    TablesUpdated: kept.tables.updated,
    TablesDeleted: kept.tables.deleted,
  };
}
