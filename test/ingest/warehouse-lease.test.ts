// Slow: hundreds of generated histories of two loaders.
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDynamoDb, type DynamoDbEndpoint } from '@tillgraph/local-aws/testing/dynamodb-endpoint';
import { dynamoDbLease } from '../../ingest/handlers/dynamodb-answer-store.ts';
import { isPending } from '../../ingest/warehouse/load-state.ts';
import { givenLoader, lines, MINUTE, SCHEDULE, shown } from '../support/given-loader.ts';
import { MemoryLease } from '../support/memory-lease.ts';

describe('loaders that are called while one is at work', () => {
  test('leave it to that one, and their lines are shown when it ends', async () => {
    const { world, run, deliver } = givenLoader();
    const others: Promise<string>[] = [];
    for (const after of [100, 700, 1900])
      world.clock.at(world.clock.time + after, () => {
        others.push(run(deliver(lines(after), 0)));
      });

    const outcome = await run(deliver(lines(1)));

    expect([outcome, ...(await Promise.all(others))]).toEqual(['settled', 'busy', 'busy', 'busy']);
    expect(shown(world)['count']).toBe(4);
    expect(isPending(world.loadState)).toBe(false);
    expect(world.lease.held).toBeUndefined();
  });

  test('are not forgotten when it was just about to end', async () => {
    const { world, run, deliver } = givenLoader();
    const release = world.lease.release.bind(world.lease);
    const late: string[] = [];
    world.lease.release = async (holder) => {
      if (late.length === 0) late.push(await run(deliver(lines(2), 5_000)));
      return release(holder);
    };

    const outcome = await run(deliver(lines(1)));

    expect([outcome, ...late]).toEqual(['settled', 'busy']);
    expect(shown(world)['count']).toBe(2);
    expect(isPending(world.loadState)).toBe(false);
  });

  test('take its place when it is not heard of for half a minute, as after kill -9', async () => {
    const { world, run, deliver } = givenLoader();
    await world.lease.take('dead', world.clock.time, world.clock.time + 30_000);

    expect(await run(deliver(lines(1)))).toBe('busy');
    world.clock.pass(31_000);

    expect(await run(SCHEDULE)).toBe('settled');
    expect(shown(world)['count']).toBe(1);
  });

  test('go on at once after one that failed', async () => {
    const { world, run, deliver } = givenLoader();
    const event = deliver(lines(1));
    world.trouble.set(world.calls + 9, { when: 'before', error: () => new Error('it broke') });

    await expect(run(event)).rejects.toThrow('it broke');

    expect(world.lease.held).toBeUndefined();
    expect(await run(event)).toBe('settled');
  });

  test('never load at the same time, and forget no line, whenever events come and runs die', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ after: fc.integer({ max: 4 * MINUTE, min: 1 }), copied: fc.nat(20_000) }), { maxLength: 8 }),
        fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
        async (events, dies) => {
          const { world, run, deliver } = givenLoader();
          const runs: Promise<string>[] = [];
          if (dies !== undefined) world.trouble.set(dies, { when: 'after', error: () => new Error('it died') });
          for (const [place, { after, copied }] of events.entries())
            world.clock.at(world.clock.time + after, () => {
              runs.push(run(deliver(lines(place + 1), copied)).catch(() => 'failed'));
            });
          world.clock.pass(1);
          for (let tick = 0; tick < 12; tick++) {
            runs.push(run(SCHEDULE).catch(() => 'failed'));
            await Promise.all(runs);
            world.clock.pass(15 * MINUTE);
            await Promise.all(runs);
          }

          expect(shown(world)['count'] ?? 0).toBe(events.length);
          expect(world.lease.held).toBeUndefined();
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('the lease in DynamoDB', () => {
  let dynamoDb: DynamoDbEndpoint;
  beforeAll(async () => {
    dynamoDb = await openDynamoDb();
  });
  afterAll(() => dynamoDb.close());

  test('goes from hand to hand as it does in memory', async () => {
    const holder = fc.constantFrom('a', 'b', 'c');
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ call: fc.constant('take' as const), holder, pause: fc.nat(40) }) },
      { weight: 1, arbitrary: fc.record({ call: fc.constant('renew' as const), holder, pause: fc.nat(40) }) },
      { weight: 2, arbitrary: fc.record({ call: fc.constant('release' as const), holder, pause: fc.nat(5) }) },
      { weight: 1, arbitrary: fc.record({ call: fc.constant('abandon' as const), holder, pause: fc.nat(5) }) },
    );
    let tables = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const table = `leases-${String((tables += 1))}`;
        await dynamoDb.client.send(
          new CreateTableCommand({
            TableName: table,
            BillingMode: 'PAY_PER_REQUEST',
            KeySchema: [{ AttributeName: 'question', KeyType: 'HASH' }],
            AttributeDefinitions: [{ AttributeName: 'question', AttributeType: 'S' }],
          }),
        );
        const [real, model] = [dynamoDbLease(dynamoDb.client, table), new MemoryLease()];
        let now = 1000;
        for (const { call, holder: who, pause } of steps) {
          now += pause;
          const made = [real, model].map((lease) =>
            call === 'take'
              ? lease.take(who, now, now + 30)
              : call === 'renew'
                ? lease.renew(who, now + 30)
                : call === 'release'
                  ? lease.release(who)
                  : lease.abandon(who),
          );
          const [answered, expected] = await Promise.all(made);
          expect([call, who, answered]).toEqual([call, who, expected]);
        }
      }),
      { numRuns: 40 },
    );
  });
});
