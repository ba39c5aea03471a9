import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { rawWriter } from '../../ingest/consumers/raw-writer.ts';
import { kinesisEvent, kinesisRecord } from '../support/kinesis-records.ts';

const never = new AbortController().signal;

function memoryStore() {
  const objects = new Map<string, Buffer>();
  const put = (key: string, body: Buffer) => {
    objects.set(key, body);
    return Promise.resolve();
  };
  return { objects, put };
}

describe('the raw writer', () => {
  test('keeps everything that was waiting as one object, byte for byte', async () => {
    const store = memoryStore();
    const texts = ['{"a":"£"}\n', 'not even json\n', '{"b":1}\n{"c":2}\n'];

    await rawWriter(store)(kinesisEvent(texts.map((text, place) => kinesisRecord(place + 1, text))), never);

    expect([...store.objects.values()].map((body) => gunzipSync(body).toString('utf8'))).toEqual([texts.join('')]);
  });

  test('ends a record that lacks its line feed, so that the next one begins a line', async () => {
    const store = memoryStore();

    await rawWriter(store)(kinesisEvent([kinesisRecord(1, '{"a":1}'), kinesisRecord(2, '{"b":2}\n')]), never);

    expect([...store.objects.values()].map((body) => gunzipSync(body).toString('utf8'))).toEqual(['{"a":1}\n{"b":2}\n']);
  });

  test('names the object by arrival time, shard and sequence range, so that a batch that comes again replaces it', async () => {
    const store = memoryStore();
    const event = kinesisEvent([kinesisRecord(1, '{}\n'), kinesisRecord(2, '{}\n')]);

    await rawWriter(store)(event, never);
    await rawWriter(store)(event, never);

    const sequence = (n: number) => String(n).padStart(56, '4');
    expect([...store.objects.keys()]).toEqual([
      `raw/v=1/dt=2011-10-30/hour=18/shardId-000000000000-${sequence(1)}-${sequence(2)}.ndjson.gz`,
    ]);
  });

  test('fails as a whole when the object cannot be written, so that nothing is skipped', async () => {
    const failing = { put: () => Promise.reject(new Error('SlowDown')) };

    await expect(rawWriter(failing)(kinesisEvent([kinesisRecord(1, '{}\n')]), never)).rejects.toThrow('SlowDown');
  });
});
