import { differs, holds, type Seen } from '../claim.ts';
import { COUNTED, LOG_LINES, type LogLine } from './log-lines.ts';
import type { OfflinePlace, Template } from './place.ts';

/** A metric filter of a template. */
export interface MetricFilter {
  readonly metric: string;
  /** What it counts a line as. */
  readonly value: string;
  readonly pattern: string;
}

export const metricFiltersOf = ({ Resources }: Template): readonly MetricFilter[] =>
  Object.values(Resources)
    .filter(({ Type }) => Type === 'AWS::Logs::MetricFilter')
    .map(({ Properties = {} }) => {
      const { FilterPattern, MetricTransformations } = Properties as {
        FilterPattern: string;
        MetricTransformations: readonly { MetricName: string; MetricValue: string }[];
      };
      const [{ MetricName = '', MetricValue = '' } = {}] = MetricTransformations as Partial<
        (typeof MetricTransformations)[number]
      >[];
      return { metric: MetricName, value: MetricValue, pattern: FilterPattern };
    });

/** Every filter of the template over every kind of line. */
export async function filtersCountTheirLines({ aws, template, progress }: OfflinePlace): Promise<Seen> {
  const names = Object.keys(LOG_LINES) as LogLine[];
  const filters = metricFiltersOf(template);
  const wrong: string[] = [];
  for (const [done, { metric, value, pattern }] of filters.entries()) {
    progress(done, filters.length);
    const expected = COUNTED.find((one) => one.metric.test(metric) && (one.value ?? value) === value);
    if (expected === undefined) {
      wrong.push(`${metric}: infra/confirm/offline/log-lines.ts does not say what it counts`);
      continue;
    }
    const { matches = [] } = await aws('logs:TestMetricFilter', {
      filterPattern: pattern,
      logEventMessages: Object.values(LOG_LINES),
    });
    // Numbered from 1.
    const counted = new Set(matches.map(({ eventNumber = 0 }) => names[eventNumber - 1]));
    for (const name of names) {
      if (counted.has(name) === expected.lines.includes(name)) continue;
      wrong.push(`${metric} ${counted.has(name) ? 'counts' : 'does not count'} the line "${name}"`);
    }
  }
  if (wrong.length > 0) return differs(`${wrong.join('; ')}.`);
  return holds(`${String(filters.length)} filters counted what they should of ${String(names.length)} kinds of lines.`);
}
