import { Stack } from 'aws-cdk-lib';
import { Grant, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Catalog } from './catalog.ts';
import { ownService } from './own-service.ts';

export interface CrawlerRoleProps {
  readonly catalog: Catalog;
  /** How the names of the crawler's tables begin: those it may make and change, and no others. */
  readonly tablePrefix: string;
}

/** A role that may make tables of one name in the catalog, and log. */
export class CrawlerRole extends Construct {
  readonly role: Role;
  /** ARN of something in the account's catalog, such as `connection/…`. */
  readonly arnOf: (resource: string) => string;

  constructor(scope: Construct, id: string, { catalog: { databaseName }, tablePrefix }: CrawlerRoleProps) {
    super(scope, id);
    const stack = Stack.of(this);
    this.arnOf = (resource) => stack.formatArn({ service: 'glue', resource });
    const place = [this.arnOf('catalog'), this.arnOf(`database/${databaseName}`)];
    const tables = (names: string) => this.arnOf(`table/${databaseName}/${names}`);
    this.role = new Role(this, 'Role', { assumedBy: ownService(this, 'glue') });

    this.allow(['glue:GetDatabase'], ...place);
    // To see which names are taken.
    this.allow(['glue:GetTable', 'glue:GetTables'], ...place, tables('*'));
    this.allow(['glue:CreateTable', 'glue:UpdateTable'], ...place, tables(`${tablePrefix}*`));
    this.allow(
      ['glue:BatchCreatePartition', 'glue:BatchGetPartition', 'glue:GetPartition', 'glue:GetPartitions'],
      ...[...place, tables(`${tablePrefix}*`)],
    );
    // Of all crawlers of the account, and made by the first; another one costs a security configuration, and a key.
    const logs = stack.formatArn({ service: 'logs', resource: 'log-group:/aws-glue/crawlers:*' });
    this.allow(['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'], logs);
  }

  allow(actions: string[], ...resourceArns: string[]): void {
    Grant.addToPrincipal({ grantee: this.role, actions, resourceArns });
  }
}
