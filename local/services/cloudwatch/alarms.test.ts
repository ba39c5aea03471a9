import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Clock } from '../../clock.ts';
import { Alarms, type AlarmDescription } from './alarms.ts';
import { KnownMetrics } from './known-metrics.ts';
import { readMetricFilters } from './metric-filters.ts';
import { readAssembly } from '../../template/assembly.ts';
import type { AlarmDefinition, AlarmedMetric } from './definition.ts';
import { readStack } from '../../template/readers.ts';

const MINUTE = 60_000;
const metric = (changes: Partial<AlarmedMetric> = {}): AlarmedMetric => ({
  id: '',
  namespace: 'AWS/Lambda',
  name: 'Errors',
  dimensions: () => ({ FunctionName: 'writer' }),
  period: 60,
  statistic: 'Sum',
  ...changes,
});
const alarm = (changes: Partial<AlarmDefinition> = {}): AlarmDefinition => ({
  logicalId: 'WriterErrors',
  name: 'shop-WriterErrors',
  description: 'critical: it fails',
  comparison: 'GreaterThanThreshold',
  threshold: 0,
  evaluationPeriods: 1,
  datapointsToAlarm: 1,
  missingData: 'notBreaching',
  metrics: [metric()],
  actions: [],
  ...changes,
});

let now = Date.parse('2026-11-30T00:00:00Z');
const clock: Clock = { now: () => now, wait: () => Promise.resolve() };
let changes: AlarmDescription[] = [];
beforeEach(() => {
  changes = [];
});
const watch = (
  definitions: readonly AlarmDefinition[],
  known: Pick<KnownMetrics, 'unknownReason'> = { unknownReason: () => undefined },
) => new Alarms(definitions, known, { clock, factor: 1, changed: (shown) => changes.push(shown) });

describe('an alarm', () => {
  test('goes off and is over, and each is told once, with the data points', () => {
    const alarms = watch([alarm()]);
    const error = { namespace: 'AWS/Lambda', name: 'Errors', dimensions: { FunctionName: 'writer' } };

    for (const value of [0, 2, 2, 0, 0]) {
      now += MINUTE;
      alarms.measure({ ...error, value });
      alarms.measure({ ...error, dimensions: { FunctionName: 'reader' }, value: 7 });
      alarms.evaluate();
    }

    expect(changes.map(({ state, reason }) => [state, reason])).toEqual([
      ['ALARM', '- 0 2 (GreaterThanThreshold 0, 1 of 1)'],
      ['OK', '2 2 0 (GreaterThanThreshold 0, 1 of 1)'],
    ]);
    expect(alarms.list()[0]?.since).toBe(new Date(now - MINUTE).toISOString());
  });

  test('over percentiles, averages, extremes and counts', () => {
    const statistics = ['p95', 'p50', 'Average', 'Minimum', 'Maximum', 'SampleCount', 'Sum'];
    const alarms = watch(
      statistics.map((statistic) => alarm({ metrics: [metric({ statistic })], comparison: 'LessThanThreshold' })),
    );
    now += MINUTE;
    for (let value = 1; value <= 20; value += 1)
      alarms.measure({ namespace: 'AWS/Lambda', name: 'Errors', dimensions: { FunctionName: 'writer' }, value });

    alarms.evaluate();

    expect(alarms.list().map(({ reason }) => reason.split(' ')[2])).toEqual(['19', '10', '10.5', '1', '20', '20', '210']);
  });

  test('that warms up waits for its data, and no longer than it says', () => {
    const definition = { missingData: 'breaching', evaluationPeriods: 3, datapointsToAlarm: 3, warmUpMinutes: 10 };
    const alarms = watch([alarm(definition), alarm({ ...definition, warmUpMinutes: 1 })]);

    const states = [1, 5, 9, 10].map((minutes) => {
      now += minutes === 1 ? MINUTE : 4 * MINUTE - (minutes === 10 ? 3 * MINUTE : 0);
      alarms.evaluate();
      return alarms.list().map(({ state }) => state);
    });

    expect(states).toEqual([
      ['INSUFFICIENT_DATA', 'ALARM'],
      ['INSUFFICIENT_DATA', 'ALARM'],
      ['INSUFFICIENT_DATA', 'ALARM'],
      ['ALARM', 'ALARM'],
    ]);
  });

  test.each<[Partial<AlarmDefinition>, string]>([
    [{ metrics: [metric({ statistic: 'TM(10%:90%)' })] }, 'the statistic TM(10%:90%) is not known here'],
    [{ comparison: 'GreaterThanUpperThreshold' }, 'GreaterThanUpperThreshold is not known here'],
    [{ missingData: 'silence' }, 'silence is not known here'],
    [{ expression: 'a + b', metrics: [metric({ id: 'a' })] }, 'the expression names b, and there is no such metric'],
    [
      { expression: 'a + b', metrics: [metric({ id: 'a' }), metric({ id: 'b', period: 300 })] },
      'its metrics have periods of 60 and 300 s: write one period',
    ],
  ])('that cannot be evaluated is refused by name: %j', (change, why) => {
    expect(() => watch([alarm(change)])).toThrow(`alarm WriterErrors: ${why}`);
  });
});

