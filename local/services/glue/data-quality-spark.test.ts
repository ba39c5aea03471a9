import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  BatchCreatePartitionCommand,
  GetDataQualityResultCommand,
  GetDataQualityRulesetEvaluationRunCommand,
  StartDataQualityRulesetEvaluationRunCommand,
} from '@aws-sdk/client-glue';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, onTestFinished, test, vi } from 'vitest';
import { querySpark } from './data-quality-spark.ts';
import { sparkRuntime } from './spark-run.ts';
import { startS3 } from '../s3/service.ts';
import type { CatalogTableDefinition, JobDefinition } from './definition.ts';
import { LOCAL } from '../../testing/remote.ts';
import { sparkIsMissing } from '../../testing/spark.ts';
import { BUCKET, DATABASE, givenCatalog } from '../../testing/given-catalog.ts';
import { newDirectory } from '../../testing/directories.ts';

const missing = await sparkIsMissing();
if (missing !== undefined) console.warn(`NOT TESTED: data quality of Parquet on real Spark: ${missing}`);

/** Longest that an evaluation may take on a busy machine. @unit ms */
const PATIENCE = 240_000;

const JOB: JobDefinition = {
  name: 'import',
  arn: 'arn:aws:glue:us-east-1:000000000000:job/import',
  roleArn: 'arn:aws:iam::000000000000:role/import',
  scriptLocation: 's3://assets/abc.py',
  script: '/assets/abc.py',
  pythonPath: [join(import.meta.dirname, '..', '..', '..', 'ingest', 'glue')],
  defaultArguments: {},
  nonOverridableArguments: {},
  glueVersion: '5.1',
  workerType: 'G.1X',
  numberOfWorkers: 2,
  timeoutMinutes: 30,
  maxRetries: 0,
  maxConcurrentRuns: 1,
  queues: true,
};

function table(name: string): CatalogTableDefinition {
  const columns = { line_id: 'string', quantity: 'int', amount: 'decimal(18,3)', invoice_ts: 'timestamp', customer_id: 'string' };
  return {
    databaseName: DATABASE,
    input: {
      Name: name,
      Parameters: { classification: 'parquet' },
      PartitionKeys: [{ Name: 'month', Type: 'string' }],
      StorageDescriptor: {
        Location: `s3://${BUCKET}/curated/${name}/`,
        Columns: Object.entries(columns).map(([Name, Type]) => ({ Name, Type })),
      },
    },
  };
}

/** Four lines in two months; one of a guest, two with the same id. */
const LINES = `SELECT * FROM (VALUES
  ('536365-1', 6, 15.300, '2010-12-01 08:26:00', '17850', '2010-12'),
  ('536365-2', 6, 20.340, '2010-12-01 08:26:00', NULL, '2010-12'),
  ('540000-1', -1, -2.550, '2011-01-04 10:00:00', '12583', '2011-01'),
  ('540000-1', -1, -2.550, '2011-01-04 10:00:00', '12583', '2011-01')
) AS line(line_id, quantity, amount, invoice_ts, customer_id, month)`;

const RULES = [
  ['RowCount = 4', 'PASS'],
  ['IsComplete "line_id"', 'PASS'],
  ['IsComplete "customer_id"', 'FAIL'],
  ['Completeness "customer_id" > 0.7', 'PASS'],
  ['IsUnique "line_id"', 'FAIL'],
  ['Uniqueness "line_id" = 0.5', 'PASS'],
  ['ColumnValues "quantity" != 0', 'PASS'],
  ['ColumnValues "quantity" between -1 and 7', 'FAIL'],
  ['ColumnValues "amount" in [15.3, 20.34, -2.55]', 'PASS'],
  ['ColumnValues "line_id" matches "^[0-9]{6}-[12]$"', 'PASS'],
  ['ColumnValues "month" = "2010-12" with threshold > 0.4', 'PASS'],
  ['ColumnLength "line_id" between 7 and 9', 'PASS'],
  ['ColumnDataType "invoice_ts" = "TIMESTAMP"', 'PASS'],
  ['ColumnDataType "line_id" = "INTEGER"', 'FAIL'],
  ['CustomSql "select count(*) from primary where amount > 0" = 2', 'PASS'],
  ['CustomSql "select count(*) form primary" = 2', 'ERROR'],
] as const;

