// Slow: hundreds of generated schedules, in five time zones.

import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { startScheduler } from './service.ts';
import { nextRuns } from './expression.ts';
import type { ScheduleDefinition } from './definition.ts';
import { ManualClock } from '../../testing/manual-clock.ts';

const MINUTE = 60_000;

/** The next runs after a time in UTC, as texts. */
function runs(expression: string, from: string, count = 3, timezone = 'UTC'): readonly string[] {
  return nextRuns({ expression, timezone }, count, new Date(`${from}Z`)).map((run) => run.toISOString().slice(0, 16));
}

describe('runs of a cron expression', () => {
  // The first ones are the examples of the User Guide.
  test.each([
    ['0 10 * * ? *', ['2011-02-02T10:00', '2011-02-03T10:00', '2011-02-04T10:00']],
    ['15 12 * * ? *', ['2011-02-01T12:15', '2011-02-02T12:15', '2011-02-03T12:15']],
    ['0 18 ? * MON-FRI *', ['2011-02-01T18:00', '2011-02-02T18:00', '2011-02-03T18:00']],
    ['0 8 1 * ? *', ['2011-03-01T08:00', '2011-04-01T08:00', '2011-05-01T08:00']],
    ['0/15 * * * ? *', ['2011-02-01T12:15', '2011-02-01T12:30', '2011-02-01T12:45']],
    ['0/5 8-17 ? * MON-FRI *', ['2011-02-01T12:05', '2011-02-01T12:10', '2011-02-01T12:15']],
    ['0/30 20-2 ? * MON-FRI *', ['2011-02-01T20:00', '2011-02-01T20:30', '2011-02-01T21:00']],
    ['15 10 ? * 6L 2022-2023', ['2022-01-28T10:15', '2022-02-25T10:15', '2022-03-25T10:15']],
    ['30 0 L * ? *', ['2011-02-28T00:30', '2011-03-31T00:30', '2011-04-30T00:30']],
    ['0 0 3W * ? *', ['2011-02-03T00:00', '2011-03-03T00:00', '2011-04-04T00:00']],
    ['0 0 1W 1,10 ? *', ['2011-10-03T00:00', '2012-01-02T00:00', '2012-10-01T00:00']],
    ['0 0 31W * ? *', ['2011-03-31T00:00', '2011-05-31T00:00', '2011-07-29T00:00']],
    ['0 0 ? * 3#2 *', ['2011-02-08T00:00', '2011-03-08T00:00', '2011-04-12T00:00']],
    ['0 0 ? * FRI#5 *', ['2011-04-29T00:00', '2011-07-29T00:00', '2011-09-30T00:00']],
    ['0 0 ? * L *', ['2011-02-05T00:00', '2011-02-12T00:00', '2011-02-19T00:00']],
    ['0 0 ? * 1,SAT *', ['2011-02-05T00:00', '2011-02-06T00:00', '2011-02-12T00:00']],
    ['0 0 ? * fri-mon *', ['2011-02-04T00:00', '2011-02-05T00:00', '2011-02-06T00:00']],
    ['0 0 1 NOV-JAN ? *', ['2011-11-01T00:00', '2011-12-01T00:00', '2012-01-01T00:00']],
    ['0 0 29 2 ? *', ['2012-02-29T00:00', '2016-02-29T00:00', '2020-02-29T00:00']],
    ['0 0 1 1 ? 2198/1', ['2198-01-01T00:00', '2199-01-01T00:00']],
    ['0 0 1 1 ? 2010', []],
    ['0 0 30 2 ? *', []],
  ])('%s', (fields, expected) => {
    expect(runs(`cron(${fields})`, '2011-02-01T12:00')).toEqual(expected);
  });

  test.each([
    ['skipped when clocks are put forward over it', '30 2 * * ? *', '2011-03-12T08:00', ['2011-03-12T10:30', '2011-03-14T09:30']],
    ['run once when clocks are put back over it', '30 1 * * ? *', '2011-11-06T07:00', ['2011-11-06T08:30', '2011-11-07T09:30']],
    [
      'not run again in the hour that comes twice',
      '0/30 1 * * ? *',
      '2011-11-06T08:40',
      ['2011-11-07T09:00', '2011-11-07T09:30'],
    ],
  ])('in Los Angeles a time is %s', (_, fields, from, expected) => {
    expect(runs(`cron(${fields})`, from, 2, 'America/Los_Angeles')).toEqual(expected);
  });

  /** A field's text with the numbers that it stands for. */
  function field(least: number, most: number): fc.Arbitrary<{ text: string; has: (value: number) => boolean }> {
    const number = fc.integer({ min: least, max: most });
    const part = fc.oneof(
      fc.constant({ text: '*', has: () => true }),
      number.map((only) => ({ text: String(only), has: (value: number) => value === only })),
      fc.tuple(number, number).map(([from, to]) => ({
        text: `${String(from)}-${String(to)}`,
        has: (value: number) => (from <= to ? value >= from && value <= to : value >= from || value <= to),
      })),
      fc.tuple(number, fc.integer({ min: 1, max: most })).map(([from, step]) => ({
        text: `${String(from)}/${String(step)}`,
        has: (value: number) => value >= from && (value - from) % step === 0,
      })),
    );
    return fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => ({
      text: parts.map(({ text }) => text).join(','),
      has: (value) => parts.some(({ has }) => has(value)),
    }));
  }

  /** What the clocks of a place show: year, month, day, hour, minute. */
  function shown(time: number, clock: Intl.DateTimeFormat): readonly number[] {
    return clock.format(time).split(/[-: ]/).map(Number);
  }

  test.each(['UTC', 'Europe/London', 'America/Los_Angeles', 'Australia/Lord_Howe', 'Asia/Kathmandu'])(
    'are in %s all minutes that fit, and no others',
    (timezone) => {
      const style = { dateStyle: 'short', timeStyle: 'medium' } as const;
      const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, ...style });
      const time = fc.integer({ min: 0, max: 75_000 }).map((steps) => Date.UTC(2011, 0, 1) + steps * 7 * MINUTE);
      // The two nights of each place in which clocks are put forward and back.
      const turns = [
        [2, 27],
        [9, 30],
        [2, 13],
        [10, 6],
        [3, 2],
        [9, 1],
      ].map(([month = 0, day = 0]) =>
        fc.integer({ min: 0, max: 26 * 60 }).map((minutes) => Date.UTC(2011, month, day) + minutes * MINUTE),
      );
      fc.assert(
        fc.property(
          fc.oneof(time, ...turns),
          field(0, 59),
          field(0, 23),
          field(1, 31),
          field(1, 12),
          (from, minute, hour, day, month) => {
            const expression = `cron(${[minute, hour, day, month].map(({ text }) => text).join(' ')} ? *)`;
            const end = from + 30 * 60 * MINUTE;
            const expected: number[] = [];
            const seen = new Set<string>();
            // Two hours earlier, to know which times have been shown already.
            for (let at = from - 120 * MINUTE; at <= end; at += MINUTE) {
              const parts = shown(at, clock);
              const [, m = 0, d = 0, h = 0, n = 0] = parts;
              if (seen.has(String(parts))) continue;
              seen.add(String(parts));
              if (at > from && month.has(m) && day.has(d) && hour.has(h) && minute.has(n)) expected.push(at);
            }

            const found = nextRuns({ expression, timezone }, expected.length + 1, new Date(from)).map(Number);

            expect(found.filter((run) => run <= end)).toEqual(expected);
          },
        ),
        { numRuns: 40 },
      );
    },
  );
});

