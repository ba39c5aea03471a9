// Slow: starts workers, and tries their events again.
import { describe, expect, test } from 'vitest';
import type { Clock } from '../../clock.ts';
import { ServiceError } from '../../errors.ts';
import type { AsynchronousPorts, Ending } from './asynchronous.ts';
import { AsynchronousInvocations } from './asynchronous.ts';
import type { AsynchronousDefinition } from './definition.ts';
import { functionOf, withFunction } from '../../testing/functions.ts';

const done = { payload: 'null' };
const failed = { payload: '{"errorMessage":"no"}', functionError: 'Unhandled' } as const;
const noRoom = new ServiceError('TooManyRequestsException', 'Rate Exceeded.', 429);

/** A clock that jumps over every wait, and tells how long they were. */
function jumpingClock(): Clock & { readonly waits: number[] } {
  let now = Date.UTC(2026, 10, 22, 12);
  const waits: number[] = [];
  return {
    waits,
    now: () => now,
    wait: async (milliseconds) => {
      waits.push(milliseconds);
      now += milliseconds;
    },
  };
}

/** Queue an event for a function that does these things, one after the other, and then the last one for ever. */
async function queued(
  attempts: readonly (typeof done | typeof failed | ServiceError)[],
  asynchronous?: AsynchronousDefinition,
  ports: Partial<AsynchronousPorts> = {},
) {
  const clock = jumpingClock();
  const log: string[] = [];
  const kept: { bucket: string; key: string; document: unknown }[] = [];
  let calls = 0;
  const invocations = new AsynchronousInvocations({
    clock,
    timeFactor: 1,
    log: (line) => log.push(line),
    keep: async ({ body, ...place }) => void kept.push({ ...place, document: JSON.parse(body) as unknown }),
    invoke: async () => {
      const attempt = attempts[Math.min(calls, attempts.length - 1)] ?? done;
      calls += 1;
      if (attempt instanceof ServiceError) throw attempt;
      return attempt;
    },
    ...ports,
  });
  const definition = functionOf('', asynchronous === undefined ? {} : { asynchronous });
  const ending: Ending = await invocations.add({ definition, event: { amount: 0 }, requestId: 'r-1' });
  return { ending, calls, log, kept, waits: clock.waits };
}

describe('an asynchronous event', () => {
  test('is tried three times, after one minute and after two, and then given up loudly', async () => {
    const { ending, calls, waits, log, kept } = await queued([failed]);

    expect({ ending, calls, waits }).toEqual({ ending: 'given up', calls: 3, waits: [60_000, 120_000] });
    expect(log.at(-1)).toBe('lambda greeter: request r-1: GIVEN UP after 3 attempts (RetriesExhausted): {"amount":0}');
    expect(kept).toEqual([]);
  });

  test('is done at the first attempt that succeeds', async () => {
    const { ending, calls } = await queued([failed, done]);

    expect({ ending, calls }).toEqual({ ending: 'done', calls: 2 });
  });

  test('is retried as often as declared, and then goes to the bucket in Lambda’s form', async () => {
    const { calls, kept } = await queued([failed], { retries: 0, maximumAgeSeconds: 60, onFailureBucket: 'lost' });

    expect(calls).toBe(1);
    expect(kept).toEqual([
      {
        bucket: 'lost',
        key: expect.stringMatching(/^aws\/lambda\/async\/greeter\/2026\/11\/22\/2026-11-22T12\.00\.00-[0-9a-f-]{36}$/),
        document: {
          version: '1.0',
          timestamp: '2026-11-22T12:00:00.000Z',
          requestContext: {
            requestId: 'r-1',
            functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:greeter:$LATEST',
            condition: 'RetriesExhausted',
            approximateInvokeCount: 1,
          },
          requestPayload: { amount: 0 },
          responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
          responsePayload: { errorMessage: 'no' },
        },
      },
    ]);
  });

  test('waits for room ever longer, up to five minutes, and that costs none of its attempts', async () => {
    const { ending, calls, waits } = await queued([...Array.from({ length: 12 }, () => noRoom), failed, noRoom, done]);

    expect({ ending, calls }).toEqual({ ending: 'done', calls: 15 });
    for (const [index, most] of [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300].entries()) {
      expect(waits[index]).toBeGreaterThanOrEqual(most * 500);
      expect(waits[index]).toBeLessThanOrEqual(most * 1000);
    }
    expect(waits[12]).toBe(60_000);
    expect(waits[13]).toBeLessThanOrEqual(1000);
  });

  test('is given up when it is too old, whether it was ever tried or not', async () => {
    const { ending, kept, log } = await queued([noRoom], { retries: 2, maximumAgeSeconds: 60, onFailureBucket: 'lost' });

    expect(ending).toBe('given up');
    expect(log.at(-1)).toContain('GIVEN UP after 0 attempts (EventAgeExceeded)');
    expect(kept[0]?.document).not.toHaveProperty('responsePayload');
  });

  test('waits less when time runs faster', async () => {
    const { waits } = await queued([failed], undefined, { timeFactor: 300 });

    expect(waits).toEqual([200, 400]);
  });

  test('is still done when the bucket does not take what was given up', async () => {
    const keep = () => Promise.reject(new Error('no such bucket'));

    const { ending, log } = await queued([failed], { retries: 0, maximumAgeSeconds: 60, onFailureBucket: 'lost' }, { keep });

    expect(ending).toBe('given up');
    expect(log.at(-1)).toContain('lost did not take what was given up: Error: no such bucket');
  });
});

describe('a queue', () => {
  test('waits for the only room that a function has, and no event is lost', async () => {
    const code = `
      import { setTimeout } from 'node:timers/promises';
      let [running, most, total] = [0, 0, 0];
      export const handler = async (event) => {
        if (event.ask) return { most, total };
        most = Math.max(most, ++running);
        await setTimeout(5);
        running -= 1;
        total += event.amount;
      };`;
    const definition = functionOf(code, { reservedConcurrency: 1 });

    const [endings, payload] = await withFunction(
      definition,
      async (functions) => {
        const events = Array.from({ length: 20 }, (_, index) => functions.invokeAsynchronously('greeter', { amount: index }));
        return [
          await Promise.all(events.map(({ ending }) => ending)),
          (await functions.invoke('greeter', { ask: true })).payload,
        ];
      },
      {},
      { timeFactor: 300 },
    );

    expect(new Set(endings)).toEqual(new Set(['done']));
    expect(JSON.parse(payload)).toEqual({ most: 1, total: 190 });
  });

  test('that is closed says how many events it has lost', async () => {
    const lines: string[] = [];
    const definition = functionOf("export const handler = () => { throw new Error('no'); };");

    const ending = await withFunction(
      definition,
      async (functions) => {
        const { ending } = functions.invokeAsynchronously('greeter', {});
        while (lines.length === 0) await new Promise(setImmediate);
        await functions.closeQueues();
        return ending;
      },
      {},
      { log: (line) => void lines.push(line) },
    );

    expect(ending).toBe('lost');
    expect(lines.at(-1)).toBe('lambda greeter: LOST: 1 waiting, for the stack closes');
  });
});
