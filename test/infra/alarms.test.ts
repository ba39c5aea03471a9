import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { functionOf, withFunction } from '@tillgraph/local-aws/testing/functions';
import { readFilterPattern, readMetricMath } from '@tillgraph/local-aws/testing/cloudwatch';
import { only, resources, templateOf } from './synthesis.ts';

const template = templateOf('prod', { alarmEmail: 'till@example.com' });
const alarms = resources(template, 'AWS::CloudWatch::Alarm');
const topic = Object.keys(resources(template, 'AWS::SNS::Topic')).join();

interface AlarmProperties {
  readonly MetricName?: string;
  readonly Metrics?: readonly {
    readonly Expression?: string;
    readonly MetricStat?: { readonly Metric: { readonly MetricName: string }; readonly Period: number };
  }[];
  readonly Period?: number;
  readonly Threshold: number;
  readonly DatapointsToAlarm: number;
  readonly EvaluationPeriods: number;
}

/** Alarms as people speak of them: name, metric or metrics, threshold, and how often in how many periods. */
const spoken = Object.entries(alarms).map(([id, { Properties }]) => {
  const {
    MetricName,
    Metrics = [],
    Period,
    Threshold,
    DatapointsToAlarm,
    EvaluationPeriods,
  } = Properties as unknown as AlarmProperties;
  const parts = Metrics.flatMap(({ MetricStat }) => MetricStat ?? []);
  return [
    id.replace(/^Alarms(.*)[0-9A-F]{8}$/, '$1'),
    MetricName ?? parts.map(({ Metric }) => Metric.MetricName).join(' + '),
    Threshold,
    `${String(DatapointsToAlarm)} of ${String(EvaluationPeriods)} x ${String(Period ?? parts[0]?.Period)} s`,
  ];
});

const warehouse = /^(Events|Delivery|Copies|Loader|Answers|Warehouse|Questions|Import)/;

test('a person is told of exactly this', () => {
  const throttles = 'WriteThrottleEvents + ReadThrottleEvents + WriteThrottleEvents + ReadThrottleEvents';
  const gaveUp = 'OnFailureDestinationDeliveredEventCount + DroppedEventCount';
  const at = { once: '1 of 1 x 60 s', soon: '1 of 1 x 300 s', lasting: '3 of 5 x 60 s', slowly: '3 of 5 x 300 s' };

  expect(spoken.filter(([name]) => !warehouse.test(String(name)))).toEqual([
    ['ApiFails', '5XXError + Latency', 1, at.slowly],
    ['ApiRefuses', '4XXError + Latency', 5, at.slowly],
    ['ApiSlow', 'Latency', 1_000, at.slowly],
    ['ApiKeyEnds', 'Latency', Date.parse('2027-09-01T00:00:00Z') / 1000, at.soon],
    ['DoorErrors', 'Errors + DoorLoggedErrors', 0, at.lasting],
    ['DoorThrottles', 'Throttles', 0, at.lasting],
    ['DoorSlow', 'Duration', 12_000, at.slowly],
    ['StreamFull', 'WriteProvisionedThroughputExceeded', 0, at.lasting],
    ['StreamUnread', 'GetRecords.IteratorAgeMilliseconds', 43_200_000, at.once],
    ['RawWriterErrors', 'Errors + RawWriterLoggedErrors', 0, at.lasting],
    ['RawWriterThrottles', 'Throttles', 0, at.lasting],
    ['RawWriterSlow', 'Duration', 48_000, at.slowly],
    ['RawWriterLag', 'IteratorAge', 900_000, at.soon],
    ['RawWriterGaveUp', gaveUp, 0, at.once],
    ['StoreWriterErrors', 'Errors + StoreWriterLoggedErrors', 0, at.lasting],
    ['StoreWriterThrottles', 'Throttles', 0, at.lasting],
    ['StoreWriterSlow', 'Duration', 96_000, at.slowly],
    ['StoreWriterLag', 'IteratorAge', 300_000, at.soon],
    ['StoreWriterGaveUp', gaveUp, 0, at.once],
    ['LinesRefused', 'PutRequests', 0, '1 of 4 x 300 s'],
    ['TablesThrottled', throttles, 0, at.lasting],
  ]);
});

