import { S3Client, PutObjectCommand } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { startEventBridge } from './service.ts';
import { compilePattern } from './pattern.ts';
import { startS3 } from '../s3/service.ts';
import type { ObjectCreated } from '../s3/call.ts';
import type { EventRuleDefinition } from './definition.ts';
import { LOCAL, temporaryDirectory } from '../../testing/remote.ts';

const stagingPattern = {
  source: ['aws.s3'],
  'detail-type': ['Object Created'],
  detail: { bucket: { name: ['lake'] }, object: { key: [{ prefix: 'firehose/' }] } },
};

function ruleOf(changes: Partial<EventRuleDefinition> = {}): EventRuleDefinition {
  return {
    name: 'staged',
    arn: 'arn:aws:events:us-east-1:000000000000:rule/staged',
    pattern: stagingPattern,
    enabled: true,
    targets: [{ functionName: 'loader' }],
    ...changes,
  };
}

function objectOf(changes: Partial<ObjectCreated> = {}): ObjectCreated {
  return {
    bucket: 'lake',
    key: 'firehose/2011/02/01/08/lines',
    size: 5,
    etag: 'b1946ac92492d2347c6235b4d2611184',
    reason: 'PutObject',
    requestId: 'N4N7GDK58NMKJ12R',
    sourceAddress: '127.0.0.1',
    time: Date.UTC(2021, 10, 12, 0, 0, 0, 999),
    ...changes,
  };
}

function givenBus(...rules: readonly EventRuleDefinition[]) {
  const calls: { functionName: string; event: unknown }[] = [];
  const lines: string[] = [];
  const bus = startEventBridge({
    ...LOCAL,
    rules,
    invokeAsynchronously: (functionName, event) => {
      if (functionName === 'broken') throw new Error('no such function');
      calls.push({ functionName, event });
    },
    log: (line) => lines.push(line),
  });
  return { bus, calls, lines };
}

test('an object in the bucket is an event as S3 sends it', () => {
  const { bus, calls } = givenBus(ruleOf());

  bus.objectCreated(objectOf());

  expect(calls).toEqual([
    {
      functionName: 'loader',
      event: {
        version: '0',
        id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as string,
        'detail-type': 'Object Created',
        source: 'aws.s3',
        account: '000000000000',
        time: '2021-11-12T00:00:00Z',
        region: 'us-east-1',
        resources: ['arn:aws:s3:::lake'],
        detail: {
          version: '0',
          bucket: { name: 'lake' },
          object: {
            key: 'firehose/2011/02/01/08/lines',
            size: 5,
            etag: 'b1946ac92492d2347c6235b4d2611184',
            sequencer: expect.stringMatching(/^618dae80[0-9a-f]{8}$/) as string,
          },
          'request-id': 'N4N7GDK58NMKJ12R',
          requester: '000000000000',
          'source-ip-address': '127.0.0.1',
          reason: 'PutObject',
        },
      },
    },
  ]);
});

test('a rule hears of what its pattern matches, and only while it is enabled', () => {
  const { bus, calls } = givenBus(
    ruleOf(),
    ruleOf({ enabled: false, targets: [{ functionName: 'asleep' }] }),
    ruleOf({ pattern: { source: ['aws.s3'] }, targets: [{ functionName: 'curious', input: '{"source":"mine"}' }] }),
  );

  bus.objectCreated(objectOf({ key: 'raw/lines' }));
  bus.objectCreated(objectOf({ bucket: 'other' }));
  bus.objectCreated(objectOf());

  expect(calls.map(({ functionName }) => functionName)).toEqual(['curious', 'curious', 'loader', 'curious']);
  expect(calls[0]?.event).toEqual({ source: 'mine' });
});

test('sequencers of one key grow, as those who compare them must be able to rely on', () => {
  const { bus, calls } = givenBus(ruleOf());

  for (let count = 0; count < 20; count += 1) bus.objectCreated(objectOf());

  const sequencers = calls.map(({ event }) => (event as { detail: { object: { sequencer: string } } }).detail.object.sequencer);
  expect([...sequencers].sort()).toEqual(sequencers);
  expect(new Set(sequencers).size).toBe(20);
});

