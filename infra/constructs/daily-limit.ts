import { type CfnResource, Duration, Stack } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  AwsCustomResource,
  AwsCustomResourcePolicy,
  PhysicalResourceId,
  PhysicalResourceIdReference,
} from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import type { Stage } from '../stages.ts';
import type { Warehouse } from './warehouse.ts';

export interface DailyLimitProps {
  readonly stage: Stage;
  readonly warehouse: Warehouse;
  /** RPU-hours of a UTC day, a whole number above 0. */
  readonly rpuHours: number;
}

/** A fuse against a bill: past it, the warehouse refuses queries until the day, in UTC, is over. */
export class DailyLimit extends Construct {
  private readonly dimensionsMap: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, { stage, warehouse, rpuHours }: DailyLimitProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', { retention: stage.logRetention, removalPolicy: stage.removal });
    // Its own role, because the construct would bring a managed policy that may write to every log group of the account.
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    role.addToPolicy(
      new PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logGroup.logGroupArn] }),
    );
    const limit = { amount: rpuHours, breachAction: 'deactivate' };
    const usageLimitId = new PhysicalResourceIdReference();
    const service = 'redshift-serverless';
    const physicalResourceId = PhysicalResourceId.fromResponse('usageLimit.usageLimitId');
    // CloudFormation has no type for a usage limit.
    const resource = new AwsCustomResource(this, 'Limit', {
      resourceType: 'Custom::RedshiftUsageLimit',
      role,
      logGroup,
      timeout: Duration.minutes(2),
      installLatestAwsSdk: false,
      onCreate: {
        service,
        action: 'createUsageLimit',
        parameters: { resourceArn: warehouse.workgroupArn, usageType: 'serverless-compute', period: 'daily', ...limit },
        physicalResourceId,
      },
      onUpdate: { service, action: 'updateUsageLimit', parameters: { usageLimitId, ...limit }, physicalResourceId },
      onDelete: {
        service,
        action: 'deleteUsageLimit',
        parameters: { usageLimitId },
        ignoreErrorCodesMatching: 'ResourceNotFoundException',
      },
      policy: AwsCustomResourcePolicy.fromStatements([
        new PolicyStatement({
          actions: ['CreateUsageLimit', 'UpdateUsageLimit', 'DeleteUsageLimit'].map((action) => `redshift-serverless:${action}`),
          // These actions know no resources and no conditions. @source Service Authorization Reference, Amazon Redshift Serverless
          resources: ['*'],
          conditions: { StringEquals: { 'aws:RequestedRegion': Stack.of(this).region } },
        }),
      ]),
    });
    // A limit belongs to one workgroup and moves to no other: for another workgroup, another limit is made, and this one taken away.
    const limited = resource.node.findChild('Resource').node.defaultChild as CfnResource;
    limited.overrideLogicalId(`WarehouseDailyLimit${warehouse.generation}`);
    this.dimensionsMap = {
      UsageLimitId: resource.getResponseField('usageLimit.usageLimitId'),
      UsageType: 'SERVERLESS_COMPUTE',
      Workgroup: warehouse.workgroupName,
    };
  }

  /** RPU-hours of the day so far. */
  metricConsumed(options: MetricOptions): Metric {
    const { dimensionsMap } = this;
    return new Metric({ namespace: 'AWS/Redshift-Serverless', metricName: 'UsageLimitConsumed', dimensionsMap, ...options });
  }
}
