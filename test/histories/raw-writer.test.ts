// Slow: hundreds of generated histories.

import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rawWriter } from '../../ingest/consumers/raw-writer.ts';
import { kinesisEvent } from '../support/kinesis-records.ts';
import { asTheDoorsWrite } from '../support/records-judged.ts';
import { EVERYTHING, histories, type Kinds } from './arbitrary.ts';
import { differences } from './differences.ts';
import { streamOf, type History } from './history.ts';
import { deliverAll, type Process } from './lanes.ts';
import { runs } from './runs.ts';
import type { Troubles } from './troubled-port.ts';

const never = new AbortController().signal;

/** The texts that a history leaves in the raw layer, each once: identical ones may stand in several objects. */
async function rawAfter(history: History): Promise<{ raw: Record<string, string> }> {
  const objects = new Map<string, Buffer>();
  const store = {
    put: async (key: string, body: Buffer) => {
      objects.set(key, body);
    },
  };
  await deliverAll(history, (): Process => {
    let troubles: Troubles;
    const write = rawWriter({ put: (...args) => troubles.around(store).put(...(args as unknown as [string, Buffer])) });
    return (records, of) => {
      troubles = of;
      return write(kinesisEvent(records), never);
    };
  });
  const texts = [...objects.values()].flatMap((body) => gunzipSync(body).toString('utf8').split('\n').slice(0, -1));
  return { raw: Object.fromEntries(texts.map((text) => [text.slice(0, 1_000), 'once'])) };
}

/** Every accepted version in the form in which the doors write it, and nothing else. */
const expectedRaw = (history: History) => ({
  raw: Object.fromEntries(streamOf(history).flatMap(({ accepted }) => accepted.map((line) => [asTheDoorsWrite(line), 'once']))),
});

async function expectRight(kinds: Kinds, usualRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(histories(kinds), async (history) => {
      expect(differences(await rawAfter(history), expectedRaw(history))).toEqual([]);
    }),
    { numRuns: runs(usualRuns) },
  );
}

/** Ten thousand histories, or one that is shrunk. */
const LONG = 900_000;

describe('the raw layer, read as a set, holds every version of each accepted line, though', { timeout: LONG }, () => {
  test('batches are cut anew after crashes and outages', async () => {
    await expectRight({ ...EVERYTHING, foreign: 'lines' }, 200);
  });

  test('foreign producers write whatever comes to mind', async () => {
    await expectRight({ ...EVERYTHING }, 200);
  });
});