test.each([
  ['rate(15 minutes)', ['2011-02-01T12:16', '2011-02-01T12:31', '2011-02-01T12:46']],
  ['rate(1 minute)', ['2011-02-01T12:02', '2011-02-01T12:03', '2011-02-01T12:04']],
  ['rate(1 hours)', ['2011-02-01T13:01', '2011-02-01T14:01', '2011-02-01T15:01']],
  ['rate(2 days)', ['2011-02-03T12:01', '2011-02-05T12:01', '2011-02-07T12:01']],
  ['at(2011-06-01T12:00:00)', ['2011-06-01T11:00']],
  ['at(2011-02-01T12:01:00)', []],
])('%s in London runs at %j', (expression, expected) => {
  expect(runs(expression, '2011-02-01T12:01', 3, 'Europe/London')).toEqual(expected);
});

test.each([
  ['every day', 'write rate(15 minutes), cron(0 8 * * ? *) or at(2027-01-01T00:00:00)'],
  ['rate(0 minutes)', 'positive number'],
  ['rate(5)', 'positive number'],
  ['rate(5 seconds)', 'positive number'],
  ['cron(0 8 * * *)', 'six fields'],
  ['cron(0 8 * * * *)', '? in one of the fields'],
  ['cron(0 8 ? * ? *)', '? in one of the fields'],
  ['cron(0 8 1 * MON *)', '? in one of the fields'],
  ['cron(60 8 * * ? *)', 'minutes: write a number from 0 to 59: got 60'],
  ['cron(0 24 * * ? *)', 'hours: write a number from 0 to 23: got 24'],
  ['cron(0 8 0 * ? *)', 'day-of-month: write a number from 1 to 31: got 0'],
  ['cron(0 8 * 13 ? *)', 'month: write a number from 1 to 12, or JAN'],
  ['cron(0 8 ? * 0 *)', 'day-of-week: write a number from 1 to 7, or SUN'],
  ['cron(0 8 ? * 2/2 *)', 'day-of-week cannot be 2/2'],
  ['cron(0 8 ? * 2#6 *)', 'from 1 to 5 behind #'],
  ['cron(0 8 ? * 3#1,6#3 *)', '# only alone'],
  ['cron(0 8 * * ? 1969)', 'year: write a number from 1970 to 2199'],
  ['cron(0 8 * * ? 2012-2011)', 'ends before it begins'],
  ['cron(0/0 8 * * ? *)', 'minutes cannot be 0/0'],
  ['cron(1-2-3 8 * * ? *)', 'minutes cannot be 1-2-3'],
  ['at(2011-02-30T00:00:00)', 'a time that there is'],
  ['at(2011-02-01)', 'a time that there is'],
  ['at(2011-03-27T01:30:00)', 'the clocks of Europe/London skip this time'],
])('%s is refused', (expression, message) => {
  expect(() => runs(expression, '2011-02-01T12:00', 1, 'Europe/London')).toThrow(message);
});

