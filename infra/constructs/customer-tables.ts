import {
  type Attribute,
  AttributeType,
  Billing,
  type GlobalSecondaryIndexPropsV2,
  ProjectionType,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import { type IGrantable, Grant } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { BY_COUNTRY, BY_DATE, PROFILES_BY_COUNTRY } from '../../domain/keys.ts';
import type { AttributeName } from '../../domain/stored-items.ts';
import type { Stage } from '../stages.ts';

const text = (name: AttributeName): Attribute => ({ name, type: AttributeType.STRING });

/** What a list of invoices shows, so that it is answered from the index alone; an index's keys are in it anyway. */
const listed: readonly AttributeName[] = ['customerId', 'country', 'cancelled', 'lineCount', 'units', 'total'];

const invoiceIndex = (indexName: string, partition: AttributeName): GlobalSecondaryIndexPropsV2 => ({
  indexName,
  partitionKey: text(partition),
  sortKey: text('datedNo'),
  projectionType: ProjectionType.INCLUDE,
  nonKeyAttributes: listed.filter((attribute) => attribute !== partition),
});

/** What is known of each customer and each invoice; how the items look is in `domain/stored-items.ts`. */
export class CustomerTables extends Construct {
  readonly customers: TableV2;
  readonly invoices: TableV2;

  constructor(scope: Construct, id: string, stage: Stage) {
    super(scope, id);
    const common = {
      billing: Billing.onDemand({ maxWriteRequestUnits: stage.writeFuse }),
      removalPolicy: stage.removal,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: stage.guarded },
    };
    this.customers = new TableV2(this, 'Customers', {
      ...common,
      partitionKey: text('customerId'),
      sortKey: text('sk'),
      globalSecondaryIndexes: [
        {
          indexName: PROFILES_BY_COUNTRY,
          partitionKey: text('homeCountry'),
          sortKey: text('customerId'),
          projectionType: ProjectionType.KEYS_ONLY,
        },
      ],
    });
    this.invoices = new TableV2(this, 'Invoices', {
      ...common,
      partitionKey: text('invoiceNo'),
      sortKey: text('sk'),
      globalSecondaryIndexes: [invoiceIndex(BY_DATE, 'listing'), invoiceIndex(BY_COUNTRY, 'country')],
    });
  }

  /** Let `reader` ask for customers: by number, 100 at a time, and by country. */
  grantReadCustomers(reader: IGrantable): void {
    allow(reader, ['GetItem', 'BatchGetItem', 'Query'], this.customers.tableArn);
    allow(reader, ['Query'], indexArn(this.customers, PROFILES_BY_COUNTRY));
  }

  /** Let `reader` ask for invoices: by number, with chunks of lines 100 at a time, by date, and by country. */
  grantReadInvoices(reader: IGrantable): void {
    allow(reader, ['GetItem', 'BatchGetItem'], this.invoices.tableArn);
    allow(reader, ['Query'], indexArn(this.invoices, BY_DATE), indexArn(this.invoices, BY_COUNTRY));
  }

  /** Let `writer` keep both tables: read what is stored, write what is new. Indexes follow by themselves. */
  grantWrite(writer: IGrantable): void {
    allow(writer, ['BatchGetItem', 'BatchWriteItem', 'PartiQLInsert', 'PartiQLUpdate', 'Query'], this.customers.tableArn);
    allow(writer, ['BatchGetItem', 'BatchWriteItem', 'PartiQLInsert', 'PutItem', 'Query'], this.invoices.tableArn);
  }
}

const indexArn = (table: TableV2, index: string) => `${table.tableArn}/index/${index}`;

function allow(grantee: IGrantable, actions: readonly string[], ...resourceArns: string[]): void {
  Grant.addToPrincipal({ grantee, actions: actions.map((action) => `dynamodb:${action}`), resourceArns });
}
