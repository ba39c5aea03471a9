import type { Column, SerDeInfo, StorageDescriptor } from '@aws-sdk/client-glue';
import type {
  CatalogTableDefinition,
  ClassifierDefinition,
  ConnectionDefinition,
  CrawlerDefinition,
  DatabaseDefinition,
  RulesetDefinition,
} from './definition.ts';
import type { Properties } from '../../template/properties.ts';

const ONE_CATALOG = 'there is one local catalog';
const IDENTITY = 'there is one local identity, which may do everything';

/** `AWS::Glue::Database`. @param name - as `Ref` gives it */
export function readDatabase(properties: Properties, name: string): DatabaseDefinition {
  properties.ignore({ CatalogId: ONE_CATALOG, DatabaseName: 'read already' });
  const input = properties.object('DatabaseInput');
  input.ignore({ Name: 'read already', CreateTableDefaultPermissions: IDENTITY });
  return { input: { Name: name, ...texts(input, ['Description', 'LocationUri']), Parameters: input.map('Parameters') } };
}

/** `AWS::Glue::Table` over objects. @param name - as `Ref` gives it */
export function readCatalogTable(properties: Properties, name: string): CatalogTableDefinition {
  properties.ignore({ CatalogId: ONE_CATALOG });
  const input = properties.object('TableInput');
  input.ignore({ Name: 'read already' });
  const descriptor = input.optionalObject('StorageDescriptor');
  const retention = input.optionalNumber('Retention');
  return {
    databaseName: properties.string('DatabaseName').toLowerCase(),
    input: {
      Name: name,
      ...texts(input, ['Description', 'Owner', 'TableType', 'ViewOriginalText', 'ViewExpandedText']),
      ...(retention !== undefined && { Retention: retention }),
      Parameters: input.map('Parameters'),
      PartitionKeys: readColumns(input, 'PartitionKeys'),
      ...(descriptor && { StorageDescriptor: readStorage(descriptor) }),
    },
  };
}

function readStorage(descriptor: Properties): StorageDescriptor {
  const serde = descriptor.optionalObject('SerdeInfo');
  const buckets = descriptor.optionalNumber('NumberOfBuckets');
  return {
    Columns: readColumns(descriptor, 'Columns'),
    ...texts(descriptor, ['Location', 'InputFormat', 'OutputFormat']),
    Compressed: descriptor.optionalBoolean('Compressed') ?? false,
    ...(buckets !== undefined && { NumberOfBuckets: buckets }),
    ...(serde && { SerdeInfo: readSerde(serde) }),
    BucketColumns: [...descriptor.strings('BucketColumns')],
    Parameters: descriptor.map('Parameters'),
    StoredAsSubDirectories: descriptor.optionalBoolean('StoredAsSubDirectories') ?? false,
  };
}

function readSerde(serde: Properties): SerDeInfo {
  return { ...texts(serde, ['Name', 'SerializationLibrary']), Parameters: serde.map('Parameters') };
}

function readColumns(properties: Properties, name: string): Column[] {
  return properties.objects(name).map((column) => ({ Name: column.string('Name'), ...texts(column, ['Type', 'Comment']) }));
}

/** `AWS::Glue::Classifier` of CSV. @param name - as `Ref` gives it */
export function readClassifier(properties: Properties, name: string): ClassifierDefinition {
  const csv = properties.optionalObject('CsvClassifier');
  if (csv === undefined) return properties.refuse('CsvClassifier', 'it is required: no other classifier runs locally');
  csv.ignore({ Name: 'read already' });
  const delimiter = csv.optionalString('Delimiter');
  const quoteSymbol = csv.optionalString('QuoteSymbol');
  const serde = csv.optionalString('Serde');
  return {
    name,
    ...(delimiter !== undefined && { delimiter }),
    ...(quoteSymbol !== undefined && { quoteSymbol }),
    containsHeader: csv.choice('ContainsHeader', ['UNKNOWN', 'PRESENT', 'ABSENT'], 'UNKNOWN'),
    header: csv.strings('Header'),
    disableValueTrimming: csv.optionalBoolean('DisableValueTrimming') ?? false,
    allowSingleColumn: csv.optionalBoolean('AllowSingleColumn') ?? false,
    customDatatypeConfigured: csv.optionalBoolean('CustomDatatypeConfigured') ?? false,
    customDatatypes: csv.strings('CustomDatatypes'),
    ...(serde !== undefined && { serde }),
  };
}

