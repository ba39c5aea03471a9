import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { GetObjectCommand, NoSuchKey, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { consumers, deliveries } from '@tillgraph/local-aws';
import { putAsideIn, FAILURE_PREFIXES, type FailureObject } from './put-aside.ts';
import type { StoreSnapshot, LoadCounts, Stores, StoreName, Waiting } from './stores.ts';
import { selectRows } from './warehouse-statement.ts';

/** What a running local stack writes about itself, as far as it is needed to see its stores. */
export interface StoreOutputs {
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly endpoints: Readonly<Partial<Record<string, string>>>;
  readonly stack: Readonly<Partial<Record<string, string>>>;
}

/** Objects of this age may have been put in the very second. @unit milliseconds */
const JUST_BEFORE = 2_000;
/** Objects put aside that are read, so that an outage of hours costs no minutes: more are counted as objects. */
const MOST_READ = 500;

/** The stores of a local stack, which lets its clients see how far they are. */
export function localStores({ region, credentials, endpoints, stack }: StoreOutputs): Stores {
  const Bucket = stack['BucketName'];
  const workgroup = stack['WarehouseWorkgroup'];
  const s3 = new S3Client({ region, credentials, endpoint: endpoints['s3'] ?? '' });
  const dataApi = new RedshiftDataClient({ region, credentials, endpoint: endpoints['redshift-data'] ?? '' });

  /** The numbers of the one row that a SELECT gives. */
  async function row(Sql: string): Promise<readonly number[]> {
    const place = { WorkgroupName: workgroup, Database: stack['WarehouseDatabase'] };
    const [values = []] = await selectRows(dataApi, { ...place, Sql });
    return values.map(Number);
  }

  async function asideSince(at: number): Promise<FailureObject[]> {
    const found: FailureObject[] = [];
    for (const shelf of FAILURE_PREFIXES)
      for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix: shelf.prefix }))
        for (const { Key = '', LastModified } of Contents)
          // In whole seconds, as S3 tells them.
          if ((LastModified?.getTime() ?? 0) >= Math.floor(at / 1000) * 1000) found.push({ shelf, key: Key });
    return found;
  }

  async function text(key: string): Promise<string | undefined> {
    try {
      return await (await s3.send(new GetObjectCommand({ Bucket, Key: key }))).Body?.transformToString();
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  return {
    names: ['S3 raw/', 'DynamoDB', ...(workgroup === undefined ? [] : ['Redshift' as const])],
    async begin() {
      const at = Date.now();
      const [load = 0] = workgroup === undefined ? [] : await row('SELECT COALESCE(MAX(load_id), 0) FROM intake.load_audit');
      const known = (await asideSince(at - JUST_BEFORE)).map(({ key }) => key);
      return { at: new Date(at).toISOString(), load, known };
    },
    async waiting() {
      const byFunction = (await consumers({ endpoints })).map(({ functionName, waiting }): Waiting => ({
        store: storeOf(functionName),
        records: waiting,
      }));
      if (workgroup === undefined) return byFunction;
      // In this order: what is delivered is then in the landing table.
      const delivered = (await deliveries({ endpoints })).reduce((sum, { waiting }) => sum + waiting.records, 0);
      const [landed = 0] = await row('SELECT COUNT(*) FROM intake.landing');
      return [...byFunction, { store: 'Redshift', records: delivered + landed }];
    },
    async putAside(since) {
      const known = new Set(since.known);
      const objects = (await asideSince(Date.parse(since.at))).filter(({ key }) => !known.has(key));
      const read = await Promise.all(
        objects.slice(0, MOST_READ).map(async (object) => ({ ...object, text: await text(object.key) })),
      );
      const loads = await loadsSince(since);
      return putAsideIn([...read, ...objects.slice(MOST_READ)], loads, workgroup !== undefined);
    },
    loads: loadsSince,
    close: () => {
      s3.destroy();
      dataApi.destroy();
    },
  };

  async function loadsSince({ load }: StoreSnapshot): Promise<LoadCounts | undefined> {
    if (workgroup === undefined) return undefined;
    const columns = ['in', 'new', 'changed', 'unchanged', 'repeated', 'rejected'] as const;
    const sums = (table: string) =>
      columns.map((name) => `(SELECT COALESCE(SUM(lines_${name}), 0) FROM intake.${table} WHERE load_id > ${String(load)})`);
    // What imports brought is theirs.
    const all = await row(
      `SELECT ${sums('load_audit')
        .map((sum, place) => `CAST(${sum} - ${sums('load_source')[place] ?? '0'} AS BIGINT)`)
        .join(', ')}`,
    );
    return Object.fromEntries(columns.map((name, place) => [name, all[place] ?? 0])) as unknown as LoadCounts;
  }
}

const storeOf = (functionName: string): StoreName => (/raw-?writer/i.test(functionName) ? 'S3 raw/' : 'DynamoDB');
