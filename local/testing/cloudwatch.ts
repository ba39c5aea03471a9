/** The readers of patterns and formulas, for tests of the alarms of a template. */
export { readFilterPattern } from '../services/cloudwatch/filter-pattern.ts';
export { readMetricMath } from '../services/cloudwatch/metric-math.ts';
