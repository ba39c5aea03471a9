import { Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Grant, Role } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { DELIVERY_PREFIX, IMPORT_PREFIX } from '../../domain/bucket.ts';
import type { Stage, WarehouseSettings } from '../stages.ts';
import type { AnswersTable } from './answers-table.ts';
import { BundledFunction } from './bundled-function.ts';
import type { Catalog } from './catalog.ts';
import type { DeadLetters } from './dead-letters.ts';
import type { ImportJob } from './import-job.ts';
import { ownService } from './own-service.ts';
import { DELIVERED_PREFIX, MANIFEST_PREFIX, type RawBucket } from './raw-bucket.ts';
import { Warehouse } from './warehouse.ts';
import type { WarehouseDelivery } from './warehouse-delivery.ts';
import type { WarehouseSchema } from './warehouse-schema.ts';

/** The lists of what the warehouse did not take, among other errors of Firehose's. */
const UNDELIVERED_LISTS = `${DELIVERY_PREFIX}errors/manifests/`;

export interface WarehouseLoaderProps {
  readonly stage: Stage;
  readonly settings: WarehouseSettings;
  /** Where `infra/build.ts` put the bundles. */
  readonly build: string;
  readonly bucket: RawBucket;
  readonly deadLetters: DeadLetters;
  readonly warehouse: Warehouse;
  readonly schema: WarehouseSchema;
  readonly answers: AnswersTable;
  /** Reads the files under `bulk/` again when the warehouse is made anew. */
  readonly job: ImportJob;
  /** Has the table of the raw layer, whose hours the loader registers. */
  readonly catalog: Catalog;
  /** What it brings is compared with the raw layer. */
  readonly delivery: WarehouseDelivery;
}

/** Brings what was copied to where it belongs, and the answers to the fixed questions to where they are read. One at a time, by a lease. */
export class WarehouseLoader extends Construct {
  readonly function: BundledFunction;
  readonly every: Duration;

  constructor(
    scope: Construct,
    id: string,
    { stage, settings, build, bucket, deadLetters, warehouse, schema, answers, job, catalog, delivery }: WarehouseLoaderProps,
  ) {
    super(scope, id);
    this.every = settings.loadEvery;
    this.function = new BundledFunction(this, 'Function', {
      stage,
      build,
      name: 'warehouse-loader',
      description: 'Landing table to sales, rollups and finished answers',
      memory: 512,
      // The most Lambda has. A run that needs more is continued by the next.
      timeout: Duration.minutes(15),
      environment: {
        WORKGROUP_NAME: warehouse.workgroupName,
        DATABASE_NAME: Warehouse.databaseName,
        ANSWERS_TABLE: answers.table.tableName,
        BUCKET_NAME: bucket.bucket.bucketName,
        STAGING_PREFIX: DELIVERY_PREFIX,
        IMPORT_PREFIX,
        IMPORT_JOB_NAME: job.name,
        // Another name tells of another stream, which began to read later than its predecessor ended.
        DELIVERY_STREAM_NAME: delivery.deliveryStreamName,
        CATALOG_DATABASE_NAME: catalog.databaseName,
      },
      // An event that is older has been overtaken by the schedule.
      asynchronous: { retries: 1, maximumAge: this.every },
    });
    const { lambda, role } = this.function;
    warehouse.grantCall(role, 'BatchExecuteStatement');
    schema.admitRole(role, 'etl');
    answers.grantWrite(role);
    bucket.grantRedrive(role);
    bucket.grantLoadImports(role);
    bucket.grantRebuild(role);
    job.grantStart(role, 'GetJobRun');
    bucket.grantSeeHours(role);
    catalog.grantPartitions(role, 'raw', 'BatchCreatePartition', 'GetPartition');

    const announcing = [DELIVERED_PREFIX, UNDELIVERED_LISTS, MANIFEST_PREFIX].map((prefix) => ({ prefix }));
    const delivered = new Rule(this, 'Delivered', {
      description: 'Firehose copies an object next, or has given up a list of them; or an import has published one',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: {
          bucket: { name: [bucket.bucket.bucketName] },
          object: { key: announcing },
        },
      },
      targets: [new LambdaFunction(lambda, { retryAttempts: 2, maxEventAge: this.every, deadLetterQueue: deadLetters.queue })],
    });
    const caller = new Role(this, 'ScheduleRole', {
      assumedBy: ownService(this, 'scheduler'),
    });
    deadLetters.grantPut(caller);
    Grant.addToPrincipal({ grantee: caller, actions: ['lambda:InvokeFunction'], resourceArns: [lambda.functionArn] });
    const every = (id: string, description: string, period: string, source: string) =>
      new CfnSchedule(this, id, {
        description,
        scheduleExpression: `rate(${period})`,
        flexibleTimeWindow: { mode: 'OFF' },
        target: {
          arn: lambda.functionArn,
          roleArn: caller.roleArn,
          input: JSON.stringify({ source }),
          deadLetterConfig: { arn: deadLetters.queue.queueArn },
          retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeInSeconds: this.every.toSeconds() },
        },
      });
    const schedule = every(
      'Schedule',
      'For what no object announces: copies that Firehose tried again, and what was left undone',
      `${String(this.every.toMinutes())} minutes`,
      'tillgraph.schedule',
    );
    const comparison = every(
      'Comparison',
      'For what Firehose never brought: what has come under raw/ since the last time is compared with the warehouse',
      '1 day',
      'tillgraph.compare',
    );
    // Before that, there is nothing to load and nobody to load as.
    for (const caller of [delivered, schedule, comparison]) caller.node.addDependency(schema);
  }
}
