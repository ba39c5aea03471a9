import { Duration } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

/** Events that EventBridge could not hand over in their time, each with the reason: for a person, and empty otherwise. */
export class DeadLetters extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.queue = new Queue(this, 'Queue', {
      // Not a key of ours: the rules could not use it without being named in its policy.
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // The most SQS keeps.
      retentionPeriod: Duration.days(14),
    });
  }

  /** Let a schedule's role put what it could not deliver. Rules need no role: the queue's policy names each. */
  grantPut(caller: IGrantable): void {
    Grant.addToPrincipal({ grantee: caller, actions: ['sqs:SendMessage'], resourceArns: [this.queue.queueArn] });
  }

  /** How many events lie there. */
  metricWaiting(options: MetricOptions): Metric {
    return this.queue.metricApproximateNumberOfMessagesVisible(options);
  }
}
