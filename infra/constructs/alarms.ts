import { Duration, Stack } from 'aws-cdk-lib';
import type { GraphqlApi } from 'aws-cdk-lib/aws-appsync';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { FilterPattern, type IFilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { BundledFunction } from './bundled-function.ts';
import { AlarmKey } from './alarm-key.ts';
import type { Consumer } from './consumer.ts';
import type { Stage } from '../stages.ts';
import type { DeadLetters } from './dead-letters.ts';
import { ownService } from './own-service.ts';
import type { RawBucket } from './raw-bucket.ts';
import type { ImportPath } from '../import-path.ts';
import type { WarehousePath } from '../warehouse-path.ts';
import { TransactionStream } from './transaction-stream.ts';
import type { WarehouseDelivery } from './warehouse-delivery.ts';
import type { WarehouseLoader } from './warehouse-loader.ts';

/** When a person is told: `metric` lies above `above`, or below `below`, or is not there when it should be. */
type Threshold = {
  readonly metric: IMetric;
  /** What is wrong, and where to look. */
  readonly meaning: string;
  /** In how many of the last five periods; 1 tells at once. */
  readonly times?: 1 | 3;
} & ({ readonly above: number } | { readonly below: number });

const minute = Duration.minutes(1);
/** For what is measured once per invocation: a consumer with a full window has one in five minutes. */
const fiveMinutes = Duration.minutes(5);
const sum = { statistic: Stats.SUM, period: minute };

/** Who is told when transactions come late, are refused, or are lost. */
export class Alarms extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { encryptedAlarms }: Stage, email: string | undefined) {
    super(scope, id);
    // Not encrypted with the key AWS manages for SNS: alarms cannot publish to a topic that is.
    this.topic = new Topic(this, 'Topic', {
      enforceSSL: true,
      ...(encryptedAlarms && { masterKey: new AlarmKey(this, 'Key').key }),
    });
    // A topic with a policy of its own loses the one which let alarms publish.
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsMayPublish',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    if (email !== undefined) this.topic.addSubscription(new EmailSubscription(email));
  }

  watchConsumer(name: string, { function: fn, mapping, delivery }: Consumer): void {
    this.watchFunction(name, fn);
    this.tell(`${name}Lag`, {
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
    this.tell(`${name}GaveUp`, {
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
    this.tell('LinesRefused', {
      metric: bucket.metricRefusals(sum),
      above: 0,
      meaning:
        'a consumer or an import put lines aside which it cannot read: they are in the bucket under rejected/, with the reason',
    });
  }

  watchFunction(name: string, { lambda, logGroup, timeout }: BundledFunction): void {
    // What a function catches and tries again is in its log only: Lambda counts what it throws.
    const logged = new MetricFilter(this, `${name}Log`, {
      logGroup,
      filterPattern: FilterPattern.stringValue('$.level', '=', 'ERROR'),
      metricNamespace: Stack.of(this).stackName,
      metricName: `${name}LoggedErrors`,
    });
    this.tell(`${name}Errors`, {
      metric: new MathExpression({
        expression: 'FILL(thrown, 0) + FILL(logged, 0)',
        usingMetrics: { thrown: lambda.metricErrors(sum), logged: logged.metric(sum) },
        period: minute,
      }),
      above: 0,
      meaning: `${name} fails again and again: see its log`,
      times: 3,
    });
    this.tell(`${name}Throttles`, {
      metric: lambda.metricThrottles(sum),
      above: 0,
      meaning: `${name} is refused by Lambda: the account has no more concurrency`,
      times: 3,
    });
    this.tell(`${name}Slow`, {
      metric: lambda.metricDuration({ statistic: Stats.p(95), period: fiveMinutes }),
      above: timeout.toMilliseconds() * 0.8,
      meaning: `${name} needs more than 80 % of its ${timeout.toHumanString()}`,
      times: 3,
    });
  }

  watchStream({ stream }: TransactionStream): void {
    this.tell('StreamFull', {
      metric: stream.metric('WriteProvisionedThroughputExceeded', sum),
      above: 0,
      meaning: 'the stream refuses transactions: clients send them again, and more shards would take them',
      times: 3,
    });
    this.tell('StreamUnread', {
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
    this.tell('TablesThrottled', {
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
    const share = (metricName: string) =>
      new MathExpression({
        expression: '100 * FILL(failed, 0) / requests',
        usingMetrics: { failed: metric(metricName, Stats.SUM), requests: metric('Latency', Stats.SAMPLE_COUNT) },
        period: fiveMinutes,
      });
    this.tell('ApiFails', {
      metric: share('5XXError'),
      above: 1,
      meaning: 'more than 1 % of the requests to the API fail',
      times: 3,
    });
    this.tell('ApiRefuses', {
      metric: share('4XXError'),
      above: 5,
      meaning: 'the API refuses more than 5 % of the requests: an expired API key, or credentials that lost a right',
      times: 3,
    });
    this.tell('ApiSlow', {
      metric: metric('Latency', Stats.p(95)),
      above: 1_000,
      meaning: 'p95 of the API is over one second',
      times: 3,
    });
  }

  /** Whether transactions reach the warehouse, whether its answers are those of today, and what it costs. */
  watchWarehouse({ warehouse, settings, limit, delivery, loader, deadLetters }: WarehousePath, bucket: RawBucket): void {
    this.tell('EventsUndelivered', {
      metric: deadLetters.metricWaiting({ statistic: Stats.MAXIMUM, period: fiveMinutes }),
      above: 0,
      meaning: 'EventBridge could not hand events over: they are in the queue of dead letters, each with the reason',
    });
    this.watchDelivery(delivery, bucket, settings.bufferSeconds);
    this.watchJudge(delivery.judge, bucket);
    this.watchLoader(loader);
    this.tell('WarehouseLimit', {
      metric: limit.metricConsumed({ statistic: Stats.MAXIMUM, period: fiveMinutes }),
      above: (settings.dailyLimit * 8) / 10,
      meaning: 'the warehouse has used 80 % of the RPU-hours of its day; at 100 % it refuses queries until midnight, UTC',
    });
    this.tell('QuestionsFail', {
      metric: warehouse.metricFailedQuestions({ statistic: Stats.SUM, period: fiveMinutes }),
      above: 5,
      meaning: 'again and again questions to the warehouse fail: see the errors of the API, and SYS_QUERY_HISTORY',
      times: 3,
    });
  }

  /** Whether files under `bulk/` reach the warehouse. */
  watchImports({ job, starter }: ImportPath, bucket: RawBucket, deadLetters: DeadLetters): void {
    // Its throttles are meant: there is one at a time. Three failures are all the tries that one file has.
    this.tell('ImportNotStarted', {
      metric: starter.function.lambda.metricErrors({ statistic: Stats.SUM, period: Duration.minutes(15) }),
      above: 2,
      meaning:
        'a file under bulk/ started no import: see the log of the starter; the next start, or the schedule, finds the file',
    });
    this.tell('ImportsRefused', {
      metric: bucket.metricRefusedImports(sum),
      above: 0,
      meaning:
        'the warehouse refuses what was made of a file: its list is under import/refused/, the reason under import/loaded/',
    });
    // Not a metric: those of Glue begin with Spark, and a run that ends before it, or is ended, has none. Nor has such an end an
    // opposite, as an alarm has that is over.
    new Rule(this, 'ImportFailed', {
      description: 'A run of the import ended without success',
      eventPattern: {
        source: ['aws.glue'],
        detailType: ['Glue Job State Change'],
        detail: { jobName: [job.name], state: ['FAILED', 'TIMEOUT', 'ERROR'] },
      },
      targets: [
        new SnsTopic(this.topic, {
          message: RuleTargetInput.fromText(
            [
              `The import ${job.name}, run ${EventField.fromPath('$.detail.jobRunId')}, ended as ${EventField.fromPath('$.detail.state')}`,
              `${EventField.fromPath('$.detail.message')}. See import/done/ in the bucket, and the log ${job.logs}/output`,
            ].join(': '),
          ),
          // A role, because the topic's policy could let in every rule of the account only.
          role: new Role(this, 'ImportFailedRole', { assumedBy: ownService(this, 'events') }),
          deadLetterQueue: deadLetters.queue,
        }),
      ],
    });
  }

  private watchDelivery(delivery: WarehouseDelivery, bucket: RawBucket, bufferSeconds: number): void {
    this.tell('DeliveryBehind', {
      metric: delivery.metric('KinesisMillisBehindLatest', { statistic: Stats.MAXIMUM, period: fiveMinutes }),
      above: Duration.minutes(15).toMilliseconds(),
      meaning: 'Firehose is behind the stream by more than 15 minutes',
    });
    this.tell('DeliveryLate', {
      metric: delivery.metric('DeliveryToS3.DataFreshness', { statistic: Stats.MAXIMUM, period: fiveMinutes }),
      above: bufferSeconds + Duration.minutes(10).toSeconds(),
      meaning: 'Firehose has held transactions for ten minutes longer than it should: see its log for the bucket',
      times: 3,
    });
    this.tell('CopiesFail', {
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
    this.tell('CopiesGivenUp', {
      metric: bucket.metricUndelivered(sum),
      above: 0,
      meaning:
        'Firehose gave up on copies: their lists are in the bucket under firehose/errors/, and the loader copies them next',
    });
  }

  /** Whether the lines that Firehose delivers are judged. */
  private watchJudge(judge: BundledFunction, bucket: RawBucket): void {
    this.watchFunction('DeliveryJudge', judge);
    this.tell('DeliveryUnjudged', {
      metric: bucket.metricUnjudged(sum),
      above: 0,
      meaning:
        'Firehose gave up on records because their judge failed: they are in the bucket under firehose/processing-failed/, and npm run redrive sends them again',
    });
  }

  private watchLoader({ function: { lambda, logGroup, timeout }, every }: WarehouseLoader): void {
    const logged = (name: string, pattern: IFilterPattern) =>
      new MetricFilter(this, name, {
        logGroup,
        filterPattern: pattern,
        metricNamespace: Stack.of(this).stackName,
        metricName: name,
      }).metric({ statistic: Stats.SUM, period: every });
    // A run that fails is tried again: two are the first and the second try.
    this.tell('LoaderErrors', {
      metric: lambda.metricErrors({ statistic: Stats.SUM, period: every }),
      above: 1,
      meaning: 'the loader fails, and fails again: see its log',
    });
    this.tell('LoaderProblems', {
      metric: logged(
        'LoaderLoggedProblems',
        FilterPattern.all(
          FilterPattern.stringValue('$.level', '=', 'ERROR'),
          FilterPattern.stringValue('$.message.outcome', '!=', 'failed'),
        ),
      ),
      above: 0,
      meaning: 'the loader met what a person should look at, under "problems" in its log; the rest was loaded',
    });
    this.tell('LoaderSlow', {
      metric: lambda.metricDuration({ statistic: Stats.MAXIMUM, period: every }),
      above: timeout.toMilliseconds() * 0.8,
      meaning: `the loader needs more than 80 % of its ${timeout.toHumanString()}`,
      times: 3,
    });
    this.tell('AnswersStale', {
      metric: logged(
        'LoaderUpToDate',
        FilterPattern.any(
          FilterPattern.stringValue('$.message.outcome', '=', 'settled'),
          FilterPattern.stringValue('$.message.outcome', '=', 'idle'),
        ),
      ),
      below: 1,
      meaning:
        'time and again no run of the loader ended with answers of all that was delivered: see its log, and whether it runs',
      times: 3,
    });
  }

  private tell(id: string, { metric, meaning, times = 1, ...limit }: Threshold): void {
    const isFloor = 'below' in limit;
    const alarm = new Alarm(this, id, {
      metric,
      threshold: isFloor ? limit.below : limit.above,
      alarmDescription: meaning,
      comparisonOperator: isFloor ? ComparisonOperator.LESS_THAN_THRESHOLD : ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: times === 1 ? 1 : 5,
      datapointsToAlarm: times,
      // No traffic, no metric: silence at night is not an incident, except of what should never be silent.
      treatMissingData: isFloor ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
    alarm.addOkAction(new SnsAction(this.topic));
  }
}