test('a target that cannot be invoked keeps no other from its event', async () => {
  const { bus, calls, lines } = givenBus(ruleOf({ targets: [{ functionName: 'broken' }, { functionName: 'loader' }] }));

  bus.objectCreated(objectOf());
  await vi.waitUntil(() => lines.length > 0);

  expect(calls).toHaveLength(1);
  expect(lines).toEqual([expect.stringContaining('rule staged cannot invoke broken')]);
});

test('a PUT over HTTP and a write in the process both reach a function', async () => {
  const { bus, calls } = givenBus(ruleOf());
  const directory = await temporaryDirectory();
  const onObjectCreated = (created: ObjectCreated): void => {
    bus.objectCreated(created);
  };
  const s3 = await startS3({ ...LOCAL, directory: directory.path, port: 0, log: console.error, onObjectCreated });
  const client = new S3Client({ ...LOCAL, endpoint: s3.url });
  onTestFinished(async () => {
    client.destroy();
    await s3.close();
    await directory[Symbol.asyncDispose]();
  });
  await s3.createBucket('lake');

  await client.send(new PutObjectCommand({ Bucket: 'lake', Key: 'firehose/a', Body: 'body' }));
  await s3.objects.write('lake', 'firehose/b', Buffer.from('body'));

  const keys = calls.map(({ event }) => (event as { detail: { object: { key: string } } }).detail.object.key);
  expect(keys).toEqual(['firehose/a', 'firehose/b']);
});

