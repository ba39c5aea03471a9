import type { Resources } from './assemblies.ts';

/** A function with its role, by logical id; its code is the asset of this hash. */
export function lambdaFunction(name: string, hash: string, properties: Record<string, unknown> = {}): Resources {
  return {
    [`${name}Role`]: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: {} } },
    [name]: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: { S3Bucket: { 'Fn::Sub': 'assets-${AWS::AccountId}' }, S3Key: `${hash}.zip` },
        Handler: 'index.handler',
        Role: { 'Fn::GetAtt': [`${name}Role`, 'Arn'] },
        Runtime: 'nodejs24.x',
        ...properties,
      },
    },
  };
}

/** A workgroup, its namespace, and a user with a password, as the CDK writes them. */
export const warehouse: Resources = {
  Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/22' } },
  Subnet: { Type: 'AWS::EC2::Subnet', Properties: { VpcId: { Ref: 'Vpc' }, CidrBlock: '10.0.0.0/24' } },
  Namespace: {
    Type: 'AWS::RedshiftServerless::Namespace',
    Properties: {
      NamespaceName: 'shop',
      DbName: 'sales',
      AdminUsername: 'administrator',
      ManageAdminPassword: true,
      DefaultIamRoleArn: { 'Fn::GetAtt': ['CopyRole', 'Arn'] },
      IamRoles: [{ 'Fn::GetAtt': ['CopyRole', 'Arn'] }],
      LogExports: ['userlog'],
    },
  },
  CopyRole: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: {} } },
  Workgroup: {
    Type: 'AWS::RedshiftServerless::Workgroup',
    Properties: {
      WorkgroupName: 'shop',
      NamespaceName: { Ref: 'Namespace' },
      BaseCapacity: 8,
      Port: 5439,
      PubliclyAccessible: true,
      SubnetIds: [{ Ref: 'Subnet' }],
      ConfigParameters: [{ ParameterKey: 'max_query_execution_time', ParameterValue: '900' }],
    },
  },
  LoaderSecret: {
    Type: 'AWS::SecretsManager::Secret',
    Properties: {
      Description: 'Who copies',
      GenerateSecretString: {
        ExcludePunctuation: true,
        GenerateStringKey: 'password',
        PasswordLength: 24,
        SecretStringTemplate: '{"username":"loader"}',
      },
    },
  },
};

const streamArn = { 'Fn::GetAtt': ['Stream', 'Arn'] };
const deliveryRole = { 'Fn::GetAtt': ['DeliveryRole', 'Arn'] };

/** Firehose from a stream through a bucket into the warehouse. */
export function delivery(destination: Record<string, unknown> = {}): Resources {
  return {
    ...warehouse,
    Stream: { Type: 'AWS::Kinesis::Stream', Properties: { ShardCount: 1 } },
    Bucket: { Type: 'AWS::S3::Bucket' },
    DeliveryRole: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: {} } },
    Delivery: {
      Type: 'AWS::KinesisFirehose::DeliveryStream',
      Properties: {
        DeliveryStreamType: 'KinesisStreamAsSource',
        KinesisStreamSourceConfiguration: { KinesisStreamARN: streamArn, RoleARN: deliveryRole },
        RedshiftDestinationConfiguration: {
          CloudWatchLoggingOptions: { Enabled: true, LogGroupName: { Ref: 'Logs' }, LogStreamName: 'copies' },
          ClusterJDBCURL: {
            'Fn::Join': ['', ['jdbc:redshift://', { 'Fn::GetAtt': ['Workgroup', 'Workgroup.Endpoint.Address'] }, ':5439/sales']],
          },
          CopyCommand: {
            CopyOptions: "JSON 'auto ignorecase'",
            DataTableColumns: 'lineid, quantity',
            DataTableName: 'intake.landing',
          },
          RoleARN: deliveryRole,
          S3BackupMode: 'Disabled',
          S3Configuration: {
            BucketARN: { 'Fn::GetAtt': ['Bucket', 'Arn'] },
            BufferingHints: { IntervalInSeconds: 60, SizeInMBs: 16 },
            CompressionFormat: 'UNCOMPRESSED',
            Prefix: 'firehose/',
            RoleARN: deliveryRole,
          },
          SecretsManagerConfiguration: { Enabled: true, RoleARN: deliveryRole, SecretARN: { Ref: 'LoaderSecret' } },
          ...destination,
        },
      },
    },
  };
}