describe('a metric filter', () => {
  const filter = { logicalId: 'Days', logGroup: 'g', pattern: '{ $.message.days = * }' };

  test('takes its value and its dimensions out of the line, and a default for every other line', () => {
    const measured: unknown[] = [];
    const count = readMetricFilters(
      [
        {
          ...filter,
          metrics: [{ namespace: 'Shop', name: 'Days', value: '$.message.days', dimensions: { Stage: '$.message.stage' } }],
        },
        { ...filter, metrics: [{ namespace: 'Shop', name: 'Lines', value: '1', defaultValue: 0, dimensions: {} }] },
      ],
      (measurement) => measured.push(measurement),
    );

    count('{"message":{"days":29,"stage":"dev"}}');
    count('{"message":{"days":"29","stage":"dev"}}');
    count('START');

    expect(measured).toEqual([
      { namespace: 'Shop', name: 'Days', dimensions: { Stage: 'dev' }, value: 29 },
      { namespace: 'Shop', name: 'Lines', dimensions: {}, value: 1 },
      { namespace: 'Shop', name: 'Lines', dimensions: {}, value: 1 },
      { namespace: 'Shop', name: 'Lines', dimensions: {}, value: 0 },
    ]);
  });
});

describe('the alarms of stage dev', () => {
  const assembly = readAssembly(join(import.meta.dirname, '..', '..', '..', 'cdk.out'));
  const { definition } = readStack(assembly, { accountId: '000000000000', region: 'us-east-1', apiKeyOf: () => 'da2-key' });

  test('stay silent through a night in which only the loader runs, and fire when it stops', () => {
    const alarms = watch(definition.monitoring.alarms, new KnownMetrics(definition));
    const pass = (minutes: number, isLoaderAwake: boolean) => {
      for (let minute = 1; minute <= minutes; minute += 1) {
        now += MINUTE;
        if (isLoaderAwake && minute % 15 === 1)
          alarms.measure({ namespace: 'Tillgraph-dev', name: 'LoaderUpToDate', dimensions: {}, value: 1 });
        alarms.evaluate();
      }
    };

    pass(10 * 60, true);
    const atNight = changes.length;
    pass(3 * 60, false);
    pass(2 * 60, true);

    expect(atNight).toBe(0);
    expect(changes.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'tillgraph-dev-AnswersStale ALARM',
      'tillgraph-dev-AnswersStale OK',
    ]);
  });

  test.each<[string, AlarmedMetric, string]>([
    [
      'a metric that no service tells',
      metric({ name: 'DeadLetterErrors' }),
      'the metric AWS/Lambda DeadLetterErrors is not known',
    ],
    ['a function that is not there', metric(), 'there is none of FunctionName=writer'],
    [
      'a dimension too few',
      metric({ dimensions: () => ({}) }),
      'there is none of none at all: write the dimensions FunctionName=',
    ],
  ])('are refused at the start with %s', (_what, one, why) => {
    expect(() => watch([alarm({ metrics: [one] })], new KnownMetrics(definition))).toThrow(why);
  });

  test('on events of a mapping are refused where the mapping does not ask for them to be counted', () => {
    const silent = definition.eventSourceMappings.map((mapping) => ({ ...mapping, countsEvents: false }));
    const read = (mappings: typeof silent) => () =>
      watch(definition.monitoring.alarms, new KnownMetrics({ ...definition, eventSourceMappings: mappings }));

    expect(read([...definition.eventSourceMappings])).not.toThrow();
    expect(read(silent)).toThrow('OnFailureDestinationDeliveredEventCount is not known');
  });
});