test('a time zone that there is not is refused', () => {
  expect(() => runs('rate(1 hour)', '2011-02-01T12:00', 1, 'Mars/Olympus')).toThrow('there is no time zone Mars/Olympus');
});

function scheduleOf(changes: Partial<ScheduleDefinition> = {}): ScheduleDefinition {
  return {
    name: 'load',
    arn: 'arn:aws:scheduler:us-east-1:000000000000:schedule/default/load',
    expression: 'rate(15 minutes)',
    timezone: 'UTC',
    enabled: true,
    target: { kind: 'function', functionName: 'loader' },
    input: '{"source":"tillgraph.schedule"}',
    retries: 185,
    maximumAgeSeconds: 86_400,
    ...changes,
  };
}

/** A scheduler that begins at 08:26 and notes what it invokes, and at what minute. */
function givenScheduler({ schedules = [scheduleOf()], timeFactor = 1, failures = 0 }) {
  const clock = new ManualClock();
  const start = clock.now();
  const calls: { minute: number; functionName: string; event: unknown }[] = [];
  const lines: string[] = [];
  let attempts = 0;
  const scheduler = startScheduler({
    schedules,
    timeFactor,
    clock,
    log: (line) => lines.push(line),
    invokeAsynchronously: (functionName, event) => {
      attempts += 1;
      if (attempts <= failures) throw new Error('the queue is full');
      calls.push({ minute: (clock.now() - start) / MINUTE, functionName, event });
    },
  });
  onTestFinished(() => scheduler.close());
  /** Let so many minutes pass in one step, and what is due be done. */
  async function pass(minutes: number): Promise<void> {
    clock.advance(minutes * MINUTE);
    await vi.waitUntil(() => clock.pending.every((wait) => wait > 0));
    await new Promise(setImmediate);
  }
  return { scheduler, clock, calls, lines, pass, attempts: () => attempts };
}