/** Two with lines, and one whose files are gone. */
const MONTHS = ['2010-12', '2011-01', '2011-02'];

/** Evaluate a ruleset on Spark. @param months - those that are registered @returns each rule with what became of it */
async function evaluated(tableName: string, rules: readonly string[], months = MONTHS) {
  const directory = newDirectory('quality');
  const s3 = await startS3({
    ...LOCAL,
    directory: join(directory, 's3'),
    port: 0,
    log: console.error,
    onObjectCreated: () => undefined,
  });
  onTestFinished(() => s3.close());
  await s3.createBucket(BUCKET);
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  for (const month of ['2010-12', '2011-01']) {
    const file = join(directory, 'part.parquet');
    await connection.run(`COPY (SELECT line_id, CAST(quantity AS INTEGER) AS quantity, CAST(amount AS DECIMAL(18, 3)) AS amount,
      CAST(invoice_ts AS TIMESTAMP) AS invoice_ts, customer_id FROM (${LINES}) WHERE month = '${month}') TO '${file}' (FORMAT parquet)`);
    await s3.objects.write(BUCKET, `curated/lines/month=${month}/part.parquet`, readFileSync(file));
  }
  connection.closeSync();
  const runtime = sparkRuntime({
    directory: join(directory, 'spark'),
    logs: join(directory, 'logs'),
    endpoint: s3.url,
    region: LOCAL.region,
    credentials: LOCAL.credentials,
    environmentOf: () => ({}),
    log: () => undefined,
  });
  const { client } = await givenCatalog({
    ask: querySpark([JOB], runtime, join(directory, 'questions')),
    definition: {
      tables: [table('lines'), table('nothing')],
      rulesets: [{ name: 'rules', ruleset: `Rules = [ ${rules.join(', ')} ]` }],
    },
  });
  await client.send(
    new BatchCreatePartitionCommand({
      DatabaseName: DATABASE,
      TableName: tableName,
      PartitionInputList: months.map((month) => ({
        Values: [month],
        StorageDescriptor: { Location: `s3://${BUCKET}/curated/${tableName}/month=${month}/` },
      })),
    }),
  );
  const { RunId } = await client.send(
    new StartDataQualityRulesetEvaluationRunCommand({
      DataSource: { GlueTable: { DatabaseName: DATABASE, TableName: tableName } },
      Role: 'measures',
      RulesetNames: ['rules'],
    }),
  );
  const run = await vi.waitUntil(
    async () => {
      const now = await client.send(new GetDataQualityRulesetEvaluationRunCommand({ RunId }));
      return now.Status !== 'RUNNING' && now;
    },
    { timeout: PATIENCE, interval: 100 },
  );
  expect(run).toMatchObject({ Status: 'SUCCEEDED' });
  const { RuleResults = [] } = await client.send(new GetDataQualityResultCommand({ ResultId: run.ResultIds?.[0] }));
  return RuleResults.map(({ Description, Result }) => [Description, Result]);
}

test.skipIf(missing !== undefined)(
  'rules hold of Parquet in S3 or do not, with the types that the catalog has',
  async () => {
    expect(
      await evaluated(
        'lines',
        RULES.map(([rule]) => rule),
      ),
    ).toEqual(RULES);
  },
  PATIENCE,
);

test.skipIf(missing !== undefined)(
  'what lies in a partition that is not registered, nobody sees',
  async () => {
    const rules = ['RowCount = 2', 'ColumnValues "month" = "2011-01"'];

    expect(await evaluated('lines', rules, ['2011-01'])).toEqual(rules.map((rule) => [rule, 'PASS']));
    expect(await evaluated('lines', ['RowCount = 0'], [])).toEqual([['RowCount = 0', 'PASS']]);
  },
  2 * PATIENCE,
);

test.skipIf(missing !== undefined)(
  'a table without a file has no rows, and nothing is wrong with them',
  async () => {
    expect(await evaluated('nothing', ['RowCount > 0', 'IsComplete "line_id"', 'IsUnique "line_id"'])).toEqual([
      ['RowCount > 0', 'FAIL'],
      ['IsComplete "line_id"', 'PASS'],
      ['IsUnique "line_id"', 'PASS'],
    ]);
  },
  PATIENCE,
);
