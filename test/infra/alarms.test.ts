import { expect, test } from 'vitest';
import { resources, templateOf } from './synthesis.ts';

const template = templateOf('prod', { alarmEmail: 'till@example.com' });
const alarms = resources(template, 'AWS::CloudWatch::Alarm');
const topic = Object.keys(resources(template, 'AWS::SNS::Topic')).join();

interface AlarmProperties {
  readonly MetricName?: string;
  readonly Metrics?: readonly {
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

test('a person is told of exactly this', () => {
  const throttles = 'WriteThrottleEvents + ReadThrottleEvents + WriteThrottleEvents + ReadThrottleEvents';
  const gaveUp = 'OnFailureDestinationDeliveredEventCount + DroppedEventCount';
  const at = { once: '1 of 1 x 60 s', soon: '1 of 1 x 300 s', lasting: '3 of 5 x 60 s', slowly: '3 of 5 x 300 s' };

  expect(spoken).toEqual([
    ['ApiFails', '5XXError + Latency', 1, at.slowly],
    ['ApiRefuses', '4XXError + Latency', 5, at.slowly],
    ['ApiSlow', 'Latency', 1_000, at.slowly],
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
    ['LinesRefused', 'PutRequests', 0, at.once],
    ['TablesThrottled', throttles, 0, at.lasting],
  ]);
});

test('what is measured once per invocation is looked at no oftener than the raw writer runs', () => {
  const perInvocation = Object.values(alarms).filter(({ Properties }) =>
    ['IteratorAge', 'Duration'].includes(String(Properties['MetricName'])),
  );

  expect(perInvocation).toHaveLength(5);
  for (const { Properties } of perInvocation) expect(Properties['Period']).toBe(300);
});

test('every alarm says what is wrong, tells when it is over, and takes silence for peace', () => {
  const told = [{ Ref: topic }];

  for (const { Properties } of Object.values(alarms)) {
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
  template.hasResourceProperties('AWS::S3::Bucket', { MetricsConfigurations: [{ Id: 'refusals', Prefix: 'rejected/' }] });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    Namespace: 'AWS/S3',
    Dimensions: [
      { Name: 'BucketName', Value: { Ref: 'RawBucket672A0DBB' } },
      { Name: 'FilterId', Value: 'refusals' },
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
