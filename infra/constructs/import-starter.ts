import { Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { BULK_PREFIX } from '../../domain/bucket.ts';
import type { Stage } from '../stages.ts';
import { BundledFunction } from './bundled-function.ts';
import type { DeadLetters } from './dead-letters.ts';
import type { ImportJob } from './import-job.ts';
import type { RawBucket } from './raw-bucket.ts';

export interface ImportStarterProps {
  readonly stage: Stage;
  /** Where `infra/build.ts` put the bundles. */
  readonly build: string;
  readonly bucket: RawBucket;
  readonly deadLetters: DeadLetters;
  readonly job: ImportJob;
}

/** How long a start is tried. What is not started then, the schedule finds. */
const PATIENCE = Duration.hours(1);

/** Starts the import when a file was put, unless a run waits already. */
export class ImportStarter extends Construct {
  readonly function: BundledFunction;

  constructor(scope: Construct, id: string, { stage, build, bucket, deadLetters, job }: ImportStarterProps) {
    super(scope, id);
    this.function = new BundledFunction(this, 'Function', {
      stage,
      build,
      name: 'import-starter',
      description: 'A file under bulk/ to a run of the import',
      memory: 256,
      timeout: Duration.seconds(30),
      environment: { IMPORT_JOB_NAME: job.name },
      asynchronous: { retries: 2, maximumAge: PATIENCE },
    });
    const { lambda, role } = this.function;
    job.grantStart(role, 'GetJobRuns', 'BatchStopJobRun');
    new Rule(this, 'Put', {
      description: 'Somebody has put a file under bulk/',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: { bucket: { name: [bucket.bucket.bucketName] }, object: { key: [{ prefix: BULK_PREFIX }] } },
      },
      targets: [new LambdaFunction(lambda, { retryAttempts: 2, maxEventAge: PATIENCE, deadLetterQueue: deadLetters.queue })],
    });
  }
}
