import { CfnResource, Duration } from 'aws-cdk-lib';
import { PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { AwsCustomResource, AwsCustomResourcePolicy, type AwsCustomResourceProps } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import type { Stage } from '../stages.ts';
import { ownService } from './own-service.ts';

/** A call that CloudFormation makes by a custom resource, and what it needs the right for. */
export interface AwsCall extends Pick<AwsCustomResourceProps, 'onCreate' | 'onUpdate' | 'onDelete'> {
  readonly resourceType: `Custom::${string}`;
  readonly statement: PolicyStatement;
}

/** Calls to AWS for what CloudFormation has no type for, or not at the right time: by the one function which the CDK brings for them. */
export class AwsCalls extends Construct {
  /** What the function logs to, and as whom it calls; a stage that calls nothing has neither. */
  private caller: { readonly role: Role; readonly logGroup: LogGroup } | undefined;

  constructor(
    scope: Construct,
    id: string,
    private readonly stage: Stage,
  ) {
    super(scope, id);
  }

  /** A custom resource in `scope`, and as CloudFormation has it in the template. */
  make(scope: Construct, id: string, { statement, ...call }: AwsCall): { call: AwsCustomResource; resource: CfnResource } {
    const { role, logGroup } = (this.caller ??= this.makeCaller());
    const made = new AwsCustomResource(scope, id, {
      ...call,
      role,
      logGroup,
      timeout: Duration.minutes(2),
      installLatestAwsSdk: false,
      policy: AwsCustomResourcePolicy.fromStatements([statement]),
    });
    const resource = made.node.findChild('Resource').node.defaultChild;
    if (!CfnResource.isCfnResource(resource)) throw new TypeError(`${made.node.path} has no custom resource`);
    return { call: made, resource };
  }
  private makeCaller(): { readonly role: Role; readonly logGroup: LogGroup } {
    const { logRetention, removal } = this.stage;
    const logGroup = new LogGroup(this, 'Logs', { retention: logRetention, removalPolicy: removal });
    // Its own role, because the construct would bring a managed policy that may write to every log group of the account.
    const role = new Role(this, 'Role', { assumedBy: ownService(this, 'lambda') });
    role.addToPolicy(
      new PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logGroup.logGroupArn] }),
    );
    return { role, logGroup };
  }
}
