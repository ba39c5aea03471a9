import { fileURLToPath } from 'node:url';
import { CfnOutput, Duration, Stack, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { RAW_PREFIX, REJECTED_PREFIX } from '../domain/bucket.ts';
import { Alarms } from './constructs/alarms.ts';
import { Api } from './constructs/api.ts';
import { AwsCalls } from './constructs/aws-calls.ts';
import { Consumer } from './constructs/consumer.ts';
import { CustomerTables } from './constructs/customer-tables.ts';
import { DeletionProtection } from './constructs/deletion-protection.ts';
import { RawBucket } from './constructs/raw-bucket.ts';
import { TransactionStream } from './constructs/transaction-stream.ts';
import { TransactionsDoor } from './constructs/transactions-door.ts';
import { Warehouse } from './constructs/warehouse.ts';
import type { Stage } from './stages.ts';
import { WarehousePath } from './warehouse-path.ts';

export interface TillgraphStackProps {
  readonly stage: Stage;
  /** Where `infra/build.ts` put the bundles. */
  readonly build: string;
  readonly account?: string | undefined;
  readonly region: string;
  readonly apiKeyExpires: Date;
  /** Who is told when an alarm goes off; nobody when left out. */
  readonly alarmEmail?: string | undefined;
  /** From where BI tools may connect to the warehouse, as blocks such as `203.0.113.7/32`. */
  readonly biCidrs: readonly string[];
  /** Two or three availability zones for the warehouse, by name; the account's first two when left out. */
  readonly zones?: readonly string[] | undefined;
  /** Another text than at the last deployment: the warehouse takes the passwords that are in the secrets now. */
  readonly passwordsOf?: string | undefined;
  /** Whether a crawler looks into the warehouse; as the stage says when left out. */
  readonly warehouseCrawler?: boolean | undefined;
}

/** The whole system of one stage. */
export class TillgraphStack extends Stack {
  constructor(scope: Construct, props: TillgraphStackProps) {
    const { stage, build, account, region, apiKeyExpires, alarmEmail, biCidrs, zones, warehouseCrawler, passwordsOf } = props;
    super(scope, `Tillgraph-${stage.name}`, {
      description: `GraphQL over the stores of an e-commerce pipeline, and the pipeline (${stage.name})`,
      env: { region, ...(account === undefined ? {} : { account }) },
      terminationProtection: stage.guarded,
    });
    Tags.of(this).add('project', 'tillgraph');
    Tags.of(this).add('stage', stage.name);

    const stream = new TransactionStream(this, 'Transactions', stage);
    const tables = new CustomerTables(this, 'Tables', stage);
    const lake = new RawBucket(this, 'Raw', stage);

    const rawWriter = new Consumer(this, 'RawWriter', {
      stage,
      build,
      stream,
      bucket: lake,
      name: 'raw-writer',
      description: 'Stream to bucket: all transactions of five minutes as one object',
      memory: 512,
      timeout: Duration.seconds(60),
      environment: { BUCKET_NAME: lake.bucket.bucketName },
      delivery: {
        batchSize: 10_000,
        window: Duration.seconds(300),
        parallel: 1,
        partial: false,
        lagAlarm: Duration.minutes(15),
      },
    });
    lake.grantPut(rawWriter.function.lambda, RAW_PREFIX);

    const storeWriter = new Consumer(this, 'StoreWriter', {
      stage,
      build,
      stream,
      bucket: lake,
      name: 'store-writer',
      description: 'Stream to tables: customers and invoices as the sum of their lines',
      memory: 1_024,
      timeout: Duration.seconds(120),
      environment: {
        CUSTOMERS_TABLE: tables.customers.tableName,
        INVOICES_TABLE: tables.invoices.tableName,
        BUCKET_NAME: lake.bucket.bucketName,
      },
      delivery: {
        batchSize: 1_000,
        window: Duration.seconds(2),
        parallel: 2,
        partial: true,
        lagAlarm: Duration.minutes(5),
      },
    });
    tables.grantWrite(storeWriter.function.lambda);
    lake.grantPut(storeWriter.function.lambda, REJECTED_PREFIX);

    const calls = new AwsCalls(this, 'Calls', stage);
    const door = new TransactionsDoor(this, 'Door', { stage, build, stream });
    const warehouse =
      stage.warehouse &&
      new WarehousePath(this, 'Warehouse', {
        stage,
        settings: { ...stage.warehouse, ...(warehouseCrawler !== undefined && { warehouseCrawler }) },
        build,
        calls,
        stream,
        bucket: lake,
        biCidrs,
        zones,
        passwordsOf,
      });
    const { api } = new Api(this, 'GraphQL', { stage, build, schema, stream, tables, warehouse, apiKeyExpires });

    const alarms = new Alarms(this, 'Alarms', stage, alarmEmail);
    alarms.watchApi(api);
    alarms.watchApiKey(api, apiKeyExpires);
    alarms.watchFunction('Door', door.function, 'critical');
    alarms.watchStream(stream);
    alarms.watchConsumer('RawWriter', rawWriter);
    alarms.watchConsumer('StoreWriter', storeWriter);
    alarms.watchRefusals(lake);
    alarms.watchTables([tables.customers, tables.invoices]);
    if (warehouse !== undefined) {
      alarms.watchWarehouse(warehouse, lake);
      alarms.watchImports(warehouse.imports, lake, warehouse.deadLetters);
    }

    if (stage.guarded) {
      const { customers, invoices } = tables;
      const last = this.node.children.filter((child) => child !== calls);
      new DeletionProtection(this, 'Protection', { stage, calls, tables: { customers, invoices }, last });
    }

    this.addOutputs({
      GraphqlUrl: api.graphqlUrl,
      GraphqlApiId: api.apiId,
      RestUrl: door.url,
      Region: this.region,
      StreamName: stream.stream.streamName,
      BucketName: lake.bucket.bucketName,
      CustomersTableName: tables.customers.tableName,
      InvoicesTableName: tables.invoices.tableName,
      ...(warehouse && {
        AnswersTableName: warehouse.answers.table.tableName,
        DeliveryStreamName: warehouse.delivery.deliveryStreamName,
        WarehouseWorkgroup: warehouse.warehouse.workgroupName,
        WarehouseDatabase: Warehouse.databaseName,
        WarehouseHost: warehouse.warehouse.host,
        BiSecretArn: warehouse.biUser.secretArn,
        WarehouseLoaderName: warehouse.loader.function.lambda.functionName,
        ImportJobName: warehouse.imports.job.name,
        CatalogDatabaseName: warehouse.imports.catalog.databaseName,
        BulkCrawlerName: warehouse.imports.crawler.name,
        ...(warehouse.crawler && { WarehouseCrawlerName: warehouse.crawler.name }),
      }),
    });
  }

  /** What a client has to know. The API key is not among it: outputs are not secret. */
  private addOutputs(outputs: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}

const schema = fileURLToPath(new URL('../schema/schema.graphql', import.meta.url));
