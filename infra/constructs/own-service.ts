import { Stack } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** A service of AWS, as long as it acts for this account: whoever has it act for another one does not get the role. */
export function ownService(scope: Construct, name: 'appsync' | 'events' | 'glue' | 'lambda' | 'scheduler'): ServicePrincipal {
  return new ServicePrincipal(`${name}.amazonaws.com`, {
    conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
  });
}
