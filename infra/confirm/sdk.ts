import {
  AppSyncClient,
  CreateApiKeyCommand,
  CreateDataSourceCommand,
  CreateFunctionCommand,
  CreateGraphqlApiCommand,
  CreateResolverCommand,
  DeleteGraphqlApiCommand,
  EvaluateCodeCommand,
  GetSchemaCreationStatusCommand,
  ListGraphqlApisCommand,
  PutGraphqlApiEnvironmentVariablesCommand,
  StartSchemaCreationCommand,
} from '@aws-sdk/client-appsync';
import {
  CloudFormationClient,
  DeleteStackCommand,
  DescribeStacksCommand,
  ListStackResourcesCommand,
} from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, TestMetricFilterCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { DescribeAvailabilityZonesCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
  SimulateCustomPolicyCommand,
} from '@aws-sdk/client-iam';
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  BatchExecuteStatementCommand,
  DescribeStatementCommand,
  GetStatementResultCommand,
  RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import {
  CreateNamespaceCommand,
  CreateUsageLimitCommand,
  CreateWorkgroupCommand,
  DeleteNamespaceCommand,
  DeleteWorkgroupCommand,
  GetNamespaceCommand,
  GetWorkgroupCommand,
  UpdateNamespaceCommand,
  RedshiftServerlessClient,
} from '@aws-sdk/client-redshift-serverless';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { CreateSecretCommand, DeleteSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ListServiceQuotasCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { CreateQueueCommand, DeleteQueueCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Aws, CallName } from './aws.ts';

/** The account cannot be asked at all. */
export class NoAccountError extends Error {
  override readonly name = 'NoAccountError';
  readonly code = 'NO_ACCOUNT';
}

/** The region of the environment or of the profile. @throws NoAccountError */
export async function configuredRegion(): Promise<string> {
  try {
    return await new STSClient({}).config.region();
  } catch (cause) {
    throw new NoAccountError('no region is set: set AWS_REGION, or the region of your AWS profile', { cause });
  }
}

const openClient = new Map<string, Aws>();

/** The clients of AWS, made once for a region. Each call is tried as often as ten times, because what it asks about is throttled early. */
export function awsOf(region: string): Aws {
  const aws = openClient.get(region) ?? open(region);
  openClient.set(region, aws);
  return aws;
}

function open(region: string): Aws {
  const settings = { region, maxAttempts: 10, retryMode: 'adaptive' };
  const appsync = new AppSyncClient(settings);
  const cloudFormation = new CloudFormationClient(settings);
  const dynamodb = new DynamoDBClient(settings);
  const ec2 = new EC2Client(settings);
  const iam = new IAMClient(settings);
  const lambda = new LambdaClient(settings);
  const logs = new CloudWatchLogsClient(settings);
  const redshift = new RedshiftServerlessClient(settings);
  const redshiftData = new RedshiftDataClient(settings);
  const s3 = new S3Client(settings);
  const quotas = new ServiceQuotasClient(settings);
  const secrets = new SecretsManagerClient(settings);
  const sqs = new SQSClient(settings);
  const sts = new STSClient(settings);
  const calls: Readonly<Record<CallName, (input: never) => Promise<unknown>>> = {
    'appsync:CreateApiKey': (input) => appsync.send(new CreateApiKeyCommand(input)),
    'appsync:CreateDataSource': (input) => appsync.send(new CreateDataSourceCommand(input)),
    'appsync:CreateFunction': (input) => appsync.send(new CreateFunctionCommand(input)),
    'appsync:CreateGraphqlApi': (input) => appsync.send(new CreateGraphqlApiCommand(input)),
    'appsync:CreateResolver': (input) => appsync.send(new CreateResolverCommand(input)),
    'appsync:DeleteGraphqlApi': (input) => appsync.send(new DeleteGraphqlApiCommand(input)),
    'appsync:EvaluateCode': (input) => appsync.send(new EvaluateCodeCommand(input)),
    'appsync:GetSchemaCreationStatus': (input) => appsync.send(new GetSchemaCreationStatusCommand(input)),
    'appsync:ListGraphqlApis': (input) => appsync.send(new ListGraphqlApisCommand(input)),
    'appsync:PutGraphqlApiEnvironmentVariables': (input) => appsync.send(new PutGraphqlApiEnvironmentVariablesCommand(input)),
    'appsync:StartSchemaCreation': (input) => appsync.send(new StartSchemaCreationCommand(input)),
    'cloudformation:DeleteStack': (input) => cloudFormation.send(new DeleteStackCommand(input)),
    'cloudformation:DescribeStacks': (input) => cloudFormation.send(new DescribeStacksCommand(input)),
    'cloudformation:ListStackResources': (input) => cloudFormation.send(new ListStackResourcesCommand(input)),
    'dynamodb:Scan': (input) => dynamodb.send(new ScanCommand(input)),
    'ec2:DescribeAvailabilityZones': (input) => ec2.send(new DescribeAvailabilityZonesCommand(input)),
    'iam:CreateRole': (input) => iam.send(new CreateRoleCommand(input)),
    'iam:DeleteRole': (input) => iam.send(new DeleteRoleCommand(input)),
    'iam:DeleteRolePolicy': (input) => iam.send(new DeleteRolePolicyCommand(input)),
    'iam:PutRolePolicy': (input) => iam.send(new PutRolePolicyCommand(input)),
    'iam:SimulateCustomPolicy': (input) => iam.send(new SimulateCustomPolicyCommand(input)),
    'lambda:GetAccountSettings': (input) => lambda.send(new GetAccountSettingsCommand(input)),
    'logs:TestMetricFilter': (input) => logs.send(new TestMetricFilterCommand(input)),
    'redshift-data:BatchExecuteStatement': (input) => redshiftData.send(new BatchExecuteStatementCommand(input)),
    'redshift-data:DescribeStatement': (input) => redshiftData.send(new DescribeStatementCommand(input)),
    'redshift-data:GetStatementResult': (input) => redshiftData.send(new GetStatementResultCommand(input)),
    'redshift-serverless:CreateNamespace': (input) => redshift.send(new CreateNamespaceCommand(input)),
    'redshift-serverless:CreateUsageLimit': (input) => redshift.send(new CreateUsageLimitCommand(input)),
    'redshift-serverless:CreateWorkgroup': (input) => redshift.send(new CreateWorkgroupCommand(input)),
    'redshift-serverless:DeleteNamespace': (input) => redshift.send(new DeleteNamespaceCommand(input)),
    'redshift-serverless:DeleteWorkgroup': (input) => redshift.send(new DeleteWorkgroupCommand(input)),
    'redshift-serverless:GetNamespace': (input) => redshift.send(new GetNamespaceCommand(input)),
    'redshift-serverless:GetWorkgroup': (input) => redshift.send(new GetWorkgroupCommand(input)),
    'redshift-serverless:UpdateNamespace': (input) => redshift.send(new UpdateNamespaceCommand(input)),
    's3:CreateBucket': (input) => s3.send(new CreateBucketCommand(input)),
    's3:DeleteBucket': (input) => s3.send(new DeleteBucketCommand(input)),
    's3:DeleteObjects': (input) => s3.send(new DeleteObjectsCommand(input)),
    's3:GetObject': (input) => s3.send(new GetObjectCommand(input)),
    's3:ListObjectsV2': (input) => s3.send(new ListObjectsV2Command(input)),
    's3:PutObject': (input) => s3.send(new PutObjectCommand(input)),
    'secretsmanager:CreateSecret': (input) => secrets.send(new CreateSecretCommand(input)),
    'secretsmanager:DeleteSecret': (input) => secrets.send(new DeleteSecretCommand(input)),
    'servicequotas:ListServiceQuotas': (input) => quotas.send(new ListServiceQuotasCommand(input)),
    'sqs:CreateQueue': (input) => sqs.send(new CreateQueueCommand(input)),
    'sqs:DeleteQueue': (input) => sqs.send(new DeleteQueueCommand(input)),
    'sqs:GetQueueUrl': (input) => sqs.send(new GetQueueUrlCommand(input)),
    'sts:GetCallerIdentity': (input) => sts.send(new GetCallerIdentityCommand(input)),
  };
  return (async (name: CallName, input: never) => {
    try {
      return await calls[name](input);
    } catch (error) {
      throw explainError(error, region);
    }
  }) as Aws;
}

const UNREACHED = new Set(['ENOTFOUND', 'ECONNREFUSED', 'EAI_AGAIN', 'ETIMEDOUT', 'ENETUNREACH', 'EHOSTUNREACH']);
const NOT_ALLOWED =
  /^(ExpiredToken|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|AuthFailure|ExpiredTokenException)/;

/** What every call may meet, in words that say what to do. */
function explainError(error: unknown, region: string): unknown {
  const { name = '', code = '', message = '' } = (error ?? {}) as { name?: string; code?: string; message?: string };
  const cause = { cause: error };
  if (name === 'CredentialsProviderError')
    return new NoAccountError('no credentials for AWS: sign in as for the AWS CLI, or set AWS_PROFILE', cause);
  if (NOT_ALLOWED.test(name)) return new NoAccountError(`AWS does not take the credentials: ${message}`, cause);
  if (UNREACHED.has(code)) return new NoAccountError(`AWS cannot be reached in "${region}": ${message}`, cause);
  return error;
}
