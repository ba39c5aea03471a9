/** What of a stack watches the rest of it; all references are resolved to local names. */
export interface MonitoringDefinition {
  readonly metricFilters: readonly MetricFilterDefinition[];
  readonly alarms: readonly AlarmDefinition[];
}

/** A metric filter on a log group. */
export interface MetricFilterDefinition {
  readonly logicalId: string;
  readonly logGroup: string;
  readonly pattern: string;
  readonly metrics: readonly {
    readonly namespace: string;
    readonly name: string;
    /** A number, or a selector such as `$.message.count`. */
    readonly value: string;
    /** Of a line that the pattern does not match. */
    readonly defaultValue?: number;
    /** Selectors, by the name of the dimension. */
    readonly dimensions: Readonly<Record<string, string>>;
  }[];
}

/** An alarm. Periods are as declared, before any time factor. */
export interface AlarmDefinition {
  readonly logicalId: string;
  readonly name: string;
  readonly description: string;
  readonly comparison: string;
  readonly threshold: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly missingData: string;
  /** How long after it is made the alarm waits for data, at the most. @unit minutes */
  readonly warmUpMinutes?: number;
  readonly metrics: readonly AlarmedMetric[];
  /** Over the ids of the metrics; absent: the only metric itself. */
  readonly expression?: string;
  /** What is notified when it goes off, and when it is over; ARNs. */
  readonly actions: readonly string[];
}

/** A metric that an alarm looks at. */
export interface AlarmedMetric {
  /** In the expression; empty without one. */
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
  /** Evaluated when asked for: what cannot be known here has no value. */
  dimensions(this: void): Readonly<Record<string, string>>;
  /** @unit seconds */
  readonly period: number;
  /** As declared, such as `Sum` or `p95`. */
  readonly statistic: string;
}
