import { fileURLToPath } from 'node:url';
import { Duration, Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable, Role } from 'aws-cdk-lib/aws-iam';
import { CfnJob } from 'aws-cdk-lib/aws-glue';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import type { Stage } from '../stages.ts';
import type { Catalog } from './catalog.ts';
import { ownService } from './own-service.ts';
import type { RawBucket } from './raw-bucket.ts';
import { uniqueName } from './unique-name.ts';

export interface ImportJobProps {
  readonly stage: Stage;
  readonly bucket: RawBucket;
  /** Has the table of the imported lines, whose months the job registers. */
  readonly catalog: Catalog;
}

const SOURCE = fileURLToPath(new URL('../../ingest/glue', import.meta.url));

/** What Python writes beside its modules, and what only people read. */
const NOT_DEPLOYED = ['**/__pycache__', '**/*.pyc', '**/.*', '**/*.md', '**/*.toml', 'import_job.py'];

/**
 * Spark that brings every file under `bulk/` to where the warehouse copies it from. One run at a time, and one that waits.
 *
 * @remarks No bookmark, because those follow only what Glue's own readers read: what is done is kept under `import/done/`.
 */
export class ImportJob extends Construct {
  /** 0.44 dollars an hour each, a minute at the least. Two are the fewest that Spark takes: one drives, one works. */
  static readonly workers = 2;

  readonly name: string;
  private readonly arn: string;
  /** Where its two logs are, `output` and `error`. */
  readonly logs: string;
  /** A run that takes longer is ended, and costs 1.76 dollars at the most; the next one begins its object anew. */
  readonly timeout = Duration.hours(2);

  constructor(scope: Construct, id: string, { stage, bucket, catalog }: ImportJobProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const role = new Role(this, 'Role', { assumedBy: ownService(this, 'glue') });
    const allow = (actions: string[], ...resourceArns: string[]) =>
      Grant.addToPrincipal({ grantee: role, actions, resourceArns });
    bucket.grantImport(role);
    catalog.grantPartitions(role, 'lines', 'BatchCreatePartition', 'BatchDeletePartition', 'GetPartitions');

    const script = new Asset(this, 'Script', { path: `${SOURCE}/import_job.py` });
    const modules = new Asset(this, 'Modules', { path: SOURCE, exclude: NOT_DEPLOYED });
    // By hand, because an asset's own grant is for everything that was ever deployed to the account.
    for (const { bucket: assets, s3ObjectKey } of [script, modules]) allow(['s3:GetObject'], assets.arnForObjects(s3ObjectKey));

    this.logs = `/aws-glue/${uniqueName(this)}/import`;
    // Made here, they have a retention and leave with the stack. @source "Logging for Glue jobs": these two below the prefix
    for (const log of ['output', 'error']) {
      const group = new LogGroup(this, log, {
        logGroupName: `${this.logs}/${log}`,
        retention: stage.logRetention,
        removalPolicy: stage.removal,
      });
      allow(['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'], group.logGroupArn);
    }
    Grant.addToPrincipal({
      grantee: role,
      actions: ['cloudwatch:PutMetricData'],
      // A metric has no ARN; where it is can be said.
      resourceArns: ['*'],
      conditions: { StringEquals: { 'cloudwatch:namespace': 'Glue' } },
    });

    const job = new CfnJob(this, 'Job', {
      description: 'Files under bulk/ to typed lines for the warehouse, and to Parquet',
      role: role.roleArn,
      command: { name: 'glueetl', pythonVersion: '3', scriptLocation: script.s3ObjectUrl },
      // Spark 3.5.6, Python 3.11.
      glueVersion: '5.1',
      workerType: 'G.1X',
      numberOfWorkers: ImportJob.workers,
      timeout: this.timeout.toMinutes(),
      executionProperty: { maxConcurrentRuns: 1 },
      jobRunQueuingEnabled: true,
      // A job that queues must not retry by itself. @source aws-cdk-lib, PySparkEtlJobProps.jobRunQueuingEnabled
      maxRetries: 0,
      defaultArguments: {
        '--job-language': 'python',
        '--extra-py-files': modules.s3ObjectUrl,
        '--bucket': bucket.bucket.bucketName,
        '--catalog-database': catalog.databaseName,
        '--enable-metrics': 'true',
        '--custom-logGroup-prefix': this.logs,
      },
    });
    job.node.addDependency(role);
    this.name = job.ref;
    this.arn = stack.formatArn({ service: 'glue', resource: 'job', resourceName: job.ref });
  }

  /** Let `caller` begin runs; and see one that it knows, or which there are, or stop them. */
  grantStart(caller: IGrantable, ...others: readonly ('GetJobRun' | 'GetJobRuns' | 'BatchStopJobRun')[]): void {
    const actions = ['StartJobRun', ...others].map((action) => `glue:${action}`);
    Grant.addToPrincipal({ grantee: caller, actions, resourceArns: [this.arn] });
  }
}
