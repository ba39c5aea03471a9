import { join } from 'node:path';
import { Fn, Stack } from 'aws-cdk-lib';
import {
  AppsyncFunction,
  AuthorizationType,
  type BaseDataSource,
  CfnApiKey,
  type CfnGraphQLApi,
  Code,
  Definition,
  DynamoDbDataSource,
  FieldLogLevel,
  FunctionRuntime,
  GraphqlApi,
  HttpDataSource,
  IntrospectionConfig,
  NoneDataSource,
  Resolver,
  SchemaFile,
} from 'aws-cdk-lib/aws-appsync';
import type { ITable, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Policy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type DataSource, fields, type Wiring } from '../../resolvers/index.ts';
import { schemaOfAggregates } from '../schema.ts';
import type { Stage } from '../stages.ts';
import type { CustomerTables } from './customer-tables.ts';
import type { WarehousePath } from '../warehouse-path.ts';
import { ownService } from './own-service.ts';
import type { TransactionStream } from './transaction-stream.ts';
import { Warehouse } from './warehouse.ts';
import { WebAcl } from './web-acl.ts';

export interface ApiProps {
  readonly stage: Stage;
  /** Where `infra/build.ts` put the bundles. */
  readonly build: string;
  /** The file with the one and whole schema. */
  readonly schema: string;
  readonly stream: TransactionStream;
  readonly tables: CustomerTables;
  /** Undefined: what asks the warehouse is answered without any data source. */
  readonly warehouse: WarehousePath | undefined;
  /** When the key for reading ends. AppSync takes whole hours, 1 to 365 days from the deployment. */
  readonly apiKeyExpires: Date;
}

/** The GraphQL API: signed requests read and write; an API key only reads, and in some stages aggregates alone. */
export class Api extends Construct {
  readonly api: GraphqlApi;

  constructor(scope: Construct, id: string, { stage, build, schema, stream, tables, warehouse, apiKeyExpires }: ApiProps) {
    super(scope, id);
    this.api = new GraphqlApi(this, 'Api', {
      name: Stack.of(this).stackName,
      definition: definitionFor(stage, schema),
      authorizationConfig: {
        defaultAuthorization: { authorizationType: AuthorizationType.IAM },
        additionalAuthorizationModes: [{ authorizationType: AuthorizationType.API_KEY }],
      },
      introspectionConfig: stage.introspection ? IntrospectionConfig.ENABLED : IntrospectionConfig.DISABLED,
      queryDepthLimit: stage.introspection ? INTROSPECTION_DEPTH : QUERY_DEPTH,
      resolverCountLimit: RESOLVERS,
      environmentVariables: {
        STREAM_NAME: stream.stream.streamName,
        CUSTOMERS_TABLE: tables.customers.tableName,
        INVOICES_TABLE: tables.invoices.tableName,
        WAREHOUSE_WORKGROUP: warehouse?.warehouse.workgroupName ?? '',
        WAREHOUSE_DATABASE: warehouse === undefined ? '' : Warehouse.databaseName,
        ANSWERS_TABLE: warehouse?.answers.table.tableName ?? '',
        // Of what a directive cannot tell: a question to the warehouse may name customers by its arguments.
        API_KEY_READS: stage.keyReads,
        // The stack's own UUID: made at its creation, and no client of the API is told it.
        TOKEN_KEY: Fn.select(2, Fn.split('/', Stack.of(this).stackId)),
      },
      xrayEnabled: true,
    });
    this.keepLogs(stage);
    this.setKeyExpiry(apiKeyExpires);
    if (stage.requestsFromOneAddress !== undefined)
      new WebAcl(this, 'WebAcl', { api: this.api, requests: stage.requestsFromOneAddress });

    const sources: Record<DataSource, BaseDataSource> = {
      customersTable: this.tableSource('customersTable', tables.customers, (role) => {
        tables.grantReadCustomers(role);
      }),
      invoicesTable: this.tableSource('invoicesTable', tables.invoices, (role) => {
        tables.grantReadInvoices(role);
      }),
      transactionStream: this.httpSource('transactionStream', 'kinesis', (role) => {
        stream.grantAppend(role);
      }),
      ...this.warehouseSources(warehouse),
    };
    this.wire(sources, (name) => Code.fromAsset(join(build, 'resolvers', `${name}.js`)));
  }

