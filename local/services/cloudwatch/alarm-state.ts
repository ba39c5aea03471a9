export const COMPARISONS = [
  'GreaterThanThreshold',
  'GreaterThanOrEqualToThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
] as const;
export type Comparison = (typeof COMPARISONS)[number];

export const MISSING_DATA = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
export type MissingData = (typeof MISSING_DATA)[number];

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** When an alarm goes off. */
export interface AlarmRule {
  readonly comparison: Comparison;
  readonly threshold: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly missingData: MissingData;
}

/**
 * How many periods an alarm looks at. @remarks CloudWatch looks at more than the evaluation periods and does not tell how many more: in its
 * own examples two.
 */
export const evaluationRange = ({ evaluationPeriods }: Pick<AlarmRule, 'evaluationPeriods'>): number => evaluationPeriods + 2;

/**
 * The state that the data points of the evaluation range give an alarm.
 *
 * @param points - the oldest first; undefined where there is none
 * @param present - the state so far
 * @source CloudWatch User Guide, "Configuring how CloudWatch alarms treat missing data"
 */
export function stateOf(points: readonly (number | undefined)[], rule: AlarmRule, present: AlarmState): AlarmState {
  const { evaluationPeriods, datapointsToAlarm, missingData } = rule;
  const judged = points.map((point) => (point === undefined ? undefined : isBreaching(point, rule)));
  const real = judged.filter((breaching) => breaching !== undefined);
  const counted = real.slice(-evaluationPeriods);
  const breaching = counted.filter(Boolean).length;
  if (breaching >= datapointsToAlarm) return 'ALARM';
  const lacking = evaluationPeriods - counted.length;
  if (lacking === 0) return 'OK';
  if (missingData === 'notBreaching') return 'OK';
  if (missingData === 'breaching') return breaching + lacking >= datapointsToAlarm ? 'ALARM' : 'OK';
  if (real.length === 0) return missingData === 'ignore' ? present : 'INSUFFICIENT_DATA';
  if (real.includes(false)) return 'OK';
  // Nothing but breaching points, too few of them: the oldest has to be old enough, so that one point alone raises no alarm at once.
  if (missingData === 'ignore') return present;
  const oldest = judged.slice(-evaluationPeriods).indexOf(true);
  return oldest !== -1 && evaluationPeriods - oldest >= datapointsToAlarm ? 'ALARM' : 'OK';
}

function isBreaching(value: number, { comparison, threshold }: Pick<AlarmRule, 'comparison' | 'threshold'>): boolean {
  switch (comparison) {
    case 'GreaterThanThreshold':
      return value > threshold;
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold;
    case 'LessThanThreshold':
      return value < threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= threshold;
  }
}
