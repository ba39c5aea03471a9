import type { Claim } from '../claim.ts';

/** How CloudWatch reads metrics, where its guide leaves it open. */
export const alarmClaims: readonly Claim[] = [
  {
    id: 's3-request-metrics-late',
    area: 'Functions and alarms',
    claim: 'S3 tells of the requests of a minute within twenty minutes, so that an alarm over four periods of five sees them.',
    look: 'Put an object under `rejected/`, and take the time until the alarm `LinesRefused` comes.',
  },
  {
    id: 'alarm-epoch',
    area: 'Functions and alarms',
    claim:
      'An alarm may have an expression of `EPOCH` alone over one metric, filled with zero, and has data without any request.',
    look: 'Deploy stage `lean` with `apiKeyExpires` in ten days: `ApiKeyEnds` comes although nobody asks.',
  },
  {
    id: 'alarm-fill-repeat',
    area: 'Functions and alarms',
    claim: '`FILL(upToDate, REPEAT)` has no value before the first point that an alarm looks at, and the last one after it.',
    look: 'Deploy stage `dev`: `AnswersStale` has no data before the first run of the loader, and is OK after it.',
  },
  {
    id: 'redshift-queries-failed-period',
    area: 'Functions and alarms',
    claim: '`QueriesFailed` has one point for each minute with a query, and its sum over a period counts each query once.',
    look: 'Send three statements that fail, five minutes apart, and compare the metric.',
  },
  {
    id: 'appsync-4xx-has-latency',
    area: 'Functions and alarms',
    claim: 'A request that AppSync refuses counts in `4XXError`, and may or may not have a `Latency`.',
    look: 'Send ten requests with a wrong key, and compare the sums of both metrics.',
  },
  {
    id: 'metric-filter-not-equal-missing',
    area: 'Functions and alarms',
    claim: 'A condition `!=` of a metric filter does not match a line without the member.',
    look: 'Run `aws logs test-metric-filter --filter-pattern \'{ $.outcome != "x" }\' --log-event-messages \'{"other":1}\'`.',
  },
  {
    id: 'alarm-evaluation-range',
    area: 'Functions and alarms',
    claim: 'An alarm looks at two periods more than it evaluates, and takes the latest points that it finds there.',
    look: 'Put points of a metric with gaps between them, and compare the times of change with those of the local alarms.',
  },
];
