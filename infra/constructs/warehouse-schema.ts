import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CustomResource, Duration, Lazy } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import { Construct, type IDependable } from 'constructs';
import type { Stage } from '../stages.ts';
import { BundledFunction } from './bundled-function.ts';
import { Warehouse } from './warehouse.ts';
import type { WarehouseUser } from './warehouse-user.ts';

export interface WarehouseSchemaProps {
  readonly stage: Stage;
  /** Where `infra/build.ts` put the bundles. */
  readonly build: string;
  readonly warehouse: Warehouse;
  /** Another text than at the last deployment: set the passwords of the users anew, from their secrets. */
  readonly passwordsOf: string | undefined;
}

/** Tables, roles and users of the warehouse, made at the deployment and whenever a migration was added. */
export class WarehouseSchema extends Construct {
  readonly migrator: BundledFunction;
  private readonly resource: CustomResource;
  private readonly users: { readonly SecretArn: string; readonly Role: string }[] = [];
  private readonly principals: { readonly RoleName: string; readonly Role: string }[] = [];

  constructor(scope: Construct, id: string, { stage, build, warehouse, passwordsOf }: WarehouseSchemaProps) {
    super(scope, id);
    this.migrator = new BundledFunction(this, 'Migrator', {
      stage,
      build,
      name: 'warehouse-migrator',
      description: 'CloudFormation to warehouse: migrations, users and rights',
      memory: 512,
      timeout: Duration.minutes(15),
      environment: {},
    });
    warehouse.grantAdminister(this.migrator.role);
    this.resource = new CustomResource(this, 'Resource', {
      resourceType: 'Custom::WarehouseSchema',
      serviceToken: this.migrator.lambda.functionArn,
      serviceTimeout: Duration.minutes(15),
      properties: {
        WorkgroupName: warehouse.workgroupName,
        DatabaseName: Warehouse.databaseName,
        AdminSecretArn: warehouse.administratorSecret,
        Users: Lazy.any({ produce: () => this.users }),
        Principals: Lazy.any({ produce: () => this.principals }),
        ...(passwordsOf !== undefined && { PasswordsOf: passwordsOf }),
        Checksum: checksum(join(build, 'functions', 'warehouse-migrator', 'warehouse', 'migrations')),
      },
    });
    // Or the migrator would be called before it may do anything.
    this.resource.node.addDependency(this.migrator.role);
  }

  /** Do not call the migrator before this is there. */
  waitFor(dependency: IDependable): void {
    this.resource.node.addDependency(dependency);
  }

  /** Make a database user with a password, who may do what the database role may. */
  admitUser(user: WarehouseUser, role: 'landing_writer' | 'bi_reader'): void {
    this.users.push({ SecretArn: user.secretArn, Role: role });
    user.grantRead(this.migrator.role);
  }

  /** Make a database user without a password for an IAM role, who may do what the database role may. */
  admitRole({ roleName }: Role, role: 'etl' | 'api_reader'): void {
    this.principals.push({ RoleName: roleName, Role: role });
  }
}

/** Another text when a migration is: CloudFormation calls the migrator only for a property that changed. */
function checksum(migrations: string): string {
  const hash = createHash('sha256');
  const names = existsSync(migrations) ? readdirSync(migrations) : [];
  for (const name of names.sort())
    hash
      .update(name)
      .update('\0')
      .update(readFileSync(join(migrations, name)))
      .update('\0');
  return hash.digest('hex');
}
