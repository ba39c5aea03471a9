import type { Clock } from '../../clock.ts';
import type { Measurement } from '../../measure.ts';
import type { AlarmDefinition } from './definition.ts';
import type { AlarmRule, AlarmState } from './alarm-state.ts';
import { COMPARISONS, evaluationRange, MISSING_DATA, stateOf } from './alarm-state.ts';
import { MonitoringError } from './errors.ts';
import type { KnownMetrics } from './known-metrics.ts';
import type { MetricMath, Series } from './metric-math.ts';
import { readMetricMath } from './metric-math.ts';
import type { MetricName, Statistic } from './metrics.ts';
import { isStatistic, Metrics, STATISTICS_KNOWN } from './metrics.ts';

/** An alarm as its page shows it. */
export interface AlarmDescription {
  readonly name: string;
  readonly state: AlarmState | 'NOT_KNOWN_LOCALLY';
  /** Since when, ISO 8601; null as long as it has never been looked at. */
  readonly since: string | null;
  /** The data points that made it so, or why nothing can be known. */
  readonly reason: string;
  readonly description: string;
}

export interface AlarmsOptions {
  readonly clock: Clock;
  /** Periods are divided by it. */
  readonly factor: number;
  /** Told of each alarm that goes off, and of each that is over. */
  changed(this: void, alarm: AlarmDescription): void;
}

/** How often CloudWatch looks at an alarm. @unit ms @source User Guide, "Alarm evaluation": every minute */
const EVALUATION_INTERVAL_MS = 60_000;

/** The alarms of a stack, and the numbers that they look at. */
export class Alarms {
  private readonly metrics = new Metrics();
  private readonly alarms: readonly Alarm[];

  /** @throws MonitoringError that names the alarm, and what of it is not known */
  constructor(
    definitions: readonly AlarmDefinition[],
    known: Pick<KnownMetrics, 'unknownReason'>,
    private readonly options: AlarmsOptions,
  ) {
    this.alarms = definitions.map((definition) => new Alarm(definition, known, this.metrics, options));
  }

  /** How often to evaluate the alarms. @unit ms */
  get interval(): number {
    return EVALUATION_INTERVAL_MS / this.options.factor;
  }

  measure(measurement: Measurement): void {
    this.metrics.add(measurement, this.options.clock.now());
  }

  /** Evaluate every alarm. */
  evaluate(): void {
    for (const alarm of this.alarms) {
      const before = alarm.description.state;
      alarm.evaluate();
      const after = alarm.description;
      if (after.state === 'ALARM' ? before !== 'ALARM' : after.state === 'OK' && before === 'ALARM') this.options.changed(after);
    }
  }

  list(): readonly AlarmDescription[] {
    return this.alarms.map(({ description }) => description);
  }
}

class Alarm {
  private readonly rule: AlarmRule;
  private readonly inputs: readonly { readonly id: string; readonly metric: MetricName; readonly statistic: Statistic }[];
  private readonly expression: MetricMath | undefined;
  /** @unit ms */
  private readonly period: number;
  /** Until then it waits for data. @unit ms since 1970 */
  private readonly warmUntil: number;
  private state: AlarmState = 'INSUFFICIENT_DATA';
  private since: number | undefined;
  private reason = 'nobody has looked at it yet';
  private readonly unknownReason: string | undefined;

  constructor(
    private readonly definition: AlarmDefinition,
    known: Pick<KnownMetrics, 'unknownReason'>,
    private readonly metrics: Metrics,
    private readonly options: AlarmsOptions,
  ) {
    const { evaluationPeriods, datapointsToAlarm, threshold, warmUpMinutes = 0 } = definition;
    const where = `alarm ${definition.logicalId}`;
    this.rule = {
      comparison: oneOf(definition.comparison, COMPARISONS, where),
      missingData: oneOf(definition.missingData, MISSING_DATA, where),
      threshold,
      evaluationPeriods,
      datapointsToAlarm,
    };
    this.expression = definition.expression === undefined ? undefined : readMetricMath(definition.expression, where);
    const unknownId = this.expression?.ids.find((id) => definition.metrics.every((metric) => metric.id !== id));
    if (unknownId !== undefined)
      throw new MonitoringError(where, `the expression names ${unknownId}, and there is no such metric`);
    const reasons = definition.metrics.map((metric) => known.unknownReason(metric, where));
    this.unknownReason = reasons.find((reason) => reason !== undefined);
    const [seconds = 60, otherSeconds] = [...new Set(definition.metrics.map(({ period }) => period))];
    if (otherSeconds !== undefined)
      throw new MonitoringError(
        where,
        `its metrics have periods of ${String(seconds)} and ${String(otherSeconds)} s: write one period`,
      );
    this.period = (seconds * 1000) / options.factor;
    this.warmUntil = options.clock.now() + (warmUpMinutes * 60_000) / options.factor;
    this.inputs =
      this.unknownReason === undefined
        ? definition.metrics.map(({ id, namespace, name, dimensions, statistic }) => {
            if (!isStatistic(statistic))
              throw new MonitoringError(where, `the statistic ${statistic} is not known here: write ${STATISTICS_KNOWN}`);
            const metric = { namespace, name, dimensions: dimensions() };
            metrics.keep(metric, this.period * (evaluationRange(this.rule) + 1));
            return { id, metric, statistic };
          })
        : [];
  }

  get description(): AlarmDescription {
    const { name, description } = this.definition;
    const since = this.since === undefined ? null : new Date(this.since).toISOString();
    if (this.unknownReason !== undefined)
      return { name, state: 'NOT_KNOWN_LOCALLY', since: null, reason: this.unknownReason, description };
    return { name, state: this.state, since, reason: this.reason, description };
  }

  evaluate(): void {
    if (this.unknownReason !== undefined) return;
    const now = this.options.clock.now();
    const points = this.points(now);
    const present = points.filter((point) => point !== undefined).length;
    if (now < this.warmUntil && present < this.rule.evaluationPeriods) {
      this.reason = `it waits for data until ${new Date(this.warmUntil).toISOString()}`;
      return;
    }
    const state = stateOf(points, this.rule, this.state);
    if (state === this.state && this.since !== undefined) return;
    [this.state, this.since, this.reason] = [state, now, this.reasonOf(points)];
  }

  /** One for each period of the evaluation range, the oldest first. */
  private points(now: number): Series {
    const length = evaluationRange(this.rule);
    const seriesOf = (metric: MetricName, statistic: Statistic): Series =>
      Array.from({ length }, (_, index) => {
        const end = now - (length - 1 - index) * this.period;
        return this.metrics.datapoint(metric, statistic, end - this.period, end);
      });
    const series = new Map(this.inputs.map(({ id, metric, statistic }) => [id, seriesOf(metric, statistic)]));
    const times = Array.from({ length }, (_, index) => (now - (length - index) * this.period) / 1000);
    return this.expression?.evaluate(series, times) ?? [...series.values()][0] ?? [];
  }

  private reasonOf(points: Series): string {
    const { comparison, threshold, datapointsToAlarm, evaluationPeriods } = this.rule;
    const shown = points.map((point) => (point === undefined ? '-' : String(Math.round(point * 1000) / 1000))).join(' ');
    return `${shown} (${comparison} ${String(threshold)}, ${String(datapointsToAlarm)} of ${String(evaluationPeriods)})`;
  }
}

function oneOf<const T extends string>(text: string, known: readonly T[], where: string): T {
  const found = known.find((one) => one === text);
  if (found === undefined) throw new MonitoringError(where, `${text} is not known here: write ${known.join(', ')}`);
  return found;
}
