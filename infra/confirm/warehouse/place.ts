import { randomUUID } from 'node:crypto';
import type { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { redshiftDataApi } from '../../../ingest/handlers/redshift-data-api.ts';
import type { SqlFile } from '../../../ingest/warehouse/migrations.ts';
import { warehouseSession, type WarehouseSession } from '../../../ingest/warehouse/warehouse-session.ts';
import type { Aws, CallName } from '../aws.ts';
import type { Journal, Made } from '../journal.ts';
import { remove, waitWhile, type Wait } from '../removing.ts';

/** A workgroup of its own, in the default network, which the Data API alone reaches. */
export interface WarehousePlace {
  readonly name: string;
  /** How long it took to stand. @unit milliseconds */
  readonly madeIn: number;
  readonly migrations: readonly SqlFile[];
  /** The database as its administrator. @param secret - ARN or name; default: the ARN that Redshift tells */
  session(this: void, secret?: string): WarehouseSession;
  /** Delete it, and make it anew under its name, at once. */
  makeAgain(this: void): Promise<void>;
}

export interface WarehouseGiven {
  readonly aws: Aws;
  readonly journal: Journal;
  readonly made: Omit<Made, 'kind'>;
  readonly migrations: readonly SqlFile[];
  readonly wait: Wait;
  /** @unit milliseconds */
  now(this: void): number;
}

/** As the stack names them. */
export const ADMINISTRATOR = 'administrator';
const DATABASE = 'tillgraph';
/** The least there is. @unit RPU */
const CAPACITY = 4;
/** What a step may take at the most. @unit milliseconds */
const LONGEST = 30 * 60_000;
const LOOK = 10_000;

/** The Data API for the adapter of the functions, over the one door to the account. */
export const dataApiClient = (aws: Aws) =>
  ({
    send: (command: { readonly constructor: { readonly name: string }; readonly input: unknown }) =>
      aws(`redshift-data:${command.constructor.name.replace(/Command$/, '')}` as CallName, command.input as never),
  }) as unknown as Pick<RedshiftDataClient, 'send'>;

export async function openWarehouse(given: WarehouseGiven): Promise<WarehousePlace> {
  const { aws, made, migrations, now, wait } = given;
  const { name } = made;
  const started = now();
  let secretArn = await standing(given);
  const madeIn = now() - started;
  const deadline = now() + LONGEST;
  const client = dataApiClient(aws);
  return {
    ...{ name, madeIn, migrations },
    session: (secret) =>
      warehouseSession(
        redshiftDataApi(client, { workgroup: name, database: DATABASE, secretArn: secret ?? secretArn }),
        { now, deadline, sleep: wait },
        randomUUID,
      ),
    async makeAgain() {
      await remove('workgroup', aws, name, wait);
      await remove('namespace', aws, name, wait);
      secretArn = await standing(given);
    },
  };
}

/** Makes namespace and workgroup. @returns the ARN of the administrator's secret, when the workgroup can be asked */
async function standing({ aws, journal, made, wait, now }: WarehouseGiven): Promise<string> {
  const { name } = made;
  const { namespace } = await journal.make({ ...made, kind: 'namespace' }, () =>
    aws('redshift-serverless:CreateNamespace', {
      ...{ namespaceName: name, dbName: DATABASE, adminUsername: ADMINISTRATOR, manageAdminPassword: true },
    }),
  );
  await journal.make({ ...made, kind: 'workgroup' }, () =>
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
  return namespace?.adminPasswordSecretArn ?? '';
}