  /** AppSync itself chooses the name of the log group; made here, it has a retention and leaves with the stack. */
  private keepLogs(stage: Stage): void {
    const role = new Role(this, 'LogRole', { assumedBy: ownService(this, 'appsync') });
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/appsync/apis/${this.api.apiId}`,
      retention: stage.logRetention,
      removalPolicy: stage.removal,
    });
    const statement = new PolicyStatement({
      actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    });
    // A policy of its own, because the role must exist before the API and the API before the log group.
    new Policy(this, 'LogPolicy', { statements: [statement], roles: [role] });
    // Not through `logConfig`, which brings a Lambda function only to set the retention.
    (this.api.node.defaultChild as CfnGraphQLApi).logConfig = {
      cloudWatchLogsRoleArn: role.roleArn,
      fieldLogLevel: FieldLogLevel.ERROR,
      // Variables and results name customers.
      excludeVerboseContent: true,
    };
  }

  private setKeyExpiry(expires: Date): void {
    // Not through `apiKeyConfig`, which takes the time from the clock once more: `infra/app.ts` has looked at it.
    const key = this.api.node.findChild('DefaultApiKey');
    if (!(key instanceof CfnApiKey)) throw new TypeError(`${key.node.path} is not an API key`);
    key.expires = Math.floor(expires.getTime() / 3_600_000) * 3_600;
  }

  private warehouseSources(path: WarehousePath | undefined): Record<'warehouse' | 'answersTable', BaseDataSource> {
    if (path === undefined) {
      const none = (name: string) => new NoneDataSource(this, name, { api: this.api, name });
      return { warehouse: none('warehouse'), answersTable: none('answersTable') };
    }
    const answersTable = this.tableSource('answersTable', path.answers.table, (role) => {
      path.answers.grantRead(role);
    });
    const warehouse = this.httpSource('warehouse', 'redshift-data', (role) => {
      path.admitReader(role);
    });
    warehouse.node.addDependency(path.schema);
    return { warehouse, answersTable };
  }

  private tableSource(name: string, table: TableV2, grant: (role: Role) => void): BaseDataSource {
    // The construct would grant more than the resolvers use, so it is handed a role that takes nothing from it.
    return new DynamoDbDataSource(this, name, {
      api: this.api,
      name,
      table: table as ITable,
      readOnlyAccess: true,
      serviceRole: this.sourceRole(name, grant).withoutPolicyUpdates(),
    });
  }

  /** An AWS service that AppSync speaks to over HTTPS, signed with the role that `grant` is given. */
  private httpSource(name: string, service: string, grant: (role: Role) => void): BaseDataSource {
    const { region, urlSuffix } = Stack.of(this);
    return new HttpDataSource(this, name, {
      api: this.api,
      name,
      endpoint: `https://${service}.${region}.${urlSuffix}`,
      authorizationConfig: { signingRegion: region, signingServiceName: service },
      serviceRole: this.sourceRole(name, grant).withoutPolicyUpdates(),
    });
  }

  private sourceRole(name: string, grant: (role: Role) => void): Role {
    const role = new Role(this, `${name}Role`, { assumedBy: ownService(this, 'appsync') });
    grant(role);
    return role;
  }

  /** One resolver for each field of `resolvers/index.ts`; a step that comes several times is a function each time. */
  private wire(sources: Readonly<Record<DataSource, BaseDataSource>>, code: (name: string) => Code): void {
    const runtime = FunctionRuntime.JS_1_0_0;
    for (const [field, wiring] of Object.entries<Wiring>(fields)) {
      const [typeName, fieldName] = field.split('.') as [string, string];
      const common = { api: this.api, typeName, fieldName, code: code(field), runtime };
      if (typeof wiring === 'string') {
        new Resolver(this, field, { ...common, dataSource: sources[wiring] });
        continue;
      }
      const pipelineConfig = wiring.map(([step, source], index) => {
        const name = `${functionName(field, step)}_${String(index + 1)}`;
        return new AppsyncFunction(this, name, { api: this.api, name, dataSource: sources[source], code: code(step), runtime });
      });
      new Resolver(this, field, { ...common, pipelineConfig });
    }
  }
}

/** A step that several fields take is a function of each: its log says whose it was. */
function functionName(field: string, step: string): string {
  const whole = step.startsWith('steps/') ? `${field}.${step.slice('steps/'.length)}` : step;
  return whole.replaceAll(/[^A-Za-z0-9]/g, '_');
}

function definitionFor(stage: Stage, schema: string): Definition {
  const file = SchemaFile.fromAsset(schema);
  if (stage.keyReads === 'aggregates') file.definition = schemaOfAggregates(file.definition);
  return Definition.fromSchema(file);
}

/** Levels of a query: `customers { items { invoices { items { lines { items { amount` are 7, and one is to spare. */
const QUERY_DEPTH = 8;

/**
 * Where callers may ask for the schema: the query that tools send has 15 levels, and whether AppSync counts them no document says.
 * What a request costs is bounded by its resolvers.
 */
const INTROSPECTION_DEPTH = 20;

/**
 * Resolvers of one request: 50 invoices, a page when no limit is given, may ask for the customer and the lines of each, 101 in all.
 *
 * @remarks A resolver does not see its siblings, so this is also the most questions to the warehouse in one request.
 */
const RESOLVERS = 110;