test('a rate runs at once, and then at its distances, with the input of the schedule', async () => {
  const { calls, pass } = givenScheduler({});

  for (let count = 0; count < 31; count += 1) await pass(1);

  const call = { functionName: 'loader', event: { source: 'tillgraph.schedule' } };
  expect(calls).toEqual([0, 15, 30].map((minute) => ({ minute, ...call })));
});

test('a schedule can start a job, and is tried again when Glue refuses', async () => {
  const clock = new ManualClock();
  const inputs: unknown[] = [];
  const lines: string[] = [];
  const scheduler = startScheduler({
    schedules: [scheduleOf({ target: { kind: 'startJobRun', arn: 'arn', jobName: 'import' }, input: '{"JobName":"import"}' })],
    timeFactor: 1,
    clock,
    log: (line) => lines.push(line),
    invokeAsynchronously: () => {
      throw new Error('no function is asked for');
    },
    startJobRun: (input) => {
      inputs.push(input);
      if (inputs.length === 1) throw new Error('ConcurrentRunsExceededException');
    },
  });
  onTestFinished(() => scheduler.close());

  await vi.waitFor(() => expect(clock.pending.length).toBeGreaterThan(1));
  clock.advance(2_000);
  await vi.waitFor(() => expect(inputs).toHaveLength(2));

  expect(inputs).toEqual([{ JobName: 'import' }, { JobName: 'import' }]);
  expect(lines).toEqual(['schedule load cannot start import: Error: ConcurrentRunsExceededException']);
});

test('a late tick is one run, and the next ones are where they would have been', async () => {
  const { calls, pass } = givenScheduler({});
  await pass(0);

  await pass(50);
  await pass(9);
  await pass(1);

  expect(calls.map(({ minute }) => minute)).toEqual([0, 50, 60]);
});

test.each([
  ['rate(15 minutes)', [0, 0.25, 0.5]],
  ['cron(0/15 * * * ? *)', [4 / 60, 19 / 60, 34 / 60]],
  ['at(2011-02-01T08:56:00)', [0.5]],
])('at the factor 60 %s runs after %j minutes', async (expression, minutes) => {
  const { calls, pass } = givenScheduler({ schedules: [scheduleOf({ expression })], timeFactor: 60 });

  for (let count = 0; count < 40; count += 1) await pass(1 / 60);

  expect(calls.map(({ minute }) => Math.round(minute * 60))).toEqual(minutes.map((minute) => minute * 60));
});

test('what is disabled or over does not run', async () => {
  const { calls, lines, pass } = givenScheduler({
    schedules: [scheduleOf({ enabled: false }), scheduleOf({ expression: 'at(2011-01-01T00:00:00)' })],
  });

  await pass(24 * 60);

  expect(calls).toEqual([]);
  expect(lines).toEqual([expect.stringContaining('lies in the past')]);
});

test('without input a function gets an empty object', async () => {
  const { input: _, ...schedule } = scheduleOf();
  const { calls, pass } = givenScheduler({ schedules: [schedule] });

  await pass(0);

  expect(calls.map(({ event }) => event)).toEqual([{}]);
});

test('a queue that refuses is asked again, as often as the schedule allows', async () => {
  const patient = givenScheduler({ schedules: [scheduleOf({ retries: 3 })], failures: 3 });
  const hasty = givenScheduler({ schedules: [scheduleOf({ retries: 1 })], failures: 3 });

  for (let count = 0; count < 8; count += 1) await Promise.all([patient.pass(1), hasty.pass(1)]);

  expect(patient.calls).toHaveLength(1);
  expect([hasty.calls, hasty.attempts()]).toEqual([[], 2]);
  expect(hasty.lines.at(-1)).toContain('gives up');
});

test('once it is closed nothing runs', async () => {
  const { scheduler, clock, calls, pass } = givenScheduler({});
  await pass(0);

  await scheduler.close();
  clock.advance(60 * MINUTE);

  expect(calls).toHaveLength(1);
  expect(clock.pending).toEqual([]);
});

test('input that is no JSON is refused at the start', () => {
  expect(() => givenScheduler({ schedules: [scheduleOf({ input: 'load' })] })).toThrow(
    'schedule load: Input must be a JSON text',
  );
});
