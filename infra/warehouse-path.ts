import type { Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { AnswersTable } from './constructs/answers-table.ts';
import type { AwsCalls } from './constructs/aws-calls.ts';
import { DailyLimit } from './constructs/daily-limit.ts';
import { DeadLetters } from './constructs/dead-letters.ts';
import type { RawBucket } from './constructs/raw-bucket.ts';
import type { TransactionStream } from './constructs/transaction-stream.ts';
import { Warehouse } from './constructs/warehouse.ts';
import { WarehouseCrawler } from './constructs/warehouse-crawler.ts';
import { WarehouseDelivery } from './constructs/warehouse-delivery.ts';
import { WarehouseLoader } from './constructs/warehouse-loader.ts';
import { WarehouseSchema } from './constructs/warehouse-schema.ts';
import { WarehouseUser } from './constructs/warehouse-user.ts';
import { ImportPath } from './import-path.ts';
import type { Stage, WarehouseSettings } from './stages.ts';

export interface WarehousePathProps {
  readonly stage: Stage;
  readonly settings: WarehouseSettings;
  /** Where `infra/build.ts` put the bundles. */
  readonly build: string;
  readonly calls: AwsCalls;
  readonly stream: TransactionStream;
  readonly bucket: RawBucket;
  /** Addresses of BI tools, as blocks such as `203.0.113.7/32`. */
  readonly biCidrs: readonly string[];
  /** Two or three availability zones by name; without them the account's first two. */
  readonly zones: readonly string[] | undefined;
  /** Of which day, or change, the passwords in the secrets are: another text sets them anew in the warehouse. */
  readonly passwordsOf: string | undefined;
}

/** All between the stream and an answer from the warehouse; a stage has the whole of it or nothing. */
export class WarehousePath extends Construct {
  readonly settings: WarehouseSettings;
  readonly warehouse: Warehouse;
  readonly limit: DailyLimit;
  readonly deadLetters: DeadLetters;
  readonly delivery: WarehouseDelivery;
  readonly loader: WarehouseLoader;
  readonly imports: ImportPath;
  /** Where the stage, or the context, asks for it. */
  readonly crawler: WarehouseCrawler | undefined;
  readonly answers: AnswersTable;
  readonly biUser: WarehouseUser;
  /** What must be there before anybody asks. */
  readonly schema: WarehouseSchema;

  constructor(
    scope: Construct,
    id: string,
    { stage, settings, build, calls, stream, bucket, biCidrs, zones, passwordsOf }: WarehousePathProps,
  ) {
    super(scope, id);
    const warehouse = new Warehouse(this, 'Database', { stage, settings, bucket, biCidrs, zones });
    this.limit = new DailyLimit(this, 'DailyLimit', { calls, warehouse, rpuHours: settings.dailyLimit });
    const schema = new WarehouseSchema(this, 'Schema', { stage, build, warehouse, passwordsOf });

    const copier = new WarehouseUser(this, 'LoaderUser', {
      stage,
      username: 'loader',
      description: 'As whom Firehose copies into the landing table',
    });
    this.biUser = new WarehouseUser(this, 'BiUser', {
      stage,
      username: 'bi',
      description: 'As whom BI tools read the schema bi',
    });
    schema.admitUser(copier, 'landing_writer');
    schema.admitUser(this.biUser, 'bi_reader');

    this.delivery = new WarehouseDelivery(this, 'Delivery', {
      stage,
      settings,
      build,
      stream,
      bucket,
      warehouse,
      schema,
      user: copier,
    });
    bucket.announceObjects();
    this.deadLetters = new DeadLetters(this, 'DeadLetters');
    const { deadLetters } = this;
    this.answers = new AnswersTable(this, 'Answers', stage);
    this.imports = new ImportPath(this, 'Import', { stage, settings, build, bucket, deadLetters });
    this.loader = new WarehouseLoader(this, 'Loader', {
      stage,
      settings,
      build,
      bucket,
      deadLetters,
      warehouse,
      schema,
      answers: this.answers,
      job: this.imports.job,
      catalog: this.imports.catalog,
      delivery: this.delivery,
    });
    const { catalog } = this.imports;
    this.crawler = settings.warehouseCrawler
      ? new WarehouseCrawler(this, 'Crawler', { catalog, warehouse, user: this.biUser })
      : undefined;
    // Before that, there is no user to look as.
    this.crawler?.node.addDependency(schema);
    this.settings = settings;
    this.warehouse = warehouse;
    this.schema = schema;
  }

  /** Let `role` ask the warehouse one statement at a time, and read what is true there. */
  admitReader(role: Role): void {
    this.warehouse.grantCall(role, 'ExecuteStatement');
    this.schema.admitRole(role, 'api_reader');
  }
}
