import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { Role } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { DeadLetters } from './dead-letters.ts';
import type { ImportJob } from './import-job.ts';
import { ownService } from './own-service.ts';

/**
 * Publish to the topic each run of the import that ends without success.
 *
 * @remarks Not by an alarm: the metrics of Glue begin with Spark, and a run that ends before it, or is ended, has none. Nor has such an end
 * an opposite, as an alarm has that is over.
 */
export function notifyOfFailedImports(scope: Construct, job: ImportJob, topic: ITopic, deadLetters: DeadLetters): void {
  new Rule(scope, 'ImportFailed', {
    description: 'A run of the import ended without success',
    eventPattern: {
      source: ['aws.glue'],
      detailType: ['Glue Job State Change'],
      detail: { jobName: [job.name], state: ['FAILED', 'TIMEOUT', 'ERROR'] },
    },
    targets: [
      new SnsTopic(topic, {
        message: RuleTargetInput.fromText(
          [
            `The import ${job.name}, run ${EventField.fromPath('$.detail.jobRunId')}, ended as ${EventField.fromPath('$.detail.state')}`,
            `${EventField.fromPath('$.detail.message')}. See import/done/ in the bucket, and the log ${job.logs}/output`,
          ].join(': '),
        ),
        // A role, because the topic's policy could let in every rule of the account only.
        role: new Role(scope, 'ImportFailedRole', { assumedBy: ownService(scope, 'events') }),
        deadLetterQueue: deadLetters.queue,
      }),
    ],
  });
}
