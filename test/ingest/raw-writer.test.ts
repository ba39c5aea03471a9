import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { acceptLine } from '../../domain/accepted-line.ts';
import type { TransactionLine } from '../../domain/transaction-line.ts';
import { rawWriter } from '../../ingest/consumers/raw-writer.ts';
import { toNdjson } from '../../ingest/consumers/stream-judge.ts';
import { kinesisEvent, kinesisRecord } from '../support/kinesis-records.ts';
import { line, type LineChanges } from '../support/lines.ts';

const never = new AbortController().signal;

function memoryStore() {
  const objects = new Map<string, Buffer>();
  const put = (key: string, body: Buffer) => {
    objects.set(key, body);
    return Promise.resolve();
  };
  const texts = () => [...objects.values()].map((body) => gunzipSync(body).toString('utf8'));
  return { objects, put, texts };
}

/** A line as a door puts it on the stream. */
const textOf = (lineId: string, changes: LineChanges = {}) => {
  const sent = line({ lineId, description: 'LANTERN £', ...changes });
  return toNdjson([acceptLine(sent, sent.sentAt) as TransactionLine]);
};
const [first, second, third] = [textOf('a'), textOf('b'), textOf('c')] as const;
const sequence = (n: number) => String(n).padStart(56, '4');

describe('the raw writer', () => {
  test('keeps the lines of everything that was waiting as one object', async () => {
    const store = memoryStore();
    const records = [first, `${second}${third}`].map((text, place) => kinesisRecord(place + 1, text));

    await rawWriter(store)(kinesisEvent(records), never);

    expect(store.texts()).toEqual([`${first}${second}${third}`]);
  });

  test('writes accepted lines only, each as a door would have written it', async () => {
    const store = memoryStore();
    const foreign = JSON.stringify({ ...line({ lineId: ' c ' }), unitPrice: '2.55', description: null, extra: [1] });
    const records = [`${first}not even json\n`, '{"quantity":1}', `\n${second.trim()}`, foreign];

    await rawWriter(store)(kinesisEvent(records.map((text, place) => kinesisRecord(place + 1, text))), never);

    const { description: _, ...bare } = JSON.parse(third) as TransactionLine;
    expect(store.texts()).toEqual([`${first}${second}${toNdjson([bare])}`]);
  });

  test('writes no object for a batch without an accepted line', async () => {
    const store = memoryStore();

    const answer = await rawWriter(store)(kinesisEvent([kinesisRecord(1, 'nothing\n'), kinesisRecord(2, '')]), never);

    expect([answer, store.objects.size]).toEqual([{ batchItemFailures: [] }, 0]);
  });

  test('names the object by arrival time, shard and sequences, so that a repeated batch replaces it', async () => {
    const store = memoryStore();
    const event = kinesisEvent([kinesisRecord(1, first), kinesisRecord(2, second)]);

    await rawWriter(store)(event, never);
    await rawWriter(store)(event, never);

    expect([...store.objects.keys()]).toEqual([
      `raw/v=1/dt=2011-10-30/hour=18/shardId-000000000000-${sequence(1)}-${sequence(2)}.ndjson.gz`,
    ]);
  });

  test('however batches are cut and come again, the layer read as a set has each line once', async () => {
    const cuts = fc.array(fc.record({ from: fc.nat(19), length: fc.integer({ min: 1, max: 20 }) }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(cuts, async (repeated) => {
        const store = memoryStore();
        const texts = Array.from({ length: 20 }, (_, place) => textOf(String(place)));
        const records = texts.map((text, place) => kinesisRecord(place + 1, text));
        const write = (from: number, length: number) => rawWriter(store)(kinesisEvent(records.slice(from, from + length)), never);

        for (const { from, length } of repeated) await write(from, length);
        for (let from = 0; from < records.length; from += 7) await write(from, 7);

        const lines = store.texts().flatMap((text) => text.split('\n').filter((one) => one !== ''));
        expect([...new Set(lines)].sort()).toEqual(texts.map((text) => text.trim()).sort());
      }),
      { numRuns: 50 },
    );
  });

  test('fails as a whole when the object cannot be written, so that nothing is skipped', async () => {
    const failing = { put: () => Promise.reject(new Error('SlowDown')) };

    await expect(rawWriter(failing)(kinesisEvent([kinesisRecord(1, first)]), never)).rejects.toThrow('SlowDown');
  });
});
