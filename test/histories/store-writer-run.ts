import { storeWriter } from '../../ingest/consumers/store-writer.ts';
import { kinesisEvent, kinesisRecord } from '../support/kinesis-records.ts';
import { MemoryLedger } from '../support/memory-ledger.ts';
import { ledgerOf } from './given-ledger.ts';
import { heldAnswers, heldRejects } from './held-ledger.ts';
import { streamOf, type History } from './history.ts';
import { deliverAll, type Process } from './lanes.ts';
import { answersOf, latestVersions, type Answers } from './model.ts';
import { Troubles } from './troubled-port.ts';

const never = new AbortController().signal;

/** What the tables and the rejects hold. */
export interface Stored extends Answers {
  readonly rejects: Readonly<Record<string, number>>;
}

/** Bring a history to the tables. */
export async function storedAfter(history: History): Promise<Stored> {
  const ledger = new MemoryLedger();
  const rejected = new Map<string, Buffer>();
  const rejects = {
    put: async (key: string, body: Buffer) => {
      rejected.set(key, body);
    },
  };
  await deliverAll(history, (): Process => {
    let troubles: Troubles;
    const write = storeWriter({
      ledger: () => ledgerOf(ledger, troubles),
      rejects: { put: (...args) => troubles.around(rejects).put(...(args as unknown as [string, Buffer])) },
      log: () => undefined,
    });
    return (records, of) => {
      troubles = of;
      return write(kinesisEvent(records), never);
    };
  });
  return { ...heldAnswers(ledger), rejects: heldRejects(rejected) };
}

/** What they must hold. */
export function expectedAfter(history: History): Stored {
  const records = streamOf(history);
  const answers = answersOf(latestVersions(records.flatMap(({ accepted }) => accepted)));
  const rejects = records.flatMap(({ refused }, place): [string, number][] => {
    const texts = new Set(refused.map(({ bytes }) => bytes.toString('base64')));
    return texts.size === 0 ? [] : [[kinesisRecord(place + 1, '').kinesis.sequenceNumber, texts.size]];
  });
  return { ...answers, rejects: Object.fromEntries(rejects) };
}
