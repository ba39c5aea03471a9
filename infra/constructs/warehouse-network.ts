import { Fn, Stack, Tags } from 'aws-cdk-lib';
import {
  CfnInternetGateway,
  CfnRoute,
  CfnRouteTable,
  CfnSecurityGroup,
  CfnSubnet,
  CfnSubnetRouteTableAssociation,
  CfnVPC,
  CfnVPCGatewayAttachment,
} from 'aws-cdk-lib/aws-ec2';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { Construct } from 'constructs';

export interface WarehouseNetworkProps {
  /** Where the warehouse listens. */
  readonly port: number;
  /** Addresses of BI tools, as blocks such as `203.0.113.7/32`. */
  readonly biCidrs: readonly string[];
  /** Two or three zones by name, when the first two of the account are not to be used. */
  readonly zones: readonly string[] | undefined;
}

/** Firehose does not say from where it connects in this region. */
export class UnknownFirehoseAddressError extends Error {
  override readonly name = 'UnknownFirehoseAddressError';
  readonly code = 'UNKNOWN_FIREHOSE_ADDRESS';

  constructor(readonly region: string) {
    super(
      `region "${region}": AWS names no addresses of Firehose there, so the warehouse cannot let it in; write another region, or -c stage=lean`,
    );
  }
}

/**
 * Subnets that Redshift Serverless asks for, each in a zone of its own. With enhanced VPC routing it would be three, and us-west-1 gives
 * an account two zones only.
 *
 * @source "Considerations when using Amazon Redshift Serverless": two subnets (without EVR)
 */
const SUBNETS = 2;

/**
 * Where the warehouse stands: reachable from the internet, because Firehose comes from there, and open to Firehose and to named BI
 * addresses only.
 *
 * @throws UnknownFirehoseAddressError
 */
export class WarehouseNetwork extends Construct {
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
  readonly vpcId: string;
  readonly routesId: string;
  /** The first of the subnets, and where it is. */
  readonly subnet: { readonly id: string; readonly zone: string };

  constructor(scope: Construct, id: string, { port, biCidrs, zones }: WarehouseNetworkProps) {
    super(scope, id);
    const { region, stackName } = Stack.of(this);
    const firehose = RegionInfo.get(region).firehoseCidrBlock;
    if (firehose === undefined) throw new UnknownFirehoseAddressError(region);
    Tags.of(this).add('Name', stackName);

    // By hand, because the construct for this brings a function that empties the default security group, or subnets nobody needs.
    const vpc = new CfnVPC(this, 'Vpc', { cidrBlock: '10.0.0.0/22', enableDnsHostnames: true, enableDnsSupport: true });
    const gateway = new CfnInternetGateway(this, 'Gateway');
    const attachment = new CfnVPCGatewayAttachment(this, 'Attachment', {
      vpcId: vpc.ref,
      internetGatewayId: gateway.ref,
    });
    const routes = new CfnRouteTable(this, 'Routes', { vpcId: vpc.ref });
    const wayOut = new CfnRoute(this, 'WayOut', {
      routeTableId: routes.ref,
      destinationCidrBlock: '0.0.0.0/0',
      gatewayId: gateway.ref,
    });
    wayOut.addResourceDependency(attachment);

    this.vpcId = vpc.ref;
    this.routesId = routes.ref;
    const zoneOf = (index: number) => zones?.[index] ?? Fn.select(index, Fn.getAzs());
    this.subnetIds = Array.from({ length: zones?.length ?? SUBNETS }, (_, index) => {
      const subnet = new CfnSubnet(this, `Subnet${String(index + 1)}`, {
        vpcId: vpc.ref,
        availabilityZone: zoneOf(index),
        cidrBlock: `10.0.${String(index)}.0/24`,
        // The workgroup gets its public addresses from Redshift.
        mapPublicIpOnLaunch: false,
      });
      new CfnSubnetRouteTableAssociation(this, `Association${String(index + 1)}`, {
        subnetId: subnet.ref,
        routeTableId: routes.ref,
      });
      return subnet.ref;
    });
    this.subnet = { id: Fn.select(0, [...this.subnetIds]), zone: zoneOf(0) };

    const admit = (cidrIp: string, description: string) => ({
      ipProtocol: 'tcp',
      fromPort: port,
      toPort: port,
      cidrIp,
      description,
    });
    this.securityGroupId = new CfnSecurityGroup(this, 'Door', {
      vpcId: vpc.ref,
      groupDescription: 'Firehose and named BI addresses may connect to the warehouse',
      securityGroupIngress: [admit(firehose, `Firehose in ${region}`), ...biCidrs.map((cidr) => admit(cidr, 'context biCidrs'))],
      // Nothing goes out this way: COPY and UNLOAD reach S3 outside the VPC. Without a rule, AWS would allow everything.
      securityGroupEgress: [{ ipProtocol: '-1', cidrIp: '127.0.0.1/32', description: 'nowhere' }],
    }).attrGroupId;
  }
}
