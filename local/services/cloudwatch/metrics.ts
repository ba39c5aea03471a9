import type { Measurement } from '../../measure.ts';

/** Which numbers belong together. */
export type MetricName = Omit<Measurement, 'value'>;

const STATISTICS = ['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount'] as const;
const PERCENTILE = /^p(\d{1,2}(?:\.\d{1,10})?|100)$/;

/** How the numbers of a period become one: `Sum` and the like, or a percentile such as `p95`. */
export type Statistic = (typeof STATISTICS)[number] | `p${number}`;

/** What can be written as a statistic, for messages. */
export const STATISTICS_KNOWN = `${STATISTICS.join(', ')}, or a percentile such as p95`;

export function isStatistic(text: string): text is Statistic {
  return STATISTICS.some((statistic) => statistic === text) || PERCENTILE.test(text);
}

interface Sample {
  /** @unit ms since 1970 */
  readonly at: number;
  readonly value: number;
}

/** The values of the metrics that an alarm reads, for as long as one may read them. */
export class Metrics {
  private readonly samples = new Map<string, Sample[]>();
  private readonly keptFor = new Map<string, number>();

  /** Keep what is measured of a metric from now on for so long. @param milliseconds - the longest time asked for counts */
  keep(metric: MetricName, milliseconds: number): void {
    const key = keyOf(metric);
    this.keptFor.set(key, Math.max(milliseconds, this.keptFor.get(key) ?? 0));
  }

  /** @param at - ms since 1970, never before the last one of the metric */
  add(measurement: Measurement, at: number): void {
    const key = keyOf(measurement);
    const kept = this.keptFor.get(key);
    if (kept === undefined) return;
    const samples = this.samples.get(key);
    if (samples === undefined) {
      this.samples.set(key, [{ at, value: measurement.value }]);
      return;
    }
    samples.push({ at, value: measurement.value });
    // Half of them at a time: one by one would move all that are left each time.
    const middle = samples[samples.length >> 1];
    if (middle !== undefined && middle.at < at - kept) samples.splice(0, samples.length >> 1);
  }

  /** The one number of a period, or none when nothing was measured. @param from - not of the period itself @param to - ms since 1970 */
  datapoint(metric: MetricName, statistic: Statistic, from: number, to: number): number | undefined {
    const values = (this.samples.get(keyOf(metric)) ?? []).filter(({ at }) => at > from && at <= to).map(({ value }) => value);
    return values.length === 0 ? undefined : statisticOf(values, statistic);
  }
}

function statisticOf(values: readonly number[], statistic: Statistic): number {
  const sum = () => values.reduce((total, value) => total + value, 0);
  switch (statistic) {
    case 'Sum':
      return sum();
    case 'Average':
      return sum() / values.length;
    case 'SampleCount':
      return values.length;
    case 'Minimum':
      return values.reduce((least, value) => Math.min(least, value));
    case 'Maximum':
      return values.reduce((most, value) => Math.max(most, value));
    default: {
      const sorted = [...values].sort((one, other) => one - other);
      const rank = Math.ceil((Number(statistic.slice(1)) / 100) * sorted.length);
      return sorted[Math.max(0, rank - 1)] ?? 0;
    }
  }
}

/** A metric is another one as soon as one dimension differs, or is missing. */
export function keyOf({ namespace, name, dimensions }: MetricName): string {
  return JSON.stringify([namespace, name, Object.entries(dimensions).sort(([one], [other]) => (one < other ? -1 : 1))]);
}
