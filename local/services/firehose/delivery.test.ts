import { expect, test, vi } from 'vitest';
import { ManualClock } from '../../testing/manual-clock.ts';
import { later } from '../../testing/mappings.ts';
import { STREAM } from '../../testing/delivery-stream.ts';
import {
  ARRIVED,
  Destination,
  FIRST,
  givenFirehose,
  look,
  MemoryShards,
  SECOND,
  setFaults,
} from '../../testing/given-delivery.ts';

const UUID = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const HALF = 'x'.repeat(512 * 1024 - 1) + '\n';
/** Time passes 60,000 times faster: a buffer is due after a millisecond, an hour of retries is over after 60. */
const FAST = 60_000;

test('records of all shards become one object, which one COPY loads as the secret’s user', async () => {
  const [source, destination] = [new MemoryShards(), new Destination()];
  const firehose = await givenFirehose({ source, destination, timeFactor: FAST });

  source.append('{"lineId":"1"}\n');
  source.append('{"lineId":"2"}\n{"lineId":"3"}\n', SECOND, ARRIVED - 5_000);
  const last = source.append('{"lineId":"4"}\n');
  await firehose.whenDelivered(STREAM, { [FIRST]: last });

  const [key = ''] = destination.recordKeys;
  expect(destination.recordKeys).toHaveLength(1);
  expect(key).toMatch(new RegExp(`^firehose/2011/02/01/08/${STREAM}-1-2011-02-01-08-26-00-${UUID}$`));
  expect(destination.text(`lake/${key}`)).toBe('{"lineId":"1"}\n{"lineId":"4"}\n{"lineId":"2"}\n{"lineId":"3"}\n');
  const [copy] = destination.copies;
  expect(copy?.manifest).toMatch(
    new RegExp(`^lake/firehose/manifests(/\\d\\d(\\d\\d)?){4}/${STREAM}-\\d{4}(-\\d\\d){5}-${UUID}$`),
  );
  expect(destination.text(copy?.manifest ?? '')).toBe(`{"entries":[{"url":"s3://lake/${key}","mandatory":true}]}`);
  expect(destination.copies).toEqual([
    {
      statement:
        `COPY intake.landing (lineid, invoiceno) FROM 's3://${copy?.manifest ?? ''}' ` +
        "CREDENTIALS 'aws_iam_role=arn:aws:iam::000000000000:role/delivery' MANIFEST JSON 'auto ignorecase';",
      login: { database: 'tillgraph', username: 'loader', password: 'secret' },
      manifest: copy?.manifest,
      keys: [`lake/${key}`],
    },
  ]);
});

test('GZIP compresses the object and shows in its name', async () => {
  const [source, destination] = [new MemoryShards(), new Destination()];
  const firehose = await givenFirehose({ source, destination, timeFactor: FAST, stream: { compression: 'GZIP' } });

  await firehose.whenDelivered(STREAM, { [FIRST]: source.append('a\n') });

  expect(destination.recordKeys).toEqual([expect.stringMatching(/\.gz$/)]);
  expect(destination.rows).toEqual(['a']);
});

test('an object is written when it is full, and holds no more than its size and one record', async () => {
  const [source, destination] = [new MemoryShards([FIRST]), new Destination()];
  const firehose = await givenFirehose({ source, destination, clock: new ManualClock() });
  source.append(HALF.slice(1));
  source.append(HALF);
  const last = source.append(HALF);
  source.append('waits for more\n');

  await firehose.whenDelivered(STREAM, { [FIRST]: last });

  expect(destination.recordKeys.map((key) => destination.text(`lake/${key}`).length)).toEqual([3 * 512 * 1024 - 1]);
  expect((await look(firehose.url)).waiting).toEqual({ records: 1, bytes: 15 });
});

test('an object is written when its first record is old enough, counted from its reading', async () => {
  const [source, destination, clock] = [new MemoryShards(), new Destination(), new ManualClock()];
  const firehose = await givenFirehose({ source, destination, clock, timeFactor: 10 });
  source.append('first\n');
  await vi.waitUntil(() => clock.pending.includes(6_000));
  clock.advance(5_999);
  const last = source.append('second\n');
  await vi.waitUntil(async () => (await look(firehose.url)).buffered.records === 2);
  expect([clock.pending, destination.recordKeys]).toEqual([[1], []]);

  clock.advance(1);
  await firehose.whenDelivered(STREAM, { [FIRST]: last });

  expect(destination.rows).toEqual(['first', 'second']);
});

