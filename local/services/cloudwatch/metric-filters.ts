import type { Measure } from '../../measure.ts';
import type { MetricFilterDefinition } from './definition.ts';
import { readFilterPattern, readSelector } from './filter-pattern.ts';

/** The metric filters of one log group. */
export type LineCounter = (this: void, line: string) => void;

/** @returns what counts the lines of a log group @throws MonitoringError */
export function readMetricFilters(filters: readonly MetricFilterDefinition[], measure: Measure): LineCounter {
  const counters = filters.map((filter) => counterOf(filter, measure));
  return (line) => {
    for (const count of counters) count(line);
  };
}

function counterOf({ logicalId, pattern, metrics }: MetricFilterDefinition, measure: Measure): LineCounter {
  const where = `metric filter ${logicalId}`;
  const matches = readFilterPattern(pattern, where);
  const transformations = metrics.map(({ namespace, name, value, defaultValue, dimensions }) => {
    const number = Number(value);
    const valueOf = Number.isFinite(number) ? () => number : readSelector(value, where);
    const selectors = Object.entries(dimensions).map(([key, selector]) => [key, readSelector(selector, where)] as const);
    return { namespace, name, valueOf, defaultValue, selectors };
  });
  return (line) => {
    const isMatch = matches(line);
    for (const { namespace, name, valueOf, defaultValue, selectors } of transformations) {
      const value = isMatch ? valueOf(line) : defaultValue;
      const dimensions = Object.fromEntries(selectors.map(([key, read]) => [key, read(line)]));
      // A line whose value is no number, or that lacks a dimension, gives no data point.
      if (typeof value !== 'number' || !Object.values(dimensions).every((dimension) => typeof dimension === 'string')) continue;
      measure({ namespace, name, dimensions: dimensions as Record<string, string>, value });
    }
  };
}