/** `AWS::Glue::Connection` by JDBC, or one that only stands for a place in the network. @param name - as `Ref` gives it */
export function readConnection(properties: Properties, name: string): ConnectionDefinition {
  properties.ignore({ CatalogId: ONE_CATALOG });
  const input = properties.object('ConnectionInput');
  input.ignore({
    Name: 'read already',
    MatchCriteria: 'a label',
    PhysicalConnectionRequirements: 'everything is on the loopback',
    ValidateCredentials: 'the crawler finds out',
    ValidateForComputeEnvironments: 'the crawler finds out',
  });
  input.choice('ConnectionType', ['JDBC', 'NETWORK']);
  return { name, ...described(input), properties: input.map('ConnectionProperties') };
}

/** `AWS::Glue::Crawler` over objects or by JDBC. */
export function readCrawler(properties: Properties, name: string, arn: string): CrawlerDefinition {
  properties.ignore({
    Name: 'read already',
    CrawlerSecurityConfiguration: 'the data directory is as safe as the disk it is on',
    LakeFormationConfiguration: IDENTITY,
    Tags: 'labels for the bill',
  });
  const targets = properties.object('Targets');
  const policy = properties.optionalObject('SchemaChangePolicy');
  const schedule = properties.optionalObject('Schedule')?.optionalString('ScheduleExpression');
  const configuration = properties.optionalString('Configuration');
  return {
    name,
    arn,
    roleArn: properties.string('Role'),
    ...described(properties),
    databaseName: properties.string('DatabaseName').toLowerCase(),
    tablePrefix: properties.optionalString('TablePrefix') ?? '',
    s3Targets: targets.objects('S3Targets').map((target) => {
      const sample = target.wholeNumber('SampleSize', 1, 249, undefined);
      return {
        Path: target.string('Path'),
        Exclusions: [...target.strings('Exclusions')],
        ...(sample !== undefined && { SampleSize: sample }),
      };
    }),
    jdbcTargets: targets.objects('JdbcTargets').map((target) => ({
      connectionName: target.string('ConnectionName'),
      path: target.string('Path'),
      exclusions: target.strings('Exclusions'),
    })),
    classifiers: properties.strings('Classifiers'),
    ...(schedule !== undefined && { schedule }),
    updateBehavior: policy?.choice('UpdateBehavior', UPDATES, 'UPDATE_IN_DATABASE') ?? 'UPDATE_IN_DATABASE',
    deleteBehavior: policy?.choice('DeleteBehavior', DELETES, 'DEPRECATE_IN_DATABASE') ?? 'DEPRECATE_IN_DATABASE',
    recrawlBehavior:
      properties.optionalObject('RecrawlPolicy')?.choice('RecrawlBehavior', RECRAWLS, 'CRAWL_EVERYTHING') ?? 'CRAWL_EVERYTHING',
    ...(configuration !== undefined && { configuration }),
  };
}

const UPDATES = ['LOG', 'UPDATE_IN_DATABASE'] as const;
const DELETES = ['LOG', 'DELETE_FROM_DATABASE', 'DEPRECATE_IN_DATABASE'] as const;
const RECRAWLS = ['CRAWL_EVERYTHING', 'CRAWL_NEW_FOLDERS_ONLY'] as const;

/** `AWS::Glue::DataQualityRuleset`. @param name - as `Ref` gives it */
export function readRuleset(properties: Properties, name: string): RulesetDefinition {
  properties.ignore({ Name: 'read already', ClientToken: 'for the call that makes it', Tags: 'labels for the bill' });
  const target = properties.optionalObject('TargetTable');
  return {
    name,
    ...described(properties),
    ruleset: properties.string('Ruleset'),
    ...(target && {
      target: { databaseName: target.string('DatabaseName').toLowerCase(), tableName: target.string('TableName').toLowerCase() },
    }),
  };
}

function described(properties: Properties): { readonly description?: string } {
  const description = properties.optionalString('Description');
  return description === undefined ? {} : { description };
}

/** Those of the members that have a value. */
function texts<const Name extends string>(properties: Properties, names: readonly Name[]): Partial<Record<Name, string>> {
  const entries = names.map((name) => [name, properties.optionalString(name)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Partial<Record<Name, string>>;
}
