import { randomUUID } from 'node:crypto';
import type { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { redshiftDataApi } from '../../../ingest/handlers/redshift-data-api.ts';
import { migrate, type SqlFile } from '../../../ingest/warehouse/migrations.ts';
import { warehouseSession, type WarehouseSession } from '../../../ingest/warehouse/warehouse-session.ts';
import type { StatementBatch } from '../../../ingest/warehouse/data-api.ts';
import type { Aws, CallName } from '../aws.ts';
import type { Journal, Made } from '../journal.ts';
import { remove, waitWhile, type Wait } from '../removing.ts';
import { makeCopySource, type CopySource } from './copy.ts';
import { makeUsers, type Role } from './roles.ts';

/** A workgroup of its own, in the default network, which the Data API alone reaches. */
export interface WarehousePlace {
  readonly name: string;
  /** How long it took to stand. @unit milliseconds */
  readonly madeIn: number;
  readonly migrations: readonly SqlFile[];
  /** The database as its administrator. @param secret - ARN or name; default: the ARN that Redshift tells */
  session(this: void, secret?: string): WarehouseSession;
  /** The database as a user of one of its roles; the first call makes the users. */
  sessionAs(this: void, role: Role): Promise<WarehouseSession>;
  /** Objects that COPY may read; the first call makes the bucket. */
  copySource(this: void): Promise<CopySource>;
  /** Of `warehouse/load`, `warehouse/load-errors` and `warehouse/refresh`. */
  readonly batches: WarehouseBatches;
  /** Delete it, and make it anew under its name, at once. */
  makeAgain(this: void): Promise<void>;
  /** Give it a limit of one RPU-hour a day, past which it takes no statement. */
  limitToOneHour(this: void): Promise<void>;
  readonly wait: Wait;
  /** @unit milliseconds */
  now(this: void): number;
}

/** What the loader runs, a transaction each. */
export interface WarehouseBatches {
  readonly load: StatementBatch;
  readonly loadErrors: StatementBatch;
  readonly refresh: StatementBatch;
}

export interface WarehouseGiven {
  readonly aws: Aws;
  readonly journal: Journal;
  readonly made: Omit<Made, 'kind'>;
  readonly migrations: readonly SqlFile[];
  readonly batches: WarehouseBatches;
  readonly wait: Wait;
  /** @unit milliseconds */
  now(this: void): number;
}

/** As the stack names them. */
export const ADMINISTRATOR = 'administrator';
const DATABASE = 'tillgraph';
/** The least there is. @unit RPU */
const CAPACITY = 4;
/** What a step may take at the most: the limit of the day alone is reached after a quarter of an hour. @unit milliseconds */
const LONGEST = 90 * 60_000;
const LOOK = 10_000;

/** The Data API for the adapter of the functions, over the one door to the account. */
export const dataApiClient = (aws: Aws) =>
  ({
    send: (command: { readonly constructor: { readonly name: string }; readonly input: unknown }) =>
      aws(`redshift-data:${command.constructor.name.replace(/Command$/, '')}` as CallName, command.input as never),
  }) as unknown as Pick<RedshiftDataClient, 'send'>;

export async function openWarehouse(given: WarehouseGiven): Promise<WarehousePlace> {
  const { aws, made, migrations, batches, now, wait } = given;
  const { name } = made;
  const started = now();
  let { secretArn, workgroupArn } = await standing(given);
  const madeIn = now() - started;
  const deadline = now() + LONGEST;
  const client = dataApiClient(aws);
  const session = (secret = secretArn) =>
    warehouseSession(
      redshiftDataApi(client, { workgroup: name, database: DATABASE, secretArn: secret }),
      { now, deadline, sleep: wait },
      randomUUID,
    );
  let source: Promise<CopySource> | undefined;
  let users: Promise<Readonly<Record<Role, string>>> | undefined;
  return {
    ...{ name, madeIn, migrations, batches, session, now },
    sessionAs: async (role) => session((await (users ??= usersOver(session(), given)))[role]),
    copySource: () => (source ??= makeCopySource(given)),
    wait,
    async makeAgain() {
      await remove('workgroup', aws, name, wait);
      await remove('namespace', aws, name, wait);
      ({ secretArn, workgroupArn } = await standing(given));
    },
    async limitToOneHour() {
      await aws('redshift-serverless:CreateUsageLimit', {
        ...{ resourceArn: workgroupArn, usageType: 'serverless-compute', amount: 1, period: 'daily', breachAction: 'deactivate' },
      });
    },
  };
}

/** Users over the schema that their roles are for: a check may be asked for alone. */
async function usersOver(administrator: WarehouseSession, given: WarehouseGiven) {
  await migrate(administrator, given.migrations);
  return makeUsers(administrator, given);
}

/** Makes namespace and workgroup. @returns the ARN of the administrator's secret and the workgroup's, when it can be asked */
async function standing({ aws, journal, made, wait, now }: WarehouseGiven) {
  const { name } = made;
  const { namespace } = await journal.make({ ...made, kind: 'namespace' }, () =>
    aws('redshift-serverless:CreateNamespace', {
      ...{ namespaceName: name, dbName: DATABASE, adminUsername: ADMINISTRATOR, manageAdminPassword: true },
    }),
  );
  const { workgroup: begun } = await journal.make({ ...made, kind: 'workgroup' }, () =>
    aws('redshift-serverless:CreateWorkgroup', {
      ...{ workgroupName: name, namespaceName: name, baseCapacity: CAPACITY, maxCapacity: CAPACITY, publiclyAccessible: false },
    }),
  );
  const deadline = now() + LONGEST;
  const isComing = async () => {
    const { workgroup } = await aws('redshift-serverless:GetWorkgroup', { workgroupName: name });
    if (now() > deadline) throw new Error(`the workgroup ${name} is still ${workgroup?.status ?? 'nowhere'}`);
    return workgroup?.status !== 'AVAILABLE';
  };
  await waitWhile(isComing, wait, LOOK);
  return { secretArn: namespace?.adminPasswordSecretArn ?? '', workgroupArn: begun?.workgroupArn ?? '' };
}
