import type { GraphqlApi } from 'aws-cdk-lib/aws-appsync';
import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';

export interface WebAclProps {
  readonly api: GraphqlApi;
  /** Requests that one address may send in five minutes. */
  readonly requests: number;
}

/** Turns an address away that asks more than its share, before AppSync runs anything for it. 6 dollars a month, 0.60 a million requests. */
export class WebAcl extends Construct {
  constructor(scope: Construct, id: string, { api, requests }: WebAclProps) {
    super(scope, id);
    const seen = (metricName: string) => ({ cloudWatchMetricsEnabled: true, sampledRequestsEnabled: false, metricName });
    const acl = new CfnWebACL(this, 'Acl', {
      description: 'One address may not take the API from all others',
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: seen('requests'),
      rules: [
        {
          name: 'too-many-from-one-address',
          priority: 0,
          action: { block: {} },
          statement: { rateBasedStatement: { aggregateKeyType: 'IP', evaluationWindowSec: 300, limit: requests } },
          visibilityConfig: seen('too-many-from-one-address'),
        },
      ],
    });
    new CfnWebACLAssociation(this, 'Association', { resourceArn: api.arn, webAclArn: acl.attrArn });
  }
}
