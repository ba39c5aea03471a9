import { setTimeout as pause } from 'node:timers/promises';
import {
  BatchCreatePartitionCommand,
  EntityNotFoundException,
  GetPartitionCommand,
  GetTableCommand,
  type GlueClient,
  type PartitionError,
  type PartitionInput,
} from '@aws-sdk/client-glue';
import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { RAW_LINES_PREFIX } from '../../domain/bucket.ts';
import type { RawHours } from '../warehouse/raw-hours.ts';

/** The catalog did not take partitions. */
export class PartitionsRefusedError extends Error {
  override readonly name = 'PartitionsRefusedError';
  readonly code = 'PARTITIONS_REFUSED';

  constructor(
    readonly table: string,
    readonly errors: readonly PartitionError[],
  ) {
    const [{ PartitionValues = [], ErrorDetail } = {}] = errors;
    super(
      `${String(errors.length)} partitions of the table ${table} are not registered; of ${PartitionValues.join('/')} the catalog says ` +
        `${ErrorDetail?.ErrorCode ?? 'nothing'}: ${ErrorDetail?.ErrorMessage ?? ''}`,
    );
  }
}

/** The table over it. */
const TABLE = 'raw';
/** What Glue says of single partitions and what passes: another writer, or too much at once. */
const PASSING = new Set([
  'ConcurrentModificationException',
  'InternalServiceException',
  'OperationTimeoutException',
  'ThrottlingException',
]);
const ATTEMPTS = 5;
/** Before the second attempt, and then twice as long each time. @unit milliseconds */
const PAUSE = 200;

/**
 * The hours of the raw layer, in the bucket and in the catalog's table `raw`.
 *
 * @remarks The role may list below `raw/`, look at the table and its partitions, and register partitions.
 */
export function glueRawHours(
  s3: Pick<S3Client, 'send'>,
  glue: Pick<GlueClient, 'send'>,
  { bucket, database }: { readonly bucket: string; readonly database: string },
): RawHours {
  const place = { DatabaseName: database, TableName: TABLE };

  /** The names of folders right below a prefix, without what stands before `=`. */
  async function valuesBelow(Prefix: string): Promise<string[]> {
    const values: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const more = ContinuationToken === undefined ? {} : { ContinuationToken };
      const page = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix, Delimiter: '/', ...more }));
      values.push(...(page.CommonPrefixes ?? []).flatMap((folder) => /=([^/=]+)\/$/.exec(folder.Prefix ?? '')?.[1] ?? []));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    return values;
  }

  async function create(entries: readonly PartitionInput[]): Promise<void> {
    let left = entries;
    for (let attempt = 1; ; attempt++) {
      const { Errors = [] } = await glue.send(new BatchCreatePartitionCommand({ ...place, PartitionInputList: [...left] }));
      const errors = Errors.filter(({ ErrorDetail }) => ErrorDetail?.ErrorCode !== 'AlreadyExistsException');
      const lasting = errors.filter(({ ErrorDetail }) => !PASSING.has(ErrorDetail?.ErrorCode ?? ''));
      if (errors.length === 0) return;
      if (lasting.length > 0 || attempt === ATTEMPTS)
        throw new PartitionsRefusedError(TABLE, lasting.length > 0 ? lasting : errors);
      const again = new Set(errors.map(({ PartitionValues = [] }) => PartitionValues.join('/')));
      left = left.filter(({ Values = [] }) => again.has(Values.join('/')));
      await pause(PAUSE * 2 ** (attempt - 1));
    }
  }

  return {
    async oldest() {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: RAW_LINES_PREFIX, MaxKeys: 1 }));
      const [, day, hour] = /\/dt=([^/]+)\/hour=([^/]+)\//.exec(Contents[0]?.Key ?? '') ?? [];
      return day === undefined || hour === undefined ? undefined : `${day}/${hour}`;
    },

    days: () => valuesBelow(RAW_LINES_PREFIX),

    async hoursOf(day) {
      return (await valuesBelow(`${RAW_LINES_PREFIX}dt=${day}/`)).map((hour) => `${day}/${hour}`);
    },

    async isRegistered(hour) {
      try {
        await glue.send(new GetPartitionCommand({ ...place, PartitionValues: hour.split('/') }));
        return true;
      } catch (cause) {
        if (cause instanceof EntityNotFoundException) return false;
        throw cause;
      }
    },

    async register(hours) {
      const { Table } = await glue.send(new GetTableCommand({ DatabaseName: database, Name: TABLE }));
      // Spark, Spectrum and Athena read a partition with what it says itself, not with what the table says.
      const storage = Table?.StorageDescriptor;
      await create(
        hours.map((name) => {
          const [day = '', hour = ''] = name.split('/');
          const Location = `${(storage?.Location ?? '').replace(/\/$/, '')}/dt=${day}/hour=${hour}/`;
          return { Values: [day, hour], StorageDescriptor: { ...storage, Location } };
        }),
      );
    },
  };
}
