import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import { Construct, type IConstruct } from 'constructs';
import type { Stage } from '../stages.ts';
import type { AwsCalls } from './aws-calls.ts';

export interface DeletionProtectionProps {
  readonly stage: Stage;
  readonly calls: AwsCalls;
  readonly tables: Readonly<Record<string, TableV2>>;
  /** What must stand first: all that may fail. */
  readonly last: readonly IConstruct[];
}

/**
 * Lets nobody delete the tables, from when the whole stack stands.
 *
 * @remarks Not a property of the tables: when a first deployment fails, CloudFormation deletes what it has made, and could not delete a
 * protected table. So the protection comes last, goes first when a first deployment is rolled back, and stays when the stack is deleted.
 */
export class DeletionProtection extends Construct {
  constructor(scope: Construct, id: string, { stage, calls, tables, last }: DeletionProtectionProps) {
    super(scope, id);
    for (const [name, table] of Object.entries(tables)) {
      const set = (protect: boolean) => ({
        service: 'dynamodb',
        action: 'updateTable',
        parameters: { TableName: table.tableName, DeletionProtectionEnabled: protect },
        physicalResourceId: PhysicalResourceId.of(table.tableName),
        // An answer is cut at 4 KiB, and nobody reads it.
        outputPaths: ['TableDescription.TableName'],
      });
      const { call, resource } = calls.make(this, name, {
        resourceType: 'Custom::DeletionProtection',
        onCreate: set(true),
        onUpdate: set(true),
        onDelete: set(false),
        statement: new PolicyStatement({ actions: ['dynamodb:UpdateTable'], resources: [table.tableArn] }),
      });
      resource.applyRemovalPolicy(stage.removal);
      call.node.addDependency(...last);
    }
  }
}
