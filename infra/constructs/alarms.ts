import { Duration, Stack } from 'aws-cdk-lib';
import type { GraphqlApi } from 'aws-cdk-lib/aws-appsync';
import { MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { FilterPattern, type IFilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Stage } from '../stages.ts';
import type { BundledFunction } from './bundled-function.ts';
import { addAlarm, type Threshold } from './alarm.ts';
import { alarmTopic } from './alarm-topic.ts';
import type { Consumer } from './consumer.ts';
import type { DeadLetters } from './dead-letters.ts';
import { notifyOfFailedImports } from './failed-imports.ts';
import type { RawBucket } from './raw-bucket.ts';
import type { ImportPath } from '../import-path.ts';
import type { WarehousePath } from '../warehouse-path.ts';
import { TransactionStream } from './transaction-stream.ts';
import type { WarehouseDelivery } from './warehouse-delivery.ts';
import type { WarehouseLoader } from './warehouse-loader.ts';
import type { WarehouseSchema } from './warehouse-schema.ts';

const minute = Duration.minutes(1);
/** For what is measured once per invocation: a consumer with a full window has one in five minutes. */
const fiveMinutes = Duration.minutes(5);
const sum = { statistic: Stats.SUM, period: minute };
/** How long before the end of the API key somebody is told. */
const KEY_WARNING = Duration.days(30);
/** For requests to the bucket: S3 counts them as well as it can, and may tell of a minute when a quarter of an hour has passed. */
const puts = { statistic: Stats.SUM, period: fiveMinutes };
const late = { times: 1, periods: 4 } as const;

/** Who is told when transactions come late, are refused, or are lost. */
export class Alarms extends Construct {
  readonly topic: Topic;

  constructor(
    scope: Construct,
    id: string,
    private readonly stage: Pick<Stage, 'name' | 'encryptedAlarms'>,
    email: string | undefined,
  ) {
    super(scope, id);
    this.topic = alarmTopic(this, stage.encryptedAlarms, email);
  }

  watchConsumer(name: string, { function: fn, mapping, delivery }: Consumer): void {
    this.watchFunction(name, fn, 'critical');
    this.addAlarm(`${name}Lag`, {
      severity: 'critical',
      passage: 'Lag',
      metric: fn.lambda.metric('IteratorAge', { statistic: Stats.MAXIMUM, period: fiveMinutes }),
      above: delivery.lagAlarm.toMilliseconds(),
      meaning: `${name} is behind the stream by more than ${delivery.lagAlarm.toHumanString()}`,
    });
    const events = (metricName: string) =>
      new Metric({
        namespace: 'AWS/Lambda',
        metricName,
        dimensionsMap: { EventSourceMappingUUID: mapping.eventSourceMappingId },
        ...sum,
      });
    this.addAlarm(`${name}GaveUp`, {
      severity: 'critical',
      passage: 'GaveUp',
      metric: new MathExpression({
        expression: 'FILL(kept, 0) + FILL(dropped, 0)',
        usingMetrics: { kept: events('OnFailureDestinationDeliveredEventCount'), dropped: events('DroppedEventCount') },
        period: minute,
      }),
      above: 0,
      meaning: `${name} gave up on records: they are whole in the bucket under aws/lambda/, and npm run redrive sends them again`,
    });
  }

  /** Lines put aside are nobody's error, and nobody else will miss them. */
  watchRefusals(bucket: RawBucket): void {
    this.addAlarm('LinesRefused', {
      severity: 'warning',
      metric: bucket.metricRefusals(puts),
      above: 0,
      ...late,
      meaning:
        'a consumer or an import put lines aside which it cannot read: they are in the bucket under rejected/, with the reason',
    });
  }

  /** @param severity - of errors and throttles; that it is slow is a warning always */
  watchFunction(name: string, { lambda, logGroup, timeout }: BundledFunction, severity: Threshold['severity']): void {
    // What a function catches and tries again is in its log only: Lambda counts what it throws.
    const logged = new MetricFilter(this, `${name}Log`, {
      logGroup,
      filterPattern: FilterPattern.stringValue('$.level', '=', 'ERROR'),
      metricNamespace: Stack.of(this).stackName,
      metricName: `${name}LoggedErrors`,
    });
    this.addAlarm(`${name}Errors`, {
      severity,
      passage: 'Errors',
      metric: new MathExpression({
        expression: 'FILL(thrown, 0) + FILL(logged, 0)',
        usingMetrics: { thrown: lambda.metricErrors(sum), logged: logged.metric(sum) },
        period: minute,
      }),
      above: 0,
      meaning: `${name} fails again and again: see its log`,
      times: 3,
    });
    this.addAlarm(`${name}Throttles`, {
      severity,
      passage: 'Throttles',
      metric: lambda.metricThrottles(sum),
      above: 0,
      meaning: `${name} is refused by Lambda: the account has no more concurrency`,
      times: 3,
    });
    this.addAlarm(`${name}Slow`, {
      severity: 'warning',
      passage: 'Slow',
      metric: lambda.metricDuration({ statistic: Stats.p(95), period: fiveMinutes }),
      above: timeout.toMilliseconds() * 0.8,
      meaning: `${name} needs more than 80 % of its ${timeout.toHumanString()}`,
      times: 3,
    });
  }

  watchStream({ stream }: TransactionStream): void {
    this.addAlarm('StreamFull', {
      severity: 'critical',
      metric: stream.metric('WriteProvisionedThroughputExceeded', sum),
      above: 0,
      meaning: 'the stream refuses transactions: clients send them again, and more shards would take them',
      times: 3,
    });
    this.addAlarm('StreamUnread', {
      severity: 'critical',
      metric: stream.metric('GetRecords.IteratorAgeMilliseconds', { statistic: Stats.MAXIMUM, period: minute }),
      above: TransactionStream.retention.toMilliseconds() / 2,
      meaning: 'transactions have waited half of the time for which the stream keeps them, and will be lost',
    });
  }

  watchTables(tables: readonly TableV2[]): void {
    const usingMetrics = Object.fromEntries(
      tables.flatMap((table, index) => [
        [`writes${String(index)}`, table.metric('WriteThrottleEvents', sum)],
        [`reads${String(index)}`, table.metric('ReadThrottleEvents', sum)],
      ]),
    );
    const expression = Object.keys(usingMetrics)
      .map((metric) => `FILL(${metric}, 0)`)
      .join(' + ');
    this.addAlarm('TablesThrottled', {
      severity: 'warning',
      metric: new MathExpression({ expression, usingMetrics, period: minute }),
      above: 0,
      meaning: 'a table refuses requests: the write fuse of the stage, or one key that all write to',
      times: 3,
    });
  }

  watchApi(api: GraphqlApi): void {
    const metric = (metricName: string, statistic: string) =>
      new Metric({
        namespace: 'AWS/AppSync',
        metricName,
        dimensionsMap: { GraphQLAPIId: api.apiId },
        statistic,
        period: fiveMinutes,
      });
    // Whether a refused request has a latency is said nowhere: the share must rise when all are refused, counted among the others or not.
    const share = (metricName: string) =>
      new MathExpression({
        expression: '100 * failed / (failed + FILL(requests, 0))',
        usingMetrics: { failed: metric(metricName, Stats.SUM), requests: metric('Latency', Stats.SAMPLE_COUNT) },
        period: fiveMinutes,
      });
    this.addAlarm('ApiFails', {
      severity: 'critical',
      metric: share('5XXError'),
      above: 1,
      meaning: 'more than 1 % of the requests to the API fail',
      times: 3,
    });
    this.addAlarm('ApiRefuses', {
      severity: 'warning',
      metric: share('4XXError'),
      above: 5,
      meaning: 'the API refuses more than 5 % of the requests: an expired API key, or credentials that lost a right',
      times: 3,
    });
    this.addAlarm('ApiSlow', {
      severity: 'warning',
      metric: metric('Latency', Stats.p(95)),
      above: 1_000,
      meaning: 'p95 of the API is over one second',
      times: 3,
    });
  }

  /** The clock alone says when a key ends, so the alarm compares the time of requests with it: no function has to ask. */
  watchApiKey(api: GraphqlApi, expires: Date): void {
    const requests = new Metric({
      namespace: 'AWS/AppSync',
      metricName: 'Latency',
      dimensionsMap: { GraphQLAPIId: api.apiId },
      statistic: Stats.SAMPLE_COUNT,
      period: fiveMinutes,
    });
    this.addAlarm('ApiKeyEnds', {
      severity: 'warning',
      metric: new MathExpression({ expression: 'EPOCH(FILL(requests, 0))', usingMetrics: { requests }, period: fiveMinutes }),
      above: expires.getTime() / 1000 - KEY_WARNING.toSeconds(),
      meaning: `the API key ends on ${expires.toISOString().slice(0, 10)}, in less than ${KEY_WARNING.toHumanString()}`,
    });
  }

  /** Whether transactions reach the warehouse, whether its answers are those of today, and what it costs. */
  watchWarehouse({ warehouse, schema, settings, limit, delivery, loader, deadLetters }: WarehousePath, bucket: RawBucket): void {
    this.addAlarm('EventsUndelivered', {
      severity: 'critical',
      metric: deadLetters.metricWaiting({ statistic: Stats.MAXIMUM, period: fiveMinutes }),
      above: 0,
      meaning: 'EventBridge could not hand events over: they are in the queue of dead letters, each with the reason',
    });
    this.watchDelivery(delivery, bucket, settings.bufferSeconds);
    this.watchJudge(delivery.judge, bucket);
    this.watchLoader(loader, schema);
    this.addAlarm('WarehouseLimit', {
      severity: 'warning',
      metric: limit.metricConsumed({ statistic: Stats.MAXIMUM, period: fiveMinutes }),
      above: (settings.dailyLimit * 8) / 10,
      meaning: 'the warehouse has used 80 % of the RPU-hours of its day; at 100 % it refuses queries until midnight, UTC',
    });
    this.addAlarm('QuestionsFail', {
      severity: 'warning',
      metric: warehouse.metricFailedQuestions({ statistic: Stats.SUM, period: fiveMinutes }),
      above: 5,
      meaning: 'again and again questions to the warehouse fail: see the errors of the API, and SYS_QUERY_HISTORY',
      times: 3,
    });
  }

  /** Whether files under `bulk/` reach the warehouse. */
  watchImports({ job, starter }: ImportPath, bucket: RawBucket, deadLetters: DeadLetters): void {
    // Its throttles are meant: there is one at a time. Three failures are all the tries that one file has.
    this.addAlarm('ImportNotStarted', {
      severity: 'warning',
      metric: starter.function.lambda.metricErrors({ statistic: Stats.SUM, period: Duration.minutes(15) }),
      above: 2,
      meaning:
        'a file under bulk/ started no import: see the log of the starter; the next start, or the schedule, finds the file',
    });
    this.addAlarm('ImportsRefused', {
      severity: 'warning',
      metric: bucket.metricRefusedImports(puts),
      above: 0,
      ...late,
      meaning:
        'the warehouse refuses what was made of a file: its list is under import/refused/, the reason under import/loaded/',
    });
    notifyOfFailedImports(this, job, this.topic, deadLetters);
  }

  private watchDelivery(delivery: WarehouseDelivery, bucket: RawBucket, bufferSeconds: number): void {
    this.addAlarm('DeliveryBehind', {
      severity: 'warning',
      metric: delivery.metric('KinesisMillisBehindLatest', { statistic: Stats.MAXIMUM, period: fiveMinutes }),
      above: Duration.minutes(15).toMilliseconds(),
      meaning: 'Firehose is behind the stream by more than 15 minutes',
    });
    this.addAlarm('DeliveryLate', {
      severity: 'warning',
      metric: delivery.metric('DeliveryToS3.DataFreshness', { statistic: Stats.MAXIMUM, period: fiveMinutes }),
      above: bufferSeconds + Duration.minutes(10).toSeconds(),
      meaning: 'Firehose has held transactions for ten minutes longer than it should: see its log for the bucket',
      times: 3,
    });
    this.addAlarm('CopiesFail', {
      severity: 'warning',
      metric: new MathExpression({
        expression: '1 - copied',
        usingMetrics: {
          copied: delivery.metric('DeliveryToRedshift.Success', { statistic: Stats.AVERAGE, period: fiveMinutes }),
        },
        period: fiveMinutes,
      }),
      above: 0,
      meaning: 'the warehouse refuses what Firehose copies, which gives up after two hours: see the log of the copies',
      times: 3,
    });
    this.addAlarm('CopiesGivenUp', {
      severity: 'warning',
      metric: bucket.metricUndelivered(puts),
      above: 0,
      ...late,
      meaning:
        'Firehose gave up on copies: their lists are in the bucket under firehose/errors/, and the loader copies them next',
    });
  }

  /** Whether the lines that Firehose delivers are judged. */
  private watchJudge(judge: BundledFunction, bucket: RawBucket): void {
    this.watchFunction('DeliveryJudge', judge, 'warning');
    this.addAlarm('DeliveryUnjudged', {
      severity: 'warning',
      metric: bucket.metricUnjudged(puts),
      above: 0,
      ...late,
      meaning:
        'Firehose gave up on records because their judge failed: they are in the bucket under firehose/processing-failed/, and npm run redrive sends them again',
    });
  }

  private watchLoader({ function: { lambda, logGroup, timeout }, every }: WarehouseLoader, schema: WarehouseSchema): void {
    const logged = (name: string, pattern: IFilterPattern, defaultValue?: number) =>
      new MetricFilter(this, name, {
        logGroup,
        filterPattern: pattern,
        ...(defaultValue !== undefined && { defaultValue }),
        metricNamespace: Stack.of(this).stackName,
        metricName: name,
      }).metric({ statistic: Stats.SUM, period: every });
    // A run that fails is tried again: two are the first and the second try.
    this.addAlarm('LoaderErrors', {
      severity: 'warning',
      metric: lambda.metricErrors({ statistic: Stats.SUM, period: every }),
      above: 1,
      meaning: 'the loader fails, and fails again: see its log',
    });
    this.addAlarm('LoaderProblems', {
      severity: 'warning',
      metric: logged(
        'LoaderLoggedProblems',
        FilterPattern.all(
          FilterPattern.stringValue('$.level', '=', 'ERROR'),
          // Of the loader's own words only: what "!=" says of a line without the member is written nowhere.
          FilterPattern.exists('$.message.outcome'),
          FilterPattern.stringValue('$.message.outcome', '!=', 'failed'),
        ),
      ),
      above: 0,
      meaning: 'the loader met what a person should look at, under "problems" in its log; the rest was loaded',
    });
    this.addAlarm('LoaderSlow', {
      severity: 'warning',
      metric: lambda.metricDuration({ statistic: Stats.MAXIMUM, period: every }),
      above: timeout.toMilliseconds() * 0.8,
      meaning: `the loader needs more than 80 % of its ${timeout.toHumanString()}`,
      times: 3,
    });
    const upToDate = logged(
      'LoaderUpToDate',
      FilterPattern.any(
        FilterPattern.stringValue('$.message.outcome', '=', 'settled'),
        FilterPattern.stringValue('$.message.outcome', '=', 'idle'),
      ),
      0,
    );
    // The making of the warehouse counts as a run that was not up to date: a loader that never comes to run is missed from then on.
    const made = new MetricFilter(this, 'WarehouseMade', {
      logGroup: schema.migrator.logGroup,
      filterPattern: FilterPattern.stringValue('$.type', '=', 'platform.report'),
      metricNamespace: Stack.of(this).stackName,
      metricName: 'LoaderUpToDate',
      metricValue: '0',
    });
    schema.waitFor(made);
    this.addAlarm('AnswersStale', {
      severity: 'critical',
      // 0 for each period without a run, but nothing before the first: or it would ring on every stack that has just been made.
      metric: new MathExpression({
        expression: 'FILL(upToDate, 0) + 0 * FILL(upToDate, REPEAT)',
        usingMetrics: { upToDate },
        period: every,
      }),
      below: 1,
      meaning:
        'time and again no run of the loader ended with answers of all that was delivered: see its log, and whether it runs',
      times: 3,
    });
  }

  private addAlarm(id: string, threshold: Threshold): void {
    addAlarm(this, id, threshold, { stage: this.stage, topic: this.topic });
  }
}
