import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Stage } from '../stages.ts';

/** The finished answers to fixed questions, so that they do not wait for a warehouse that sleeps. */
export class AnswersTable extends Construct {
  readonly table: TableV2;

  constructor(scope: Construct, id: string, stage: Stage) {
    super(scope, id);
    this.table = new TableV2(this, 'Table', {
      partitionKey: { name: 'question', type: AttributeType.STRING },
      billing: Billing.onDemand({ maxWriteRequestUnits: stage.writeFuse }),
      // In every stage: the next load writes it anew from the warehouse.
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }

  /** Let `reader` look an answer up by its question. */
  grantRead(reader: IGrantable): void {
    this.allow(reader, 'GetItem');
  }

  /** Let `writer` keep the answers, and beside them what it has to remember. */
  grantWrite(writer: IGrantable): void {
    this.allow(writer, 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem');
  }

  private allow(grantee: IGrantable, ...actions: string[]): void {
    const resourceArns = [this.table.tableArn];
    Grant.addToPrincipal({ grantee, actions: actions.map((action) => `dynamodb:${action}`), resourceArns });
  }
}
