import { join } from 'node:path';
import type { Duration } from 'aws-cdk-lib';
import { PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, LoggingFormat, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionName } from '../build.ts';
import type { Stage } from '../stages.ts';
import { ownService } from './own-service.ts';

export interface BundledFunctionProps {
  readonly stage: Stage;
  /** Where `infra/build.ts` put the bundles. */
  readonly build: string;
  readonly name: FunctionName;
  readonly description: string;
  /** In MiB; processor time grows with it: 1769 is one core. */
  readonly memory: number;
  readonly timeout: Duration;
  readonly environment: Readonly<Record<string, string>>;
  /** For invocations that nobody waits for: how often a failed one is tried again (0 to 2), and for how long (a minute to 6 hours). */
  readonly asynchronous?: { readonly retries: number; readonly maximumAge: Duration };
}

/**
 * One of the functions that `infra/build.ts` bundles, with a role that can do nothing but log and trace.
 *
 * @remarks None reserves concurrency: a new account has ten, and ten must stay unreserved.
 * @source Lambda developer guide, "Configuring reserved concurrency", and its quotas: new accounts have less
 */
export class BundledFunction extends Construct {
  readonly lambda: LambdaFunction;
  readonly role: Role;
  readonly logGroup: LogGroup;
  readonly timeout: Duration;

  constructor(
    scope: Construct,
    id: string,
    { stage, build, name, description, memory, timeout, environment, asynchronous }: BundledFunctionProps,
  ) {
    super(scope, id);
    this.timeout = timeout;
    this.logGroup = new LogGroup(this, 'Logs', { retention: stage.logRetention, removalPolicy: stage.removal });
    this.role = new Role(this, 'Role', { assumedBy: ownService(this, 'lambda') });
    // By hand, because the managed policy for this may write to every log group of the account.
    this.role.addToPolicy(
      new PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [this.logGroup.logGroupArn] }),
    );
    this.lambda = new LambdaFunction(this, 'Function', {
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(join(build, 'functions', name), { exclude: ['*.map'] }),
      handler: 'index.handler',
      description,
      memorySize: memory,
      timeout,
      environment,
      role: this.role,
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      tracing: Tracing.ACTIVE,
      ...(asynchronous === undefined ? {} : { retryAttempts: asynchronous.retries, maxEventAge: asynchronous.maximumAge }),
    });
  }
}
