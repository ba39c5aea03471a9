import type * as AppSync from '@aws-sdk/client-appsync';
import type * as CloudFormation from '@aws-sdk/client-cloudformation';
import type * as Logs from '@aws-sdk/client-cloudwatch-logs';
import type * as DynamoDb from '@aws-sdk/client-dynamodb';
import type * as Ec2 from '@aws-sdk/client-ec2';
import type * as Iam from '@aws-sdk/client-iam';
import type * as Lambda from '@aws-sdk/client-lambda';
import type * as RedshiftData from '@aws-sdk/client-redshift-data';
import type * as Redshift from '@aws-sdk/client-redshift-serverless';
import type * as S3 from '@aws-sdk/client-s3';
import type * as Secrets from '@aws-sdk/client-secrets-manager';
import type * as Quotas from '@aws-sdk/client-service-quotas';
import type * as Sqs from '@aws-sdk/client-sqs';
import type * as Sts from '@aws-sdk/client-sts';

/** Every call of the kit, by service and operation: what it is given, and what it answers. */
export interface Calls {
  'appsync:CreateApiKey': [AppSync.CreateApiKeyCommandInput, AppSync.CreateApiKeyCommandOutput];
  'appsync:CreateDataSource': [AppSync.CreateDataSourceCommandInput, AppSync.CreateDataSourceCommandOutput];
  'appsync:CreateFunction': [AppSync.CreateFunctionCommandInput, AppSync.CreateFunctionCommandOutput];
  'appsync:CreateGraphqlApi': [AppSync.CreateGraphqlApiCommandInput, AppSync.CreateGraphqlApiCommandOutput];
  'appsync:CreateResolver': [AppSync.CreateResolverCommandInput, AppSync.CreateResolverCommandOutput];
  'appsync:DeleteGraphqlApi': [AppSync.DeleteGraphqlApiCommandInput, AppSync.DeleteGraphqlApiCommandOutput];
  'appsync:EvaluateCode': [AppSync.EvaluateCodeCommandInput, AppSync.EvaluateCodeCommandOutput];
  'appsync:GetSchemaCreationStatus': [AppSync.GetSchemaCreationStatusCommandInput, AppSync.GetSchemaCreationStatusCommandOutput];
  'appsync:ListGraphqlApis': [AppSync.ListGraphqlApisCommandInput, AppSync.ListGraphqlApisCommandOutput];
  'appsync:PutGraphqlApiEnvironmentVariables': [
    AppSync.PutGraphqlApiEnvironmentVariablesCommandInput,
    AppSync.PutGraphqlApiEnvironmentVariablesCommandOutput,
  ];
  'appsync:StartSchemaCreation': [AppSync.StartSchemaCreationCommandInput, AppSync.StartSchemaCreationCommandOutput];
  'cloudformation:DeleteStack': [CloudFormation.DeleteStackCommandInput, CloudFormation.DeleteStackCommandOutput];
  'cloudformation:DescribeStacks': [CloudFormation.DescribeStacksCommandInput, CloudFormation.DescribeStacksCommandOutput];
  'cloudformation:ListStackResources': [
    CloudFormation.ListStackResourcesCommandInput,
    CloudFormation.ListStackResourcesCommandOutput,
  ];
  'dynamodb:Scan': [DynamoDb.ScanCommandInput, DynamoDb.ScanCommandOutput];
  'ec2:DescribeAvailabilityZones': [Ec2.DescribeAvailabilityZonesCommandInput, Ec2.DescribeAvailabilityZonesCommandOutput];
  'iam:CreateRole': [Iam.CreateRoleCommandInput, Iam.CreateRoleCommandOutput];
  'iam:DeleteRole': [Iam.DeleteRoleCommandInput, Iam.DeleteRoleCommandOutput];
  'iam:DeleteRolePolicy': [Iam.DeleteRolePolicyCommandInput, Iam.DeleteRolePolicyCommandOutput];
  'iam:PutRolePolicy': [Iam.PutRolePolicyCommandInput, Iam.PutRolePolicyCommandOutput];
  'iam:SimulateCustomPolicy': [Iam.SimulateCustomPolicyCommandInput, Iam.SimulateCustomPolicyCommandOutput];
  'lambda:GetAccountSettings': [Lambda.GetAccountSettingsCommandInput, Lambda.GetAccountSettingsCommandOutput];
  'logs:TestMetricFilter': [Logs.TestMetricFilterCommandInput, Logs.TestMetricFilterCommandOutput];
  'redshift-data:BatchExecuteStatement': [
    RedshiftData.BatchExecuteStatementCommandInput,
    RedshiftData.BatchExecuteStatementCommandOutput,
  ];
  'redshift-data:DescribeStatement': [RedshiftData.DescribeStatementCommandInput, RedshiftData.DescribeStatementCommandOutput];
  'redshift-data:GetStatementResult': [RedshiftData.GetStatementResultCommandInput, RedshiftData.GetStatementResultCommandOutput];
  'redshift-serverless:CreateNamespace': [Redshift.CreateNamespaceCommandInput, Redshift.CreateNamespaceCommandOutput];
  'redshift-serverless:CreateUsageLimit': [Redshift.CreateUsageLimitCommandInput, Redshift.CreateUsageLimitCommandOutput];
  'redshift-serverless:CreateWorkgroup': [Redshift.CreateWorkgroupCommandInput, Redshift.CreateWorkgroupCommandOutput];
  'redshift-serverless:DeleteNamespace': [Redshift.DeleteNamespaceCommandInput, Redshift.DeleteNamespaceCommandOutput];
  'redshift-serverless:DeleteWorkgroup': [Redshift.DeleteWorkgroupCommandInput, Redshift.DeleteWorkgroupCommandOutput];
  'redshift-serverless:GetNamespace': [Redshift.GetNamespaceCommandInput, Redshift.GetNamespaceCommandOutput];
  'redshift-serverless:GetWorkgroup': [Redshift.GetWorkgroupCommandInput, Redshift.GetWorkgroupCommandOutput];
  'redshift-serverless:UpdateNamespace': [Redshift.UpdateNamespaceCommandInput, Redshift.UpdateNamespaceCommandOutput];
  's3:CreateBucket': [S3.CreateBucketCommandInput, S3.CreateBucketCommandOutput];
  's3:DeleteBucket': [S3.DeleteBucketCommandInput, S3.DeleteBucketCommandOutput];
  's3:DeleteObjects': [S3.DeleteObjectsCommandInput, S3.DeleteObjectsCommandOutput];
  's3:GetObject': [S3.GetObjectCommandInput, S3.GetObjectCommandOutput];
  's3:ListObjectsV2': [S3.ListObjectsV2CommandInput, S3.ListObjectsV2CommandOutput];
  's3:PutObject': [S3.PutObjectCommandInput, S3.PutObjectCommandOutput];
  'secretsmanager:CreateSecret': [Secrets.CreateSecretCommandInput, Secrets.CreateSecretCommandOutput];
  'secretsmanager:DeleteSecret': [Secrets.DeleteSecretCommandInput, Secrets.DeleteSecretCommandOutput];
  'servicequotas:ListServiceQuotas': [Quotas.ListServiceQuotasCommandInput, Quotas.ListServiceQuotasCommandOutput];
  'sqs:CreateQueue': [Sqs.CreateQueueCommandInput, Sqs.CreateQueueCommandOutput];
  'sqs:DeleteQueue': [Sqs.DeleteQueueCommandInput, Sqs.DeleteQueueCommandOutput];
  'sqs:GetQueueUrl': [Sqs.GetQueueUrlCommandInput, Sqs.GetQueueUrlCommandOutput];
  'sts:GetCallerIdentity': [Sts.GetCallerIdentityCommandInput, Sts.GetCallerIdentityCommandOutput];
}

export type CallName = keyof Calls;

/**
 * AWS, one call at a time. The only door through which the kit reaches an account, so that a test can stand in for all of it, and fail
 * or end the run at any call.
 */
export type Aws = <Name extends CallName>(
  name: Name,
  input: Calls[Name][0],
) => Promise<Omit<Calls[Name][1], '$metadata'> & { readonly $metadata?: unknown }>;