describe('an event pattern', () => {
  const event = {
    source: 'aws.s3',
    resources: ['arn:aws:s3:::lake', 'arn:aws:s3:::other'],
    detail: { version: null, encrypted: true, object: { key: 'firehose/a.gz', size: 5 }, parts: [{ n: 1 }, { n: 2 }] },
  };

  test.each([
    [{ source: ['aws.ec2', 'aws.s3'] }, true],
    [{ source: ['aws.ec2'] }, false],
    [{ source: ['AWS.S3'] }, false],
    [{ source: ['aws.s3'], region: ['us-east-1'] }, false],
    [{ resources: ['arn:aws:s3:::other'] }, true],
    [{ detail: { version: [null] } }, true],
    [{ detail: { missing: [null] } }, false],
    [{ detail: { encrypted: [true] } }, true],
    [{ detail: { encrypted: ['true'] } }, false],
    [{ detail: { object: { size: [5] } } }, true],
    [{ detail: { object: { size: ['5'] } } }, false],
    [{ detail: { object: { key: [{ prefix: 'firehose/' }] } } }, true],
    [{ detail: { object: { key: [{ prefix: 'hose/' }] } } }, false],
    [{ detail: { object: { size: [{ prefix: '5' }] } } }, false],
    [{ detail: { object: { key: [{ suffix: '.gz' }] } } }, true],
    [{ detail: { object: { key: [{ suffix: '.csv' }, { prefix: 'fire' }] } } }, true],
    [{ source: [{ 'anything-but': 'aws.ec2' }] }, true],
    [{ source: [{ 'anything-but': ['aws.ec2', 'aws.s3'] }] }, false],
    [{ missing: [{ 'anything-but': 'x' }] }, false],
    [{ detail: { object: { size: [{ 'anything-but': [4, 6] }] } } }, true],
    [{ detail: { object: { key: [{ 'anything-but': { prefix: 'firehose/manifests/' } }] } } }, true],
    [{ detail: { object: { key: [{ 'anything-but': { prefix: ['raw/', 'firehose/'] } }] } } }, false],
    [{ detail: { object: { key: [{ 'anything-but': { suffix: '.gz' } }] } } }, false],
    [{ detail: { object: { key: [{ exists: true }] } } }, true],
    [{ detail: { object: { etag: [{ exists: false }] } } }, true],
    [{ detail: { object: { key: [{ exists: false }] } } }, false],
    [{ detail: { object: [{ exists: true }] } }, false],
    [{ detail: { object: { size: [{ numeric: ['>', 0, '<=', 5] }] } } }, true],
    [{ detail: { object: { size: [{ numeric: ['=', 4] }] } } }, false],
    [{ detail: { object: { size: [{ numeric: ['>=', 6] }] } } }, false],
    [{ detail: { object: { key: [{ numeric: ['<', 9] }] } } }, false],
    [{ detail: { parts: { n: [2] } } }, true],
    [{ detail: { parts: { n: [3] } } }, false],
    [{ detail: ['aws.s3'] }, false],
    [{ source: { name: ['aws.s3'] } }, false],
  ])('%j: %s', (pattern, isMatch) => {
    expect(compilePattern(pattern)(event)).toBe(isMatch);
  });

  test.each([
    [{}, '{}'],
    [{ source: 'aws.s3' }, 'source'],
    [{ source: [] }, 'source'],
    [{ source: [['aws.s3']] }, 'source'],
    [{ $or: [{ source: ['aws.s3'] }] }, '$or'],
    [{ detail: { object: { key: [{ wildcard: '*.gz' }] } } }, 'detail.object.key'],
    [{ detail: { object: { key: [{ 'equals-ignore-case': 'a' }] } } }, 'detail.object.key'],
    [{ detail: { object: { key: [{ prefix: { 'equals-ignore-case': 'a' } }] } } }, 'detail.object.key'],
    [{ detail: { object: { key: [{ prefix: 'a', suffix: 'b' }] } } }, 'detail.object.key'],
    [{ detail: { object: { key: [{ 'anything-but': { wildcard: '*' } }] } } }, 'detail.object.key'],
    [{ detail: { ip: [{ cidr: '10.0.0.0/24' }] } }, 'detail.ip'],
    [{ detail: { size: [{ numeric: ['!=', 5] }] } }, 'detail.size'],
    [{ detail: { size: [{ numeric: ['>'] }] } }, 'detail.size'],
    [{ detail: { size: [{ numeric: [] }] } }, 'detail.size'],
    [{ detail: { size: [{ exists: 'yes' }] } }, 'detail.size'],
  ])('%j is refused when the rule is made', (pattern, field) => {
    expect(() =>
      startEventBridge({ ...LOCAL, rules: [ruleOf({ pattern })], invokeAsynchronously: vi.fn(), log: vi.fn() }),
    ).toThrow(`rule staged: event pattern, ${field}: `);
  });

  test('that is made of an event matches this event', () => {
    const leaf = fc.oneof(fc.string(), fc.double({ noNaN: true }), fc.boolean(), fc.constant(null));
    // Names that begin with $ are operators.
    const name = fc.string({ minLength: 1 }).map((text) => `_${text}`);
    const events = fc.dictionary(name, fc.oneof(leaf, fc.dictionary(name, leaf, { minKeys: 1 })), { minKeys: 1 });
    const patternOf = (value: unknown): unknown =>
      typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, patternOf(inner)]))
        : [value];

    fc.assert(
      fc.property(events, (one) => {
        const matches = compilePattern(patternOf(one) as Record<string, unknown>);
        expect(matches(one)).toBe(true);
        expect(matches({ ...one, more: 1 })).toBe(true);
        expect(matches({})).toBe(false);
      }),
    );
  });
});

test('a run of a job that has ended is an event as Glue sends it; what goes on is none', () => {
  const { bus, calls } = givenBus(
    ruleOf({
      pattern: { source: ['aws.glue'], 'detail-type': ['Glue Job State Change'], detail: { state: ['FAILED', 'TIMEOUT'] } },
    }),
    ruleOf({ pattern: { source: ['aws.glue'] }, targets: [{ functionName: 'curious' }] }),
  );
  const run = { jobName: 'import', id: 'jr_1', modifiedAt: Date.UTC(2011, 1, 1, 8, 26, 0, 999) };

  for (const state of ['STARTING', 'RUNNING', 'SUCCEEDED']) bus.jobRunChanged({ ...run, state });
  bus.jobRunChanged({ ...run, state: 'FAILED', errorMessage: 'ValueError: no such month' });

  expect(calls.map(({ functionName }) => functionName)).toEqual(['curious', 'loader', 'curious']);
  expect(calls[1]?.event).toMatchObject({
    version: '0',
    'detail-type': 'Glue Job State Change',
    source: 'aws.glue',
    account: '000000000000',
    time: '2011-02-01T08:26:00Z',
    region: 'us-east-1',
    resources: [],
    detail: { jobName: 'import', jobRunId: 'jr_1', state: 'FAILED', severity: 'ERROR', message: 'ValueError: no such month' },
  });
});