test('and of this where there is a warehouse', () => {
  const at = { once: '1 of 1 x 300 s', lasting: '3 of 5 x 300 s', eachLoad: '1 of 1 x 900 s', lastingLoads: '3 of 5 x 900 s' };
  const expected = [
    ['EventsUndelivered', 'ApproximateNumberOfMessagesVisible', 0, at.once],
    ['DeliveryBehind', 'KinesisMillisBehindLatest', 900_000, at.once],
    ['DeliveryLate', 'DeliveryToS3.DataFreshness', 900, at.lasting],
    ['CopiesFail', 'DeliveryToRedshift.Success', 0, at.lasting],
    ['CopiesGivenUp', 'PutRequests', 0, '1 of 4 x 300 s'],
    ['DeliveryJudgeErrors', 'Errors + DeliveryJudgeLoggedErrors', 0, '3 of 5 x 60 s'],
    ['DeliveryJudgeThrottles', 'Throttles', 0, '3 of 5 x 60 s'],
    ['DeliveryJudgeSlow', 'Duration', 48_000, at.lasting],
    ['DeliveryUnjudged', 'PutRequests', 0, '1 of 4 x 300 s'],
    ['LoaderErrors', 'Errors', 1, at.eachLoad],
    ['LoaderProblems', 'LoaderLoggedProblems', 0, at.eachLoad],
    ['LoaderSlow', 'Duration', 720_000, at.lastingLoads],
    ['AnswersStale', 'LoaderUpToDate', 1, at.lastingLoads],
    ['WarehouseLimit', 'UsageLimitConsumed', 38.4, at.once],
    ['QuestionsFail', 'QueriesFailed', 5, at.lasting],
    ['ImportNotStarted', 'Errors', 2, at.eachLoad],
    ['ImportsRefused', 'PutRequests', 0, '1 of 4 x 300 s'],
  ];

  expect(spoken.filter(([name]) => warehouse.test(String(name)))).toEqual(expected);
  expect(Object.keys(resources(templateOf('lean'), 'AWS::CloudWatch::Alarm'))).toHaveLength(spoken.length - expected.length);
});

test('a loader of which nothing is heard is an incident, because its schedule is never silent', () => {
  const stale = Object.entries(alarms).filter(([id]) => id.startsWith('AlarmsAnswersStale'));

  expect(stale).toHaveLength(1);
  expect(stale[0]?.[1].Properties).toMatchObject({
    ComparisonOperator: 'LessThanThreshold',
    TreatMissingData: 'ignore',
  });
  const filters = Object.entries(resources(template, 'AWS::Logs::MetricFilter'));
  const [made] = filters.find(([id]) => id.startsWith('AlarmsWarehouseMade')) ?? [];
  expect(only(template, 'Custom::WarehouseSchema')['DependsOn']).toContain(made);
  const properties = stale[0]?.[1].Properties as unknown as AlarmProperties;
  const expression = readMetricMath(
    properties.Metrics?.find(({ Expression }) => Expression !== undefined)?.Expression ?? '',
    'stale',
  );
  const values = (...points: (number | undefined)[]) => expression.evaluate(new Map([['upToDate', points]]));
  expect(values(undefined, undefined, 0, 1, undefined)).toEqual([undefined, undefined, 0, 1, 0]);
});

test.each<[string, 'info' | 'warn' | 'error', object, boolean]>([
  ['LoaderUpToDate', 'info', { outcome: 'settled' }, true],
  ['LoaderUpToDate', 'info', { outcome: 'idle' }, true],
  ['LoaderUpToDate', 'warn', { outcome: 'settled' }, true],
  ['LoaderUpToDate', 'info', { outcome: 'waiting' }, false],
  ['LoaderUpToDate', 'info', { outcome: 'busy' }, false],
  ['LoaderLoggedProblems', 'error', { outcome: 'settled' }, true],
  ['LoaderLoggedProblems', 'error', { outcome: 'failed' }, false],
  ['LoaderLoggedProblems', 'info', { outcome: 'settled' }, false],
])('%s of what the loader logs as %s %j: %j', async (name, method, entry, counted) => {
  const filter = Object.values(resources(template, 'AWS::Logs::MetricFilter')).find(
    ({ Properties }) => (Properties['MetricTransformations'] as [{ MetricName: string }])[0].MetricName === name,
  );
  const pattern = String(filter?.Properties['FilterPattern']);
  const line = await lineOf(method, { run: 'warehouse-loader', ...entry });

  expect(readFilterPattern(pattern, name)(line)).toBe(counted);
});

/** What Lambda writes into the log when a function with logs in JSON logs an object. */
async function lineOf(method: string, entry: object): Promise<string> {
  const code = `export const handler = () => console.${method}(${JSON.stringify(entry)});`;
  const definition = functionOf(code, { logging: { format: 'JSON', level: 'INFO' } });
  const log = await withFunction(definition, async (functions, logs) => {
    await functions.invoke('greeter', {});
    await functions.close();
    return readFileSync(join(logs, 'greeter.log'), 'utf8');
  });
  return log.split('\n')[0] ?? '';
}

test('a metric of each invocation is read no more often than its function runs', () => {
  const perInvocation = Object.values(alarms).filter(({ Properties }) =>
    ['IteratorAge', 'Duration'].includes(String(Properties['MetricName'])),
  );

  expect(perInvocation.map(({ Properties }) => Properties['Period']).sort()).toEqual([300, 300, 300, 300, 300, 300, 900]);
});

test('every alarm says what is wrong, tells when it is over, and takes silence for peace', () => {
  const told = [{ Ref: topic }];

  const others = Object.entries(alarms).filter(([id]) => !id.startsWith('AlarmsAnswersStale'));

  for (const [, { Properties }] of others) {
    expect(Properties).toMatchObject({
      AlarmActions: told,
      OKActions: told,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
    });
    expect(String(Properties['AlarmDescription']).length).toBeGreaterThan(20);
  }
});