test('while a COPY runs buffering goes on, and all objects that came meanwhile are the next COPY', async () => {
  const [source, destination] = [new MemoryShards(), new Destination()];
  const [begun, release] = [later(), later()];
  let running = 0;
  let most = 0;
  const firehose = await givenFirehose({
    source,
    destination,
    timeFactor: FAST,
    copy: async (statement, login) => {
      most = Math.max(most, (running += 1));
      begun.resolve();
      await release.promise;
      running -= 1;
      return destination.copy(statement, login);
    },
  });
  source.append('0\n');
  await begun.promise;
  source.append('1\n');
  await vi.waitUntil(async () => (await look(firehose.url)).stored.objects === 1);
  source.append('2\n');
  const last = source.append('3\n', SECOND);
  await vi.waitUntil(async () => (await look(firehose.url)).stored.objects >= 2);

  release.resolve();
  await firehose.whenDelivered(STREAM, { [SECOND]: last });

  expect(most).toBe(1);
  expect(destination.copies[0]?.keys).toHaveLength(1);
  expect(destination.copies[1]?.keys.length).toBeGreaterThanOrEqual(2);
  expect([...destination.rows].sort()).toEqual(['0', '1', '2', '3']);
});

test('reading stops when too many objects wait for COPY, so that memory and bucket are bounded', async () => {
  const [source, destination] = [new MemoryShards(), new Destination()];
  const release = later();
  const firehose = await givenFirehose({
    source,
    destination,
    maxWaiting: 3,
    stream: { bufferSeconds: 0 },
    copy: async (statement, login) => {
      await release.promise;
      return destination.copy(statement, login);
    },
  });
  let last = '';
  for (let count = 1; count <= 8; count += 1) last = source.append(`${String(count)}${HALF}${HALF}`);
  await vi.waitUntil(async () => (await look(firehose.url)).stored.objects === 3);

  const seen = await look(firehose.url);
  release.resolve();
  await firehose.whenDelivered(STREAM, { [FIRST]: last });

  // One is at COPY, three wait, and nothing more is read.
  expect(seen).toMatchObject({
    stored: { objects: 3 },
    buffered: { records: 0 },
    unread: { records: 4 },
    waiting: { records: 8 },
  });
  expect(destination.rows.map((row) => row[0])).toEqual([
    '1',
    'x',
    '2',
    'x',
    '3',
    'x',
    '4',
    'x',
    '5',
    'x',
    '6',
    'x',
    '7',
    'x',
    '8',
    'x',
  ]);
});

test('a COPY that fails is retried with growing waits, and then loads everything', async () => {
  const [source, destination, clock] = [new MemoryShards(), new Destination(), new ManualClock()];
  const waits: number[] = [];
  let attempts = 0;
  const firehose = await givenFirehose({
    source,
    destination,
    clock,
    stream: { bufferSeconds: 0 },
    copy: (statement, login) => {
      attempts += 1;
      return attempts < 5 ? Promise.reject(new Error('the warehouse sleeps')) : destination.copy(statement, login);
    },
  });
  const last = source.append('a\n');

  for (let attempt = 1; attempt < 5; attempt += 1) {
    await vi.waitUntil(() => attempts === attempt && clock.pending.length > 0);
    const [wait = 0] = clock.pending;
    waits.push(wait);
    clock.advance(wait);
  }
  await firehose.whenDelivered(STREAM, { [FIRST]: last });

  for (const [index, wait] of waits.entries()) {
    expect(wait).toBeGreaterThanOrEqual(500 * 2 ** index);
    expect(wait).toBeLessThanOrEqual(1000 * 2 ** index);
  }
  expect(destination.rows).toEqual(['a']);
  expect(firehose.lines).toContainEqual(expect.stringContaining('the warehouse sleeps'));
});

test.each([
  ['', 'lake/firehose/errors/manifests/'],
  ['rejected/', 'lake/rejected/manifests/'],
])('with the error prefix "%s" a manifest that is given up lies under %s, and delivery goes on', async (errorPrefix, folder) => {
  const [source, destination] = [new MemoryShards(), new Destination()];
  const broken = new Set<string>();
  const firehose = await givenFirehose({
    source,
    destination,
    timeFactor: FAST,
    stream: { errorPrefix },
    copy: (statement, login) => {
      if (broken.size === 0 || broken.has(statement)) {
        broken.add(statement);
        return Promise.reject(new Error('no such column'));
      }
      return destination.copy(statement, login);
    },
  });
  await firehose.whenDelivered(STREAM, { [FIRST]: source.append('bad\n') });

  await firehose.whenDelivered(STREAM, { [FIRST]: source.append('good\n') });

  const { failed, copied, waiting } = await look(firehose.url);
  const lastManifest = failed.lastManifest ?? '';
  expect(`lake/${lastManifest}`.startsWith(folder)).toBe(true);
  const { entries } = JSON.parse(destination.text(`lake/${lastManifest}`)) as { entries: { url: string }[] };
  expect(entries.map(({ url }) => destination.text(url.slice('s3://'.length)))).toEqual(['bad\n']);
  expect(destination.rows).toEqual(['good']);
  expect([failed.records, failed.manifests, copied.records, waiting.records]).toEqual([1, 1, 1, 0]);
});

