import { Tags } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { Stage } from '../stages.ts';

/** When an alarm goes off: `metric` lies above `above`, or below `below`, or is not there when it should be. */
export type Threshold = {
  readonly metric: IMetric;
  /** `critical`: transactions are or will soon be lost, or callers get no answers; `warning`: it can wait until the morning. */
  readonly severity: 'critical' | 'warning';
  /** What is wrong, and where to look. */
  readonly meaning: string;
  /** The heading in `docs/runbook.md` that says what to do. @default the alarm's id */
  readonly passage?: string;
  /** In how many of the last periods; 1 alarms at once. @default 1 */
  readonly times?: 1 | 3;
  /** How many periods are looked at. @default 5, or the one that alarms at once */
  readonly periods?: number;
} & ({ readonly above: number } | { readonly below: number });

/**
 * Add an alarm that publishes to the topic when it goes off, and when it is over.
 *
 * @remarks Its name is its id behind the stage's, so that it changes whenever the logical id does: CloudWatch overwrites an alarm of the same
 * name, and CloudFormation, which removes the old resource after it has made the new one, would then remove the only one. Mails show
 * neither tags nor links: the severity is the description's first word, the passage of the runbook its last.
 */
export function addAlarm(
  scope: Construct,
  id: string,
  { metric, severity, meaning, passage = id, times = 1, periods = times === 1 ? 1 : 5, ...limit }: Threshold,
  { stage, topic }: { readonly stage: Pick<Stage, 'name'>; readonly topic: ITopic },
): void {
  const isFloor = 'below' in limit;
  const alarm = new Alarm(scope, id, {
    alarmName: `tillgraph-${stage.name}-${id}`,
    metric,
    threshold: isFloor ? limit.below : limit.above,
    alarmDescription: `${severity}: ${meaning}. Runbook: docs/runbook.md#${passage.toLowerCase()}`,
    comparisonOperator: isFloor ? ComparisonOperator.LESS_THAN_THRESHOLD : ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: periods,
    datapointsToAlarm: times,
    // No traffic, no metric: silence at night is not an incident. What falls below a floor and then falls silent has not recovered.
    treatMissingData: isFloor ? TreatMissingData.IGNORE : TreatMissingData.NOT_BREACHING,
  });
  Tags.of(alarm).add('severity', severity);
  alarm.addAlarmAction(new SnsAction(topic));
  alarm.addOkAction(new SnsAction(topic));
}
