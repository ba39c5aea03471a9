import type { UsualUnits } from './usual-units.ts';
import type { WriteUnits } from './write-units.ts';

/** @unit US dollars */
export interface Price {
  readonly part: string;
  readonly dollars: number;
}

/**
 * List prices in us-east-1, on demand, without any free tier.
 *
 * @unit US dollars for one
 * @source the pricing pages of AppSync, API Gateway, Kinesis, Firehose, Lambda, DynamoDB, S3 and Redshift, November 2026
 */
const LIST = {
  appSyncOperation: 4 / 1e6,
  restRequest: 3.5 / 1e6,
  kinesisGigabyteIn: 0.08,
  kinesisGigabyteOut: 0.04,
  /** From a Kinesis stream, without conversion of formats. */
  firehoseGigabyte: 0.029,
  lambdaRequest: 0.2 / 1e6,
  lambdaGigabyteSecond: 0.000_013_333_4,
  writeUnit: 0.625 / 1e6,
  readUnit: 0.125 / 1e6,
  s3Put: 0.005 / 1000,
  redshiftUnitHour: 0.375,
} as const;

const KILOBYTES_PER_GIGABYTE = 1024 * 1024;

/** Both ways have three consumers of the stream: for S3, for DynamoDB, and Firehose for the warehouse. */
const CONSUMERS = 3;
/** Of them, those that are functions. */
const FUNCTIONS = 2;

/**
 * How long functions run. Nobody can measure that on one machine: these are assumptions, and all of them together are some
 * percent of either price.
 */
export const ASSUMED = {
  /** The store writer on 1,000 records, about 11,500 rows, with 512 MB. @unit seconds */
  storeWriterSeconds: 4,
  /** The raw writer on an event of 6 MB, with 512 MB. @unit seconds */
  rawWriterSeconds: 2,
  /** The judge of the delivery on a mebibyte of records, with 512 MB: measured on one whole core, 20 ms. @unit seconds */
  judgeSeconds: 0.2,
  writerGigabytes: 0.5,
  /** The usual door on one row, with 128 MB. @unit seconds */
  usualDoorSeconds: 0.05,
  /** The usual consumer on one row: two UpdateItems, one after the other. @unit seconds */
  usualRowSeconds: 0.01,
  usualGigabytes: 0.125,
  /** The default of an event source mapping. */
  usualBatch: 100,
  /** The warehouse of the stage: see `infra/stages.ts`. */
  warehouseUnits: 4,
  /** While rows flow, they are delivered, and the warehouse wakes up, once in so long. @unit seconds */
  bufferSeconds: 300,
  bufferMegabytes: 64,
  /** How long it is awake for that: the least that is billed. A load that takes longer costs in proportion. @unit seconds */
  awakeSeconds: 60,
  /** The loader's run, with 512 MB: it waits for COPY, and watches afterwards. @unit seconds */
  loaderSeconds: 90,
  loaderGigabytes: 0.5,
  /** Write units of the kept answers that a load changes: at most 20 items, together some hundred kilobytes. */
  answerUnits: 300,
} as const;

/** The largest event of Lambda, and what a record needs in it besides its base64. @source Lambda quotas: 6 MB; measured: 480 bytes */
const EVENT_BYTES = 6 * 1024 * 1024;
const RECORD_OVERHEAD = 480;
/** What Firehose gives to the judge at a time; it is full long before its ten seconds at the rates that are priced. */
const JUDGED_BYTES = 1024 * 1024;

