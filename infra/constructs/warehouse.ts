import { createHash } from 'node:crypto';
import { Fn, Stack } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Grant, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnNamespace, CfnWorkgroup } from 'aws-cdk-lib/aws-redshiftserverless';
import { Construct } from 'constructs';
import { DELIVERY_PREFIX, IMPORT_PREFIX, RAW_PREFIX } from '../../domain/bucket.ts';
import type { Stage, WarehouseSettings } from '../stages.ts';
import type { RawBucket } from './raw-bucket.ts';
import { uniqueName } from './unique-name.ts';
import { WarehouseNetwork } from './warehouse-network.ts';

export interface WarehouseProps {
  readonly stage: Stage;
  readonly settings: WarehouseSettings;
  readonly bucket: RawBucket;
  readonly biCidrs: readonly string[];
  readonly zones: readonly string[] | undefined;
}

/** How a role calls the warehouse: one statement at a time, or many in one transaction. */
type Call = 'ExecuteStatement' | 'BatchExecuteStatement';

/** What Redshift can tell about who does what, in the log groups it names itself. */
const LOGS = ['userlog', 'connectionlog', 'useractivitylog'];

const ADMINISTRATOR = 'administrator';

/** The database of all sales, asleep and free of charge when nobody asks. */
export class Warehouse extends Construct {
  static readonly databaseName = 'tillgraph';
  static readonly port = 5439;

  readonly workgroupName: string;
  readonly workgroupArn: string;
  /**
   * Another text for another workgroup: what CloudFormation cannot change in one, and replaces it for.
   *
   * @source AWS::RedshiftServerless::Workgroup: WorkgroupName and NamespaceName, "Update requires: Replacement"
   */
  readonly generation: string;
  readonly host: string;
  readonly network: WarehouseNetwork;
  /** Made and changed by Redshift; CloudFormation does not tell its ARN. @source "Managing admin passwords": `redshift!<namespace>-<user>` */
  readonly administratorSecret: string;

  constructor(scope: Construct, id: string, { stage, settings, bucket, biCidrs, zones }: WarehouseProps) {
    super(scope, id);
    const name = uniqueName(this);
    this.network = new WarehouseNetwork(this, 'Network', { port: Warehouse.port, biCidrs, zones });

    const copyRole = new Role(this, 'CopyRole', {
      description: 'Reads what COPY loads',
      assumedBy: new ServicePrincipal('redshift-serverless.amazonaws.com'),
    });
    copyRole.assumeRolePolicy?.addStatements(
      new PolicyStatement({ principals: [new ServicePrincipal('redshift.amazonaws.com')], actions: ['sts:AssumeRole'] }),
    );
    bucket.grantRead(copyRole, DELIVERY_PREFIX, IMPORT_PREFIX, RAW_PREFIX);

    const namespace = new CfnNamespace(this, 'Namespace', {
      namespaceName: name,
      dbName: Warehouse.databaseName,
      adminUsername: ADMINISTRATOR,
      manageAdminPassword: true,
      defaultIamRoleArn: copyRole.roleArn,
      iamRoles: [copyRole.roleArn],
      logExports: LOGS,
    });
    namespace.applyRemovalPolicy(stage.removal);
    for (const log of LOGS) {
      // Made here, they have a retention and leave with the stack.
      const group = new LogGroup(this, log, {
        logGroupName: `/aws/redshift/${name}/${log}`,
        retention: stage.logRetention,
        removalPolicy: stage.removal,
      });
      namespace.node.addDependency(group);
    }

    const workgroup = new CfnWorkgroup(this, 'Workgroup', {
      workgroupName: name,
      namespaceName: namespace.ref,
      baseCapacity: settings.baseCapacity,
      maxCapacity: settings.maximumCapacity,
      // Left out, Redshift may turn it on, and then chooses and bills its own power instead of the base.
      pricePerformanceTarget: { status: 'DISABLED' },
      port: Warehouse.port,
      publiclyAccessible: true,
      enhancedVpcRouting: false,
      subnetIds: [...this.network.subnetIds],
      securityGroupIds: [this.network.securityGroupId],
      configParameters: Object.entries(PARAMETERS).map(([parameterKey, parameterValue]) => ({ parameterKey, parameterValue })),
    });
    workgroup.node.addDependency(this.network);
    const replacing = Stack.of(this).resolve([name, namespace.logicalId, workgroup.logicalId]) as unknown;
    this.generation = createHash('sha256').update(JSON.stringify(replacing)).digest('hex').slice(0, 8).toUpperCase();
    this.workgroupName = workgroup.ref;
    this.workgroupArn = workgroup.attrWorkgroupWorkgroupArn;
    this.host = workgroup.attrWorkgroupEndpointAddress;
    this.administratorSecret = `redshift!${name}-${ADMINISTRATOR}`;
  }

  /** Let `role` run statements as the database user of its name, look how its own are doing, and read what they give. */
  grantCall(role: Role, call: Call): void {
    this.grantStatements(role, call);
    allow(role, ['redshift-serverless:GetCredentials'], this.workgroupArn);
  }

  /** Let `role` run statements as the administrator of the database. */
  grantAdminister(role: Role): void {
    this.grantStatements(role, 'BatchExecuteStatement');
    const { partition, region, account } = Stack.of(this);
    // Secrets Manager puts a hyphen and six characters behind a name.
    const secret = `arn:${partition}:secretsmanager:${region}:${account}:secret:${this.administratorSecret}-??????`;
    allow(role, ['secretsmanager:GetSecretValue'], secret);
  }

  /** How many questions were put and not answered. */
  metricFailedQuestions(options: MetricOptions): Metric {
    const dimensionsMap = { QueryType: 'SELECT', Workgroup: this.workgroupName };
    return new Metric({ namespace: 'AWS/Redshift-Serverless', metricName: 'QueriesFailed', dimensionsMap, ...options });
  }

  private grantStatements(role: Role, call: Call): void {
    allow(role, [`redshift-data:${call}`], this.workgroupArn);
    // A statement has no ARN; whose it is can be said. By role, because one session of AppSync's may ask for the result of another's.
    Grant.addToPrincipal({
      grantee: role,
      actions: ['redshift-data:DescribeStatement', 'redshift-data:GetStatementResult'],
      resourceArns: ['*'],
      conditions: { StringLike: { 'redshift-data:statement-owner-iam-userid': Fn.join(':', [role.roleId, '*']) } },
    });
  }
}

/**
 * How sessions are, unless they say otherwise.
 *
 * @source AWS::RedshiftServerless::Workgroup ConfigParameter: these keys, and the metrics of query monitoring, can be set
 */
const PARAMETERS = {
  require_ssl: 'true',
  // In seconds; as long as the loader can wait.
  max_query_execution_time: '900',
  // Views that Redshift makes by itself are refreshed by itself, and that is billed.
  auto_mv: 'false',
  enable_user_activity_logging: 'true',
};

function allow(grantee: Role, actions: string[], resource: string): void {
  Grant.addToPrincipal({ grantee, actions, resourceArns: [resource] });
}
