import { Stack } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { PhysicalResourceId, PhysicalResourceIdReference } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import type { AwsCalls } from './aws-calls.ts';
import type { Warehouse } from './warehouse.ts';

export interface DailyLimitProps {
  readonly calls: AwsCalls;
  readonly warehouse: Warehouse;
  /** RPU-hours of a UTC day, a whole number above 0. */
  readonly rpuHours: number;
}

/** A fuse against a bill: past it, the warehouse refuses queries until the day, in UTC, is over. */
export class DailyLimit extends Construct {
  private readonly dimensionsMap: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, { calls, warehouse, rpuHours }: DailyLimitProps) {
    super(scope, id);
    const limit = { amount: rpuHours, breachAction: 'deactivate' };
    const usageLimitId = new PhysicalResourceIdReference();
    const service = 'redshift-serverless';
    const physicalResourceId = PhysicalResourceId.fromResponse('usageLimit.usageLimitId');
    // CloudFormation has no type for a usage limit.
    const { call, resource } = calls.make(this, 'Limit', {
      resourceType: 'Custom::RedshiftUsageLimit',
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
        // A limit that could not be made has no id, and is deleted all the same when the deployment is rolled back.
        ignoreErrorCodesMatching: 'ResourceNotFoundException|ValidationException',
      },
      statement: new PolicyStatement({
        actions: ['CreateUsageLimit', 'UpdateUsageLimit', 'DeleteUsageLimit'].map((action) => `redshift-serverless:${action}`),
        // These actions know no resources and no conditions. @source Service Authorization Reference, Amazon Redshift Serverless
        resources: ['*'],
        conditions: { StringEquals: { 'aws:RequestedRegion': Stack.of(this).region } },
      }),
    });
    // A limit belongs to one workgroup and moves to no other: for another workgroup, another limit is made, and this one taken away.
    resource.overrideLogicalId(`WarehouseDailyLimit${warehouse.generation}`);
    this.dimensionsMap = {
      UsageLimitId: call.getResponseField('usageLimit.usageLimitId'),
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
