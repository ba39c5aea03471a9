import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GlueClient } from '@aws-sdk/client-glue';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { S3Client } from '@aws-sdk/client-s3';
import type { Context } from 'aws-lambda';
import { fixedQuestions } from '../../warehouse/statements/fixed-questions.ts';
import type { LoadOutcome } from '../warehouse/load-report.ts';
import { warehouseLoader } from '../warehouse/loader.ts';
import { dynamoDbAnswers, dynamoDbLease, dynamoDbLoadState } from './dynamodb-answer-store.ts';
import { requireVariable } from './environment.ts';
import { glueImportJob } from './glue-import-job.ts';
import { glueRawHours } from './glue-raw-hours.ts';
import { lambdaClock } from './lambda-clock.ts';
import { redshiftDataApi } from './redshift-data-api.ts';
import { s3FailedDeliveries } from './s3-failed-deliveries.ts';
import { s3ImportManifests } from './s3-import-manifests.ts';
import { s3RebuildSource } from './s3-rebuild-source.ts';
import { s3StagedLines } from './s3-staged-lines.ts';
import { sqlFiles } from './warehouse-files.ts';

// The answers come all at once, and the table has a fuse: rather late than never.
const dynamoDb = new DynamoDBClient({ maxAttempts: 8 });
const answersTable = requireVariable('ANSWERS_TABLE');
const bucket = requireVariable('BUCKET_NAME');
const stagingPrefix = requireVariable('STAGING_PREFIX');
const importPrefix = requireVariable('IMPORT_PREFIX');
const s3 = new S3Client({});
/** Unset: the stack imports nothing. */
const importJob = process.env['IMPORT_JOB_NAME'] ?? '';

/** Also for the catalog, where others write as well. */
const glue = new GlueClient({ maxAttempts: 8 });

const load = warehouseLoader({
  dataApi: redshiftDataApi(new RedshiftDataClient({}), {
    workgroup: requireVariable('WORKGROUP_NAME'),
    database: requireVariable('DATABASE_NAME'),
  }),
  state: dynamoDbLoadState(dynamoDb, answersTable),
  lease: dynamoDbLease(dynamoDb, answersTable),
  answers: dynamoDbAnswers(dynamoDb, answersTable),
  staged: s3StagedLines(s3, bucket, stagingPrefix),
  deliveries: s3FailedDeliveries(s3, bucket, stagingPrefix),
  imports: s3ImportManifests(s3, bucket, importPrefix),
  rebuildSource: s3RebuildSource(s3, bucket, stagingPrefix),
  ...(importJob === '' ? {} : { importJob: glueImportJob(glue, importJob) }),
  deliveryStream: requireVariable('DELIVERY_STREAM_NAME'),
  rawHours: glueRawHours(s3, glue, { bucket, database: requireVariable('CATALOG_DATABASE_NAME') }),
  load: sqlFiles('load'),
  loadErrors: sqlFiles('load-errors'),
  refresh: sqlFiles('refresh'),
  questions: fixedQuestions,
  stagingPrefix,
  importPrefix,
  newToken: randomUUID,
  log(level, entry) {
    // As an object: of a text, metric filters would see one string.
    if (level === 'INFO') console.info(entry);
    else if (level === 'WARN') console.warn(entry);
    else console.error(entry);
  },
});

export const handler = (event: unknown, context: Context): Promise<LoadOutcome> => load(event, lambdaClock(context));
