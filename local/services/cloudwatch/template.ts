import type { AlarmDefinition, AlarmedMetric, MetricFilterDefinition } from './definition.ts';
import type { Properties } from '../../template/properties.ts';

/** `AWS::Logs::MetricFilter`. */
export function readMetricFilter(properties: Properties, logicalId: string): MetricFilterDefinition {
  properties.ignore({ FilterName: 'nothing refers to it' });
  properties.requireValue('ApplyOnTransformedLogs', false, 'nothing transforms logs locally');
  return {
    logicalId,
    logGroup: properties.string('LogGroupName'),
    pattern: properties.string('FilterPattern'),
    metrics: properties.objects('MetricTransformations').map((metric) => {
      metric.ignore({ Unit: 'nothing converts units locally' });
      const defaultValue = metric.optionalNumber('DefaultValue');
      return {
        namespace: metric.string('MetricNamespace'),
        name: metric.string('MetricName'),
        value: metric.string('MetricValue'),
        ...(defaultValue !== undefined && { defaultValue }),
        dimensions: readDimensions(metric)(),
      };
    }),
  };
}

/** `AWS::CloudWatch::Alarm` of a metric, or of an expression over metrics. */
export function readAlarm(properties: Properties, logicalId: string, name: string): AlarmDefinition {
  properties.ignore({
    AlarmName: 'read already',
    ActionsEnabled: 'nobody is told locally but whoever looks',
    InsufficientDataActions: 'nobody is told locally but whoever looks',
    EvaluateLowSampleCountPercentile: 'a percentile of few values is one locally',
    Tags: 'labels for the bill',
  });
  const evaluationPeriods = properties.wholeNumber('EvaluationPeriods', 1, 10_000, 1);
  const warmUp = properties.optionalObject('WarmUpConfiguration');
  warmUp?.requireValue('OnlyStartEvaluatingAfterWarmUpPeriodEnds', false, 'an alarm begins as soon as it has data');
  const warmUpMinutes = warmUp?.wholeNumber('WarmUpPeriodDurationInMinutes', 1, 2_880, undefined);
  return {
    logicalId,
    name,
    description: properties.optionalString('AlarmDescription') ?? '',
    comparison: properties.string('ComparisonOperator'),
    threshold: properties.optionalNumber('Threshold') ?? properties.refuse('Threshold', 'alarms without one do not run locally'),
    evaluationPeriods,
    datapointsToAlarm: properties.wholeNumber('DatapointsToAlarm', 1, evaluationPeriods, evaluationPeriods),
    missingData: properties.optionalString('TreatMissingData') ?? 'missing',
    ...(warmUpMinutes !== undefined && { warmUpMinutes }),
    ...readMetrics(properties),
    actions: [...new Set([...properties.strings('AlarmActions'), ...properties.strings('OKActions')])],
  };
}

function readMetrics(properties: Properties): Pick<AlarmDefinition, 'metrics' | 'expression'> {
  const queries = properties.objects('Metrics');
  if (queries.length === 0) {
    const statistic = properties.optionalString('Statistic') ?? properties.string('ExtendedStatistic');
    return { metrics: [readMetric(properties, '', properties.wholeNumber('Period', 1, 86_400, 60), statistic)] };
  }
  const metrics: AlarmedMetric[] = [];
  const expressions: string[] = [];
  for (const query of queries) {
    query.ignore({ Label: 'a caption', ReturnData: 'the expression is what the alarm looks at' });
    query.requireValue('Period', undefined, 'the periods of the metrics count');
    const expression = query.optionalString('Expression');
    const id = query.string('Id');
    if (expression !== undefined) {
      expressions.push(expression);
      continue;
    }
    const stat = query.object('MetricStat');
    stat.ignore({ Unit: 'nothing converts units locally' });
    metrics.push(readMetric(stat.object('Metric'), id, stat.wholeNumber('Period', 1, 86_400, 60), stat.string('Stat')));
  }
  const [expression, second] = expressions;
  if (expression === undefined || second !== undefined)
    return properties.refuse('Metrics', 'one expression over metrics runs locally: write it as one, or leave Metrics out');
  return { metrics, expression };
}

function readMetric(properties: Properties, id: string, period: number, statistic: string): AlarmedMetric {
  return {
    id,
    namespace: properties.string('Namespace'),
    name: properties.string('MetricName'),
    dimensions: readDimensions(properties),
    period,
    statistic,
  };
}

/** Evaluated later: a dimension may name what is not made locally. */
function readDimensions(properties: Properties): () => Readonly<Record<string, string>> {
  const dimensions = properties.objects('Dimensions');
  for (const dimension of dimensions) dimension.ignore({ Name: 'read later', Key: 'read later', Value: 'read later' });
  return () =>
    Object.fromEntries(
      dimensions.map((dimension) => [dimension.optionalString('Name') ?? dimension.string('Key'), dimension.string('Value')]),
    );
}
