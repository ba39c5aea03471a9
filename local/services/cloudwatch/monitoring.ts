import { errorStack } from '../../errors.ts';
import type { Closers } from '../../closers.ts';
import { systemClock, type Clock } from '../../clock.ts';
import type { Measure, Measurement } from '../../measure.ts';
import { startAlarmPages } from './alarm-pages.ts';
import { Alarms, type AlarmDescription } from './alarms.ts';
import { KnownMetrics } from './known-metrics.ts';
import { type LineCounter, readMetricFilters } from './metric-filters.ts';
import type { StackDefinition } from '../../template/stack-definition.ts';

/** What is measured by looking, once a minute of CloudWatch's. */
export type Gauge = (this: void) => readonly Measurement[] | Promise<readonly Measurement[]>;

export interface MonitoringOptions {
  /** Periods of alarms are divided by it. */
  readonly factor: number;
  readonly clock?: Clock;
  log(this: void, line: string): void;
}

/** The metric filters and alarms of a stack. */
export class Monitoring {
  readonly alarms: Alarms;
  readonly measure: Measure;
  private readonly clock: Clock;
  private readonly counters: ReadonlyMap<string, LineCounter>;
  private readonly gauges: Gauge[] = [];

  /** @throws MonitoringError */
  constructor(
    definition: StackDefinition,
    private readonly options: MonitoringOptions,
  ) {
    this.clock = options.clock ?? systemClock;
    this.alarms = new Alarms(definition.monitoring.alarms, new KnownMetrics(definition), {
      clock: this.clock,
      factor: options.factor,
      changed: (alarm) => {
        options.log(lineOf(alarm));
      },
    });
    this.measure = (measurement) => {
      this.alarms.measure(measurement);
    };
    const { metricFilters } = definition.monitoring;
    const filtersOf = (group: string) => metricFilters.filter(({ logGroup }) => logGroup === group);
    const groups = new Set(metricFilters.map(({ logGroup }) => logGroup));
    this.counters = new Map([...groups].map((group) => [group, readMetricFilters(filtersOf(group), this.measure)]));
  }

  /** What counts the lines of a log group; absent when nothing does. */
  lineCounter(logGroup: string | undefined): LineCounter | undefined {
    return logGroup === undefined ? undefined : this.counters.get(logGroup);
  }

  watch(gauge: Gauge): void {
    this.gauges.push(gauge);
  }

  /** Begin to look. @returns where the page about it is */
  async start(closers: Closers): Promise<string> {
    const closing = new AbortController();
    const looking = this.evaluateUntil(closing.signal);
    closers.add(async () => {
      closing.abort();
      await looking;
    });
    const pages = await startAlarmPages(this.alarms);
    closers.add(() => pages.close());
    return pages.url;
  }

  private async evaluateUntil(signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.clock.wait(this.alarms.interval, signal);
      if (signal.aborted) return;
      try {
        for (const gauge of this.gauges) for (const measurement of await gauge()) this.measure(measurement);
        this.alarms.evaluate();
      } catch (error) {
        this.options.log(`monitoring failed: ${errorStack(error)}`);
      }
    }
  }
}

function lineOf({ name, state, description }: AlarmDescription): string {
  return state === 'ALARM' ? `ALARM ${name}: ${description}` : `OK ${name}: it is over`;
}
