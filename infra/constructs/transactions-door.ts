import { Duration, Stack } from 'aws-cdk-lib';
import { AccessLogFormat, AccessLogField } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Stage } from '../stages.ts';
import { BundledFunction } from './bundled-function.ts';
import type { TransactionStream } from './transaction-stream.ts';

export interface TransactionsDoorProps {
  readonly stage: Stage;
  readonly build: string;
  readonly stream: TransactionStream;
}

/** `POST /transactions` for clients that do not speak GraphQL. Like the mutations, it asks for IAM credentials. */
export class TransactionsDoor extends Construct {
  readonly function: BundledFunction;
  readonly api: HttpApi;
  /** Where the door stands, without `/transactions`. */
  readonly url: string;

  constructor(scope: Construct, id: string, { stage, build, stream }: TransactionsDoorProps) {
    super(scope, id);
    this.function = new BundledFunction(this, 'Function', {
      stage,
      build,
      name: 'transactions-door',
      description: 'POST /transactions: checks transaction lines and appends them to the stream',
      memory: 512,
      timeout: Duration.seconds(15),
      environment: { STREAM_NAME: stream.stream.streamName },
    });
    stream.grantAppend(this.function.lambda);

    this.api = new HttpApi(this, 'Api', {
      apiName: Stack.of(this).stackName,
      description: 'Transactions for clients that do not speak GraphQL',
      createDefaultStage: false,
    });
    this.api.addRoutes({
      path: '/transactions',
      methods: [HttpMethod.POST],
      integration: new HttpLambdaIntegration('Transactions', this.function.lambda),
      authorizer: new HttpIamAuthorizer(),
    });
    const logGroup = new LogGroup(this, 'AccessLogs', { retention: stage.logRetention, removalPolicy: stage.removal });
    new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      // Requests per second, of up to 250 lines each; above it callers get 429 and the account's other APIs keep their share.
      throttle: { rateLimit: 100, burstLimit: 200 },
      accessLogSettings: { destination: new LogGroupLogDestination(logGroup), format: accessLog },
    });
    this.url = this.api.apiEndpoint;
  }
}

/** Who called and what came of it; never a body, which names customers. */
const accessLog = AccessLogFormat.custom(
  JSON.stringify({
    requestId: AccessLogField.contextRequestId(),
    at: AccessLogField.contextRequestTime(),
    caller: '$context.identity.userArn',
    route: '$context.routeKey',
    status: AccessLogField.contextStatus(),
    latency: '$context.integrationLatency',
    error: '$context.integrationErrorMessage',
  }),
);
