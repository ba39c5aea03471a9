import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { AlarmKey } from './alarm-key.ts';

/** The topic that alarms publish to. @param email - who is told; nobody when left out */
export function alarmTopic(scope: Construct, encrypted: boolean, email: string | undefined): Topic {
  // Not encrypted with the key AWS manages for SNS: alarms cannot publish to a topic that is.
  const topic = new Topic(scope, 'Topic', {
    enforceSSL: true,
    ...(encrypted && { masterKey: new AlarmKey(scope, 'Key').key }),
  });
  // A topic with a policy of its own loses the one which let alarms publish.
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AlarmsMayPublish',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  );
  if (email !== undefined) topic.addSubscription(new EmailSubscription(email));
  return topic;
}
