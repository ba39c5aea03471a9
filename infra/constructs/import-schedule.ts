import { Stack } from 'aws-cdk-lib';
import { Role } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { DeadLetters } from './dead-letters.ts';
import type { ImportJob } from './import-job.ts';
import { ownService } from './own-service.ts';

export interface ImportScheduleProps {
  readonly job: ImportJob;
  readonly deadLetters: DeadLetters;
  /** As EventBridge Scheduler writes it, in UTC: `cron(15 3 * * ? *)`. */
  readonly expression: string;
}

/** For what no start brought in: a call that failed for an hour, a run that was ended, a list that was never published. */
export class ImportSchedule extends Construct {
  constructor(scope: Construct, id: string, { job, deadLetters, expression }: ImportScheduleProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const caller = new Role(this, 'Role', {
      assumedBy: ownService(this, 'scheduler'),
    });
    job.grantStart(caller);
    deadLetters.grantPut(caller);
    const schedule = new CfnSchedule(this, 'Schedule', {
      description: 'For what no start brought in',
      scheduleExpression: expression,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        // "Universal target": Scheduler calls Glue itself, so there is no function between them.
        arn: `arn:${stack.partition}:scheduler:::aws-sdk:glue:startJobRun`,
        roleArn: caller.roleArn,
        input: stack.toJsonString({ JobName: job.name }),
        deadLetterConfig: { arn: deadLetters.queue.queueArn },
        retryPolicy: { maximumRetryAttempts: 5, maximumEventAgeInSeconds: 3_600 },
      },
    });
    schedule.node.addDependency(caller);
  }
}
