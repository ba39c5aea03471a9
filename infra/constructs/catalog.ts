import { Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { CfnDatabase, CfnDataQualityRuleset, CfnTable } from 'aws-cdk-lib/aws-glue';
import { Construct } from 'constructs';
import { CURATED_PREFIX, RAW_LINES_PREFIX } from '../../domain/bucket.ts';
import { landingName } from '../../domain/landing.ts';
import { CATALOG_TYPES, LINE_FIELDS, type LineField } from '../../domain/line-fields.ts';
import type { RawBucket } from './raw-bucket.ts';

export interface CatalogProps {
  readonly bucket: RawBucket;
}

/** The tables, by the names that code asks for. */
type TableName = 'lines' | 'raw';

type Column = CfnTable.ColumnProperty;

type PartitionAction = 'BatchCreatePartition' | 'BatchDeletePartition' | 'GetPartition' | 'GetPartitions';

/** What a table's objects are, and how they are read. */
interface Format {
  readonly classification: 'parquet' | 'json';
  readonly inputFormat: string;
  readonly outputFormat: string;
  readonly serializationLibrary: string;
}

/**
 * What the bucket holds, as tables for Athena, Redshift Spectrum and Spark.
 *
 * Declared, because what is known need not be guessed. Partitions are registered: the job does so for the months that it writes, the
 * loader for the hours of the raw layer.
 *
 * @remarks Without partition projection on purpose. Only Athena knows it: Spectrum, Glue and Spark would see tables without a row. And where
 * it is switched on, Athena looks at no registered partition, so that two truths would stand beside each other.
 */
export class Catalog extends Construct {
  readonly databaseName: string;

  constructor(scope: Construct, id: string, { bucket }: CatalogProps) {
    super(scope, id);
    const { stackName, account } = Stack.of(this);
    // Letters, digits and underscores: Athena takes no other name without quotes.
    const name = stackName.toLowerCase().replaceAll('-', '_');
    const database = new CfnDatabase(this, 'Database', {
      catalogId: account,
      databaseInput: { name, description: 'What the bucket of transactions holds' },
    });
    this.databaseName = database.ref;

    const table = (id: string, name: TableName, tableInput: Omit<CfnTable.TableInputProperty, 'name'>) =>
      new CfnTable(this, id, { catalogId: account, databaseName: database.ref, tableInput: { name, ...tableInput } });
    const locationOf = (prefix: string) => `s3://${bucket.bucket.bucketName}/${prefix}`;

    const lines = table('Lines', 'lines', {
      description: 'Imported lines with their true types; those of each file once',
      ...tableOver(locationOf(`${CURATED_PREFIX}lines/`), PARQUET, LINES),
      partitionKeys: [{ name: 'month', type: 'string', comment: 'of the invoice, YYYY-MM' }],
      parameters: { classification: PARQUET.classification },
    });
    table('Raw', 'raw', {
      description: 'Every line as it was sent; one that was sent twice is there twice',
      ...tableOver(locationOf(RAW_LINES_PREFIX), JSON_LINES, RAW),
      partitionKeys: [
        { name: 'dt', type: 'string', comment: 'when the line reached the stream, YYYY-MM-DD in UTC' },
        { name: 'hour', type: 'string', comment: '00 to 23' },
      ],
      parameters: { classification: JSON_LINES.classification, compressionType: 'gzip' },
    });

    new CfnDataQualityRuleset(this, 'Quality', {
      name: `${stackName.toLowerCase()}-lines`,
      description: 'What must hold of imported lines; evaluated when somebody asks, for that costs a run of Glue',
      ruleset: `Rules = [\n  ${RULES.join(',\n  ')}\n]`,
      targetTable: { databaseName: database.ref, tableName: 'lines' },
    }).addResourceDependency(lines);
  }

  /** Let `writer` do this with partitions of one table, and nothing with the table itself but look at it. */
  grantPartitions(writer: IGrantable, table: TableName, ...actions: readonly PartitionAction[]): void {
    const place = ['catalog', `database/${this.databaseName}`, `table/${this.databaseName}/${table}`];
    Grant.addToPrincipal({
      grantee: writer,
      actions: ['GetTable', ...actions].map((action) => `glue:${action}`),
      resourceArns: place.map((resource) => Stack.of(this).formatArn({ service: 'glue', resource })),
    });
  }
}

const PARQUET: Format = {
  classification: 'parquet',
  inputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
  outputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
  serializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe',
};

/** The catalog folds the names of columns, and this reader finds `lineId` as `lineid` all the same. */
const JSON_LINES: Format = {
  classification: 'json',
  inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
  outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
  serializationLibrary: 'org.openx.data.jsonserde.JsonSerDe',
};

function tableOver(location: string, format: Format, columns: readonly Column[]): Omit<CfnTable.TableInputProperty, 'name'> {
  const { inputFormat, outputFormat, serializationLibrary } = format;
  return {
    tableType: 'EXTERNAL_TABLE',
    storageDescriptor: { location, inputFormat, outputFormat, serdeInfo: { serializationLibrary }, columns: [...columns] },
  };
}

const FIELDS: readonly LineField[] = LINE_FIELDS;

const AMOUNT: Column = { name: 'amount', type: 'decimal(18,3)', comment: 'quantity times unit price, exact' };

/** What the import writes. Money is exact in every one of them. */
const LINES: readonly Column[] = [
  ...FIELDS.filter(({ name, fileNames }) => name === 'lineId' || fileNames !== undefined).flatMap(
    ({ column, kind, comment }): Column[] => {
      const typed = { name: column, type: CATALOG_TYPES[kind], comment };
      return kind === 'pounds' ? [typed, AMOUNT] : [typed];
    },
  ),
  { name: 'cancelled', type: 'boolean', comment: 'whether the invoice is a cancellation' },
  { name: 'source_object', type: 'string', comment: 'the file, such as bulk/2010.csv' },
];

/**
 * A line as it was sent. Its price is a text there, and stays one: the readers of JSON would make it a binary fraction.
 *
 * A line can stand there more than once, so a query begins with `SELECT DISTINCT`, and of several versions the latest counts.
 */
const RAW: readonly Column[] = [
  ...FIELDS.map((field) => ({
    name: landingName(field),
    type: field.kind === 'whole number' ? CATALOG_TYPES[field.kind] : 'string',
    comment: field.commentAsSent ?? field.comment,
  })),
  { name: 'sentat', type: 'bigint', comment: 'milliseconds since 1970' },
];

const OPTIONAL = new Set(FIELDS.filter(({ optional }) => optional !== undefined).map(({ column }) => column));
const ALWAYS = LINES.map(({ name }) => name).filter((name) => !OPTIONAL.has(name));

/** @source "DQDL reference", Glue: `primary` is the table itself; bounds of `between` are not among what it allows */
const RULES = [
  'RowCount > 0',
  ...ALWAYS.map((column) => `IsComplete "${column}"`),
  // Not `IsUnique`: two files may hold the same line, and the warehouse counts it once.
  'CustomSql "select count(*) from (select line_id from primary group by invoice_no, line_id, source_object having count(*) > 1)" = 0',
  'CustomSql "select count(*) from primary where amount <> quantity * unit_price" = 0',
  `CustomSql "select count(*) from primary where cancelled <> (invoice_no like 'C%')" = 0`,
  'ColumnValues "quantity" between -1000001 and 1000001',
  // A quarter of the lines are those of guests; many more would be a column that was not read.
  'Completeness "customer_id" > 0.5',
];