/** What a million rows cost on the way from the API to every store, at the counts of a whole file. */
export function ourPrice(counts: WriteUnits, recordsPerBatch: number): Price[] {
  const gigabytes = counts.billedKilobytes / KILOBYTES_PER_GIGABYTE;
  const storeCalls = counts.records / recordsPerBatch;
  const objects = (counts.recordBytes * (4 / 3) + counts.records * RECORD_OVERHEAD) / EVENT_BYTES;
  const judgements = counts.recordBytes / JUDGED_BYTES;
  const gigabyteSeconds =
    ((counts.records / 1000) * ASSUMED.storeWriterSeconds +
      objects * ASSUMED.rawWriterSeconds +
      judgements * ASSUMED.judgeSeconds) *
    ASSUMED.writerGigabytes;
  return perMillion(counts.rows, [
    { part: 'AppSync', dollars: counts.mutations * LIST.appSyncOperation },
    { part: 'Kinesis', dollars: gigabytes * LIST.kinesisGigabyteIn + outOf(counts.recordBytes) },
    firehose(counts.deliveredKilobytes),
    { part: 'DynamoDB writes', dollars: (counts.tableUnits + counts.indexUnits) * LIST.writeUnit },
    { part: 'DynamoDB reads', dollars: counts.readUnits * LIST.readUnit },
    {
      part: 'Lambda',
      dollars: (storeCalls + objects + judgements) * LIST.lambdaRequest + gigabyteSeconds * LIST.lambdaGigabyteSecond,
    },
    { part: 'S3', dollars: objects * LIST.s3Put },
  ]);
}

/**
 * What is paid for the time that the warehouse is awake, for a million rows that come evenly: one COPY and one load in each buffer time,
 * or for each full buffer if that is sooner. The usual way would pay the same for its own.
 *
 * @param rowsPerSecond - how many rows come
 */
export function awakePrice(counts: WriteUnits, rowsPerSecond: number): Price[] {
  const { warehouseUnits, bufferSeconds, bufferMegabytes, awakeSeconds, loaderSeconds, loaderGigabytes, answerUnits } = ASSUMED;
  const bufferRows = (bufferMegabytes * 1024 * 1024 * counts.rows) / counts.recordBytes;
  const loads = 1e6 / Math.min(rowsPerSecond * bufferSeconds, bufferRows);
  return [
    { part: 'Redshift', dollars: loads * warehouseUnits * (awakeSeconds / 3600) * LIST.redshiftUnitHour },
    {
      part: 'Lambda',
      dollars: loads * (LIST.lambdaRequest + loaderSeconds * loaderGigabytes * LIST.lambdaGigabyteSecond),
    },
    { part: 'DynamoDB writes', dollars: loads * answerUnits * LIST.writeUnit },
    // An object and a manifest.
    { part: 'S3', dollars: loads * 2 * LIST.s3Put },
  ];
}

/** What a million rows cost in the usual way: REST API, a function for each row, one record, two UpdateItems on growing items. */
export function usualPrice(counts: UsualUnits): Price[] {
  const gigabytes = counts.billedKilobytes / KILOBYTES_PER_GIGABYTE;
  const batches = counts.rows / ASSUMED.usualBatch;
  const seconds = counts.rows * (ASSUMED.usualDoorSeconds + ASSUMED.usualRowSeconds);
  return perMillion(counts.rows, [
    { part: 'API Gateway', dollars: counts.rows * LIST.restRequest },
    { part: 'Kinesis', dollars: gigabytes * LIST.kinesisGigabyteIn + outOf(counts.rowBytes) },
    firehose(counts.deliveredKilobytes),
    { part: 'DynamoDB writes', dollars: counts.writeUnits * LIST.writeUnit },
    {
      part: 'Lambda',
      dollars:
        (counts.rows + FUNCTIONS * batches) * LIST.lambdaRequest + seconds * ASSUMED.usualGigabytes * LIST.lambdaGigabyteSecond,
    },
    { part: 'S3', dollars: batches * LIST.s3Put },
  ]);
}

export const total = (prices: readonly Price[]): number => prices.reduce((sum, { dollars }) => sum + dollars, 0);

const firehose = (kilobytes: number): Price => ({
  part: 'Firehose',
  dollars: (kilobytes / KILOBYTES_PER_GIGABYTE) * LIST.firehoseGigabyte,
});

const outOf = (bytes: number) => (bytes / 1024 ** 3) * CONSUMERS * LIST.kinesisGigabyteOut;

const perMillion = (rows: number, prices: readonly Price[]) =>
  prices.map(({ part, dollars }) => ({ part, dollars: (dollars / rows) * 1e6 }));
