import { Stack } from 'aws-cdk-lib';
import {
  CfnSecurityGroup,
  CfnSecurityGroupEgress,
  CfnSecurityGroupIngress,
  CfnVPCEndpoint,
  InterfaceVpcEndpointAwsService,
} from 'aws-cdk-lib/aws-ec2';
import { CfnConnection, CfnCrawler } from 'aws-cdk-lib/aws-glue';
import { Construct } from 'constructs';
import type { Catalog } from './catalog.ts';
import { CrawlerRole } from './crawler-role.ts';
import { Warehouse } from './warehouse.ts';
import type { WarehouseNetwork } from './warehouse-network.ts';
import type { WarehouseUser } from './warehouse-user.ts';

export interface WarehouseCrawlerProps {
  readonly catalog: Catalog;
  readonly warehouse: Warehouse;
  /** As whom it looks: it sees what this user may read. */
  readonly user: WarehouseUser;
}

const TABLES = 'warehouse_';

/** What a crawler calls while it stands in the VPC, where it has no address that reaches the internet. @unit 7.30 dollars a month each */
const SERVICES = ['secretsmanager', 'glue', 'sts'];

/**
 * Puts the views of the schema `bi` into the catalog, as tables `warehouse_…`, when somebody asks.
 *
 * @remarks Behind a switch, because what it calls from inside the VPC costs 22 dollars a month also when it never runs; and every crawl
 * wakes the warehouse. It sees columns and types, and neither keys nor how large a table is.
 */
export class WarehouseCrawler extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, { catalog, warehouse, user }: WarehouseCrawlerProps) {
    super(scope, id);
    const access = new CrawlerRole(this, 'Access', { catalog, tablePrefix: TABLES });
    const { role, arnOf } = access;
    user.grantRead(role);
    this.allowInterfaces(access);

    const connection = new CfnConnection(this, 'Connection', {
      catalogId: Stack.of(this).account,
      connectionInput: {
        connectionType: 'JDBC',
        description: 'The warehouse, as somebody who reads',
        connectionProperties: {
          JDBC_CONNECTION_URL: `jdbc:redshift://${warehouse.host}:${String(Warehouse.port)}/${Warehouse.databaseName}`,
          JDBC_ENFORCE_SSL: 'true',
          SECRET_ID: user.secretArn,
        },
        physicalConnectionRequirements: this.admit(warehouse.network),
      },
    });
    // It costs nothing, and cfn-lint knows of no labels here.
    connection.addPropertyDeletionOverride('Tags');
    access.allow(['glue:GetConnection', 'glue:GetConnections'], arnOf('catalog'), arnOf(`connection/${connection.ref}`));

    const crawler = new CfnCrawler(this, 'Crawler', {
      description: 'What columns the views of the schema bi have',
      role: role.roleArn,
      databaseName: catalog.databaseName,
      tablePrefix: TABLES,
      targets: { jdbcTargets: [{ connectionName: connection.ref, path: `${Warehouse.databaseName}/bi/%` }] },
      schemaChangePolicy: { updateBehavior: 'UPDATE_IN_DATABASE', deleteBehavior: 'LOG' },
    });
    crawler.node.addDependency(role);
    this.name = crawler.ref;
  }

  /** Let a crawler stand in the first subnet, reach the warehouse and what it calls, and nobody else reach it. */
  private admit({
    vpcId,
    routesId,
    subnet,
    securityGroupId: door,
  }: WarehouseNetwork): CfnConnection.PhysicalConnectionRequirementsProperty {
    const { region } = Stack.of(this);
    const outwards = {
      ipProtocol: 'tcp',
      fromPort: 443,
      toPort: 443,
      cidrIp: '0.0.0.0/0',
      description: 'S3 by its gateway endpoint',
    };
    const group = new CfnSecurityGroup(this, 'Group', {
      vpcId,
      groupDescription: 'A crawler may connect to the warehouse and to what it calls',
      securityGroupEgress: [outwards],
    }).attrGroupId;
    // The workers of a crawler talk to each other on ports of their choice. @source Glue, "Setting up a VPC": all TCP from itself
    const all = { ipProtocol: 'tcp', fromPort: 0, toPort: 65_535, description: 'the crawler itself' };
    new CfnSecurityGroupIngress(this, 'FromItself', { groupId: group, sourceSecurityGroupId: group, ...all });
    new CfnSecurityGroupEgress(this, 'ToItself', { groupId: group, destinationSecurityGroupId: group, ...all });
    const { port } = Warehouse;
    const toWarehouse = { ipProtocol: 'tcp', fromPort: port, toPort: port, description: 'crawler to warehouse' };
    new CfnSecurityGroupEgress(this, 'ToWarehouse', { groupId: group, destinationSecurityGroupId: door, ...toWarehouse });
    new CfnSecurityGroupIngress(this, 'WarehouseFromIt', { groupId: door, sourceSecurityGroupId: group, ...toWarehouse });

    // Without it Glue refuses to connect; it costs nothing.
    new CfnVPCEndpoint(this, 'Objects', {
      vpcId,
      vpcEndpointType: 'Gateway',
      serviceName: `com.amazonaws.${region}.s3`,
      routeTableIds: [routesId],
    });
    for (const service of SERVICES)
      new CfnVPCEndpoint(this, service, {
        vpcId,
        vpcEndpointType: 'Interface',
        // In China some of the names begin in another way.
        serviceName: new InterfaceVpcEndpointAwsService(service).name,
        subnetIds: [subnet.id],
        securityGroupIds: [group],
        privateDnsEnabled: true,
      });
    return { availabilityZone: subnet.zone, subnetId: subnet.id, securityGroupIdList: [group] };
  }

  /** What Glue does in the VPC with the crawler's role. @source AWSGlueServiceRole, the statements on EC2 */
  private allowInterfaces(access: CrawlerRole): void {
    const described = ['NetworkInterfaces', 'RouteTables', 'SecurityGroups', 'Subnets', 'VpcAttribute', 'VpcEndpoints'];
    // These actions know no resources.
    access.allow(
      ['ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', ...described.map((what) => `ec2:Describe${what}`)],
      '*',
    );
    const stack = Stack.of(this);
    const interfaces = stack.formatArn({ service: 'ec2', resource: 'network-interface/*' });
    access.allow(['ec2:CreateTags', 'ec2:DeleteTags'], interfaces);
  }
}
