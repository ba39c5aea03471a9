import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { startRedshift } from '../services/redshift/service.ts';
import { startRedshiftData } from '../services/redshift-data/service.ts';
import { isRemote, LOCAL, temporaryDirectory } from './remote.ts';

export interface RedshiftEndpoint {
  readonly client: RedshiftDataClient;
  /** Where statements go: a database in which the caller may make tables. */
  readonly target: { readonly WorkgroupName: string; readonly Database: string };
  close(): Promise<void>;
}

/** The workgroup of PARITY_WORKGROUP and PARITY_DATABASE on AWS, or the stand-in in a directory of its own. */
export async function openRedshift(): Promise<RedshiftEndpoint> {
  if (!isRemote) return openLocal();
  const { PARITY_WORKGROUP: WorkgroupName, PARITY_DATABASE: Database } = process.env;
  if (WorkgroupName === undefined || Database === undefined)
    throw new Error(
      'set PARITY_WORKGROUP and PARITY_DATABASE to a workgroup of Redshift Serverless, such as that of a deployed stack',
    );
  const client = new RedshiftDataClient({ maxAttempts: 5 });
  return { client, target: { WorkgroupName, Database }, close: async () => client.destroy() };
}

async function openLocal(): Promise<RedshiftEndpoint> {
  const directory = await temporaryDirectory();
  const nowhere = () => Promise.reject(new Error('there are no objects here'));
  const log = console.error;
  const redshift = await startRedshift({
    directory: directory.path,
    port: 0,
    adminPassword: 'Admin1234',
    objects: { read: nowhere, list: nowhere, write: nowhere },
    log,
  });
  const target = { WorkgroupName: 'parity', Database: 'parity' };
  const api = await startRedshiftData({
    ...LOCAL,
    port: 0,
    log,
    workgroups: [{ name: target.WorkgroupName, databaseName: target.Database }],
    redshift,
    secretOf: () => Promise.reject(new Error('there are no secrets here')),
  });
  const client = new RedshiftDataClient({
    endpoint: api.url,
    region: LOCAL.region,
    credentials: LOCAL.credentials,
    maxAttempts: 1,
  });
  return {
    client,
    target,
    async close() {
      client.destroy();
      await api.close();
      await redshift.close();
      await directory[Symbol.asyncDispose]();
    },
  };
}