test('refused lines are counted where they are put', () => {
  template.hasResourceProperties('AWS::S3::Bucket', {
    MetricsConfigurations: [
      { Id: 'refusals', Prefix: 'rejected/' },
      { Id: 'undelivered', Prefix: 'firehose/errors/manifests/' },
      { Id: 'unjudged', Prefix: 'firehose/processing-failed/' },
      { Id: 'refused-imports', Prefix: 'import/refused/' },
    ],
  });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    Namespace: 'AWS/S3',
    Dimensions: [
      { Name: 'BucketName', Value: { Ref: 'RawBucket672A0DBB' } },
      { Name: 'FilterId', Value: 'refusals' },
    ],
  });
});

test('a failed import is reported as it ends, by a role that may do nothing else', () => {
  const [rule] = Object.entries(resources(template, 'AWS::Events::Rule')).filter(([id]) => id.startsWith('Alarms'));

  expect(rule?.[1].Properties).toMatchObject({
    EventPattern: {
      source: ['aws.glue'],
      'detail-type': ['Glue Job State Change'],
      detail: {
        jobName: [{ Ref: expect.stringMatching(/^WarehouseImportJob/) as string }],
        state: ['FAILED', 'TIMEOUT', 'ERROR'],
      },
    },
    Targets: [
      {
        Arn: { Ref: topic },
        RoleArn: { 'Fn::GetAtt': [expect.stringMatching(/^AlarmsImportFailedRole/), 'Arn'] },
        InputTransformer: {
          InputPathsMap: {
            'detail-jobRunId': '$.detail.jobRunId',
            'detail-state': '$.detail.state',
            'detail-message': '$.detail.message',
          },
        },
      },
    ],
  });
});

test('mail goes to the address of the context, and to nobody without one', () => {
  template.hasResourceProperties('AWS::SNS::Subscription', {
    Protocol: 'email',
    Endpoint: 'till@example.com',
    TopicArn: { Ref: topic },
  });
  templateOf('prod').resourceCountIs('AWS::SNS::Subscription', 0);
});

/** The passage of the runbook that is about an alarm, by the link in its description. */
function passageOf(description: unknown): string {
  const [, anchor = 'nothing'] =
    /^(?:critical|warning): .+\. Runbook: docs\/runbook\.md#([a-z]+)$/s.exec(String(description)) ?? [];
  const passages = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'runbook.md'), 'utf8').split(/^## /m);
  return passages.find((passage) => passage.split('\n')[0]?.toLowerCase() === anchor) ?? `no passage ${anchor}`;
}

describe.each(['dev', 'lean', 'prod'] as const)('each alarm of stage %s', (stage) => {
  const all = Object.entries(resources(templateOf(stage), 'AWS::CloudWatch::Alarm'));

  test('has the name of its logical id: a name that two resources share is removed with the older', () => {
    const names = all.map(([id]) => `tillgraph-${stage}-${id.replace(/^Alarms(.*)[0-9A-F]{8}$/, '$1')}`);

    expect(all.map(([, { Properties }]) => Properties['AlarmName'])).toEqual(names);
    expect(new Set(names).size).toBe(all.length);
  });

  test('says how bad it is, as a label too', () => {
    for (const [, { Properties }] of all) {
      const [severity] = String(Properties['AlarmDescription']).split(':');
      expect(Properties['Tags']).toContainEqual({ Key: 'severity', Value: severity });
    }
  });

  test('has a passage in the runbook that names it and says what to check, mend and verify', () => {
    for (const [id, { Properties }] of all) {
      const passage = passageOf(Properties['AlarmDescription']);
      const name = String(Properties['AlarmName']).replace(/^tillgraph-\w+-/, '');
      expect(passage, id).toMatch(new RegExp(`\\b${name}\\b`));
      expect(passage, id).toMatch(/\*\*Check\.\*\*.*\*\*Mend\.\*\*.*\*\*Verify\.\*\*/s);
    }
  });
});

test('a share of failures reaches its threshold whether or not failed ones are counted', () => {
  const shares = ['ApiFails', 'ApiRefuses'].map((name) => {
    const { Properties } = Object.entries(alarms).find(([id]) => id.startsWith(`Alarms${name}`))?.[1] ?? { Properties: {} };
    const { Metrics: metrics = [] } = Properties as unknown as AlarmProperties;
    return readMetricMath(metrics.find(({ Expression }) => Expression !== undefined)?.Expression ?? '', name);
  });

  for (const share of shares) {
    const evaluate = (failed?: number, requests?: number) =>
      share.evaluate(
        new Map([
          ['failed', [failed]],
          ['requests', [requests]],
        ]),
      )[0];
    expect(evaluate(10)).toBe(100);
    expect(evaluate(10, 10)).toBe(50);
    expect(evaluate(1, 100)).toBeCloseTo(1, 1);
    expect(evaluate(0, 100)).toBe(0);
    expect(evaluate(undefined, 100)).toBeUndefined();
  }
});