test('without time for retries a COPY has one attempt', async () => {
  const [source, destination] = [new MemoryShards(), new Destination()];
  let attempts = 0;
  const firehose = await givenFirehose({
    source,
    destination,
    clock: new ManualClock(),
    stream: { retrySeconds: 0, bufferSeconds: 0 },
    copy: () => Promise.reject(new Error(String((attempts += 1)))),
  });

  await firehose.whenDelivered(STREAM, { [FIRST]: source.append('a\n') });

  expect([attempts, (await look(firehose.url)).failed.manifests]).toEqual([1, 1]);
});

test('what cannot be written or read yet is only late', async () => {
  const [source, destination] = [new MemoryShards(), new Destination()];
  let [reads, writes] = [0, 0];
  const firehose = await givenFirehose({
    source: {
      shardIds: () => source.shardIds(),
      whenWritten: (...place) => source.whenWritten(...place),
      read: (...place) =>
        (reads += 1) % 3 === 0 ? source.read(...place) : Promise.reject(new Error('ProvisionedThroughputExceededException')),
    },
    destination,
    timeFactor: FAST,
    objects: {
      write: (...object) => ((writes += 1) % 3 === 0 ? destination.write(...object) : Promise.reject(new Error('SlowDown'))),
    },
  });
  const texts = Array.from({ length: 20 }, (_, index) => String(index));
  let last = '';
  for (const text of texts) last = source.append(`${text}\n`);

  await firehose.whenDelivered(STREAM, { [FIRST]: last });

  expect(destination.rows).toEqual(texts);
});

test('a stream that cannot be read does not delay the delivery of the buffer', async () => {
  const [source, destination, clock] = [new MemoryShards(), new Destination(), new ManualClock()];
  let isThrottled = false;
  const firehose = await givenFirehose({
    source: {
      shardIds: () => source.shardIds(),
      whenWritten: (...place) => source.whenWritten(...place),
      read: (...place) => (isThrottled ? Promise.reject(new Error('throttled')) : source.read(...place)),
    },
    destination,
    clock,
  });
  const first = source.append('first\n');
  await vi.waitUntil(() => clock.pending.includes(60_000));
  isThrottled = true;
  source.append('second\n');
  await vi.waitUntil(() => (clock.pending[0] ?? Infinity) < 60_000);

  clock.advance(60_000);
  await firehose.whenDelivered(STREAM, { [FIRST]: first });

  expect(destination.rows).toEqual(['first']);
});

test.each([
  [[{ operation: 'Copy', effect: 'fail', times: 2 }], ['a']],
  [[{ operation: 'Copy', effect: 'fail-after', times: 2 }], ['a', 'a', 'a']],
  [[{ operation: 'Copy', effect: 'duplicate', times: 1 }], ['a', 'a']],
  [[{ operation: 'PutObject', effect: 'fail', times: 3 }], ['a']],
])('with the faults %j the table has %j', async (rules, rows) => {
  const [source, destination] = [new MemoryShards(), new Destination()];
  const firehose = await givenFirehose({ source, destination, timeFactor: 1_000, stream: { bufferSeconds: 0 } });
  await setFaults(firehose.url, rules);

  await firehose.whenDelivered(STREAM, { [FIRST]: source.append('a\n') });

  expect(destination.rows).toEqual(rows);
});

test('a wait for a delivery is rejected when Firehose closes', async () => {
  const [source, destination] = [new MemoryShards(), new Destination()];
  const firehose = await givenFirehose({ source, destination, clock: new ManualClock() });
  const delivered = firehose.whenDelivered(STREAM, { [FIRST]: source.append('a\n') });

  const refused = expect(delivered).rejects.toThrow(`${STREAM} closes`);
  await firehose.close();

  await refused;
  await expect(firehose.whenDelivered('none', {})).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
});
