import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packLines } from '../domain/stream-record.ts';
import { acceptSentLine, isRefusal } from '../domain/accepted-line.ts';
import { storeWriter } from '../ingest/consumers/store-writer.ts';
import { dynamoDbLedger } from '../ingest/handlers/dynamodb-ledger.ts';
import { replay } from '../ingest/replay/replay.ts';
import { kinesisEvent, kinesisRecord } from '../test/support/kinesis-records.ts';
import { MeteredTables } from './metered-tables.ts';

/** What the tables would bill for a file, computed from the size of every item the store writer reads and writes. */
export interface WriteUnits {
  readonly rows: number;
  readonly records: number;
  readonly recordBytes: number;
  /** Kinesis bills each record by the started kilobyte. */
  readonly billedKilobytes: number;
  /** Firehose bills each record by the started five kilobytes. */
  readonly deliveredKilobytes: number;
  readonly mutations: number;
  readonly tableUnits: number;
  readonly indexUnits: number;
  readonly readUnits: number;
}

const forever = new AbortController().signal;

/** @param recordsPerBatch - how many stream records a function call brings: 1,000 is what the template asks for at most */
export async function writeUnits(file: string, recordsPerBatch: number, rows?: number): Promise<WriteUnits> {
  const tables = new MeteredTables();
  const names = { customers: 'customers', invoices: 'invoices' };
  const write = storeWriter({
    ledger: (deadline) => dynamoDbLedger(tables.client, names, deadline),
    rejects: { put: () => Promise.reject(new Error('a row of this file was set aside; none should be')) },
    log: (message, cause) => {
      throw new Error(message, { cause });
    },
  });
  let waiting: ReturnType<typeof kinesisRecord>[] = [];
  const sum = { rows: 0, records: 0, recordBytes: 0, billedKilobytes: 0, deliveredKilobytes: 0, mutations: 0 };
  const flush = async () => {
    const batch = waiting;
    waiting = [];
    if (batch.length > 0) await write(kinesisEvent(batch), forever);
  };
  await replay({
    file,
    rows,
    concurrency: 1,
    rejects: join(tmpdir(), 'write-units.rejected.csv'),
    destination: {
      name: 'write units',
      passes: () => false,
      send: async (lines) => {
        const accepted = lines.map((line) => {
          const outcome = acceptSentLine(line, Date.now());
          return isRefusal(outcome) ? undefined : outcome;
        });
        for (const { text, partitionKey } of packLines(accepted)) {
          const bytes = Buffer.byteLength(text);
          sum.records++;
          sum.recordBytes += bytes;
          sum.billedKilobytes += Math.ceil(bytes / 1024);
          sum.deliveredKilobytes += 5 * Math.ceil(bytes / (5 * 1024));
          waiting.push(kinesisRecord(sum.records, text, partitionKey));
          if (waiting.length === recordsPerBatch) await flush();
        }
        sum.rows += lines.length;
        sum.mutations++;
        return { accepted: lines.length, failed: [] };
      },
    },
  });
  await flush();
  return { ...sum, tableUnits: tables.writeUnits, indexUnits: tables.indexWriteUnits, readUnits: tables.readUnits };
}
