import type { ClassifierDefinition, ConnectionDefinition, CrawlerDefinition } from './definition.ts';
import { bucketAndKey } from './crawler-objects.ts';

/** A crawler, or what belongs to one, asks for what the stand-in does not do. */
export class CrawlerDefinitionError extends Error {
  override readonly name = 'CrawlerDefinitionError';
  readonly code = 'CRAWLER_DEFINITION';

  /** @param what - such as `crawler bulk-files` */
  constructor(
    readonly what: string,
    advice: string,
  ) {
    super(`${what}: ${advice}`);
  }
}

/** What `Configuration` says. */
export interface CrawlerConfiguration {
  /** A partition has its table's columns. */
  readonly partitionsInherit: boolean;
  /** New columns are put behind those that a table has; otherwise its columns are replaced. */
  readonly mergesNewColumns: boolean;
  /** Files of one format are one table, whatever their columns are. */
  readonly combinesCompatible: boolean;
}

/** What can be written into `Configuration`; @source Glue developer guide, "Setting crawler configuration options" */
const KNOWN: Readonly<Record<string, readonly unknown[]>> = {
  Version: [1],
  'CrawlerOutput.Partitions.AddOrUpdateBehavior': ['InheritFromTable'],
  'CrawlerOutput.Tables.AddOrUpdateBehavior': ['MergeNewColumns'],
  'Grouping.TableGroupingPolicy': ['CombineCompatibleSchemas'],
  // An index makes queries quicker and changes no answer.
  CreatePartitionIndex: [true, false],
};

/** @throws CrawlerDefinitionError */
export function readConfiguration({ name, configuration }: CrawlerDefinition): CrawlerConfiguration {
  const what = `crawler ${name}: Configuration`;
  const values = new Map(flat(parse(configuration ?? '{"Version": 1.0}', what)));
  for (const [path, value] of values) {
    if (KNOWN[path]?.includes(value) === true) continue;
    const known = Object.entries(KNOWN).map(([one, choices]) => `${one}: ${choices.map(String).join(' or ')}`);
    throw new CrawlerDefinitionError(what, `${path}: ${String(value)} is not supported locally: write ${known.join('; ')}`);
  }
  return {
    partitionsInherit: values.has('CrawlerOutput.Partitions.AddOrUpdateBehavior'),
    mergesNewColumns: values.has('CrawlerOutput.Tables.AddOrUpdateBehavior'),
    combinesCompatible: values.has('Grouping.TableGroupingPolicy'),
  };
}

function parse(text: string, what: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Said below.
  }
  throw new CrawlerDefinitionError(what, `write a JSON object such as {"Version": 1.0}: got ${text}`);
}

function flat(value: object, path = ''): [string, unknown][] {
  return Object.entries(value).flatMap(([name, member]: [string, unknown]) =>
    typeof member === 'object' && member !== null
      ? flat(member, `${path}${name}.`)
      : [[path + name, member] as [string, unknown]],
  );
}

/** Where a crawler finds a database. */
export interface RedshiftConnection {
  readonly name: string;
  readonly database: string;
  /** Name or ARN of a secret with `username` and `password`. */
  readonly secretId: string;
}

/** @throws CrawlerDefinitionError */
export function readConnection({ name, properties }: ConnectionDefinition): RedshiftConnection {
  const what = `connection ${name}`;
  const url = properties['JDBC_CONNECTION_URL'] ?? '';
  const database = /^jdbc:redshift:\/\/[^/:]+:\d+\/([^/?;]+)$/.exec(url)?.[1];
  if (database === undefined)
    throw new CrawlerDefinitionError(what, `JDBC_CONNECTION_URL: write jdbc:redshift://<host>:5439/<database>: got "${url}"`);
  const secretId = properties['SECRET_ID'];
  if (secretId === undefined)
    throw new CrawlerDefinitionError(what, 'write SECRET_ID: a password has no place in a template, and is not read from it');
  return { name, database, secretId };
}

/** @throws CrawlerDefinitionError for what would be done otherwise on AWS */
export function checkClassifier({ name, customDatatypes, customDatatypeConfigured, serde, ...csv }: ClassifierDefinition): void {
  const what = `classifier ${name}`;
  if (customDatatypeConfigured || customDatatypes.length > 0)
    throw new CrawlerDefinitionError(what, 'CustomDatatypes is not supported locally: declare a table whose types are right');
  if (serde !== undefined && !['OpenCSVSerDe', 'LazySimpleSerDe', 'None'].includes(serde))
    throw new CrawlerDefinitionError(what, `Serde: write OpenCSVSerDe, LazySimpleSerDe or None: got ${serde}`);
  for (const [member, value] of [['Delimiter', csv.delimiter] as const, ['QuoteSymbol', csv.quoteSymbol] as const]) {
    if (value !== undefined && value.length !== 1)
      throw new CrawlerDefinitionError(what, `${member}: write one character: got ${JSON.stringify(value)}`);
  }
  if (csv.quoteSymbol !== undefined && csv.quoteSymbol === csv.delimiter)
    throw new CrawlerDefinitionError(what, 'QuoteSymbol and Delimiter cannot be the same');
}

/** @throws CrawlerDefinitionError when the crawler cannot run here as it would on AWS */
export function checkCrawler(
  { name, s3Targets, jdbcTargets, classifiers, ...crawler }: CrawlerDefinition,
  known: {
    readonly classifiers: readonly string[];
    readonly connections: readonly RedshiftConnection[];
    readonly databases: readonly string[];
  },
): void {
  const what = `crawler ${name}`;
  const refuse = (advice: string): never => {
    throw new CrawlerDefinitionError(what, advice);
  };
  if (s3Targets.length + jdbcTargets.length === 0) refuse('Targets: write S3Targets or JdbcTargets');
  if (!known.databases.includes(crawler.databaseName)) refuse(`DatabaseName: the stack has no database ${crawler.databaseName}`);
  const stranger = classifiers.find((one) => !known.classifiers.includes(one));
  if (stranger !== undefined) refuse(`Classifiers: the stack has no classifier ${stranger}`);
  for (const { Path } of s3Targets)
    if (bucketAndKey(Path) === undefined) refuse(`S3Targets: write s3://<bucket>/<folder>/: got ${Path}`);
  for (const { connectionName, path } of jdbcTargets) {
    const connection = known.connections.find((one) => one.name === connectionName);
    if (connection === undefined) refuse(`JdbcTargets: the stack has no connection ${connectionName}`);
    const [database, ...rest] = path.split('/');
    if (database !== connection?.database || rest.length < 1 || rest.length > 2)
      refuse(`JdbcTargets: write ${connection?.database ?? ''}/<schema>/% or ${connection?.database ?? ''}/%: got ${path}`);
  }
  // The words of CreateCrawler.
  if (
    crawler.recrawlBehavior === 'CRAWL_NEW_FOLDERS_ONLY' &&
    (crawler.updateBehavior !== 'LOG' || crawler.deleteBehavior !== 'LOG')
  )
    refuse(
      "SchemaChangePolicy: 'Crawl new folders only' can have only LOG DeleteBehavior value and only LOG UpdateBehavior value",
    );
}
