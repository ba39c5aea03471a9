import type { Properties } from '../../template/properties.ts';
import { ALWAYS_DELIVERED, IDENTITY, jsonText, targetFunction } from '../event-bridge/template.ts';
import type { ScheduleDefinition, ScheduleTarget } from './definition.ts';

/** `AWS::Scheduler::Schedule` of a function, or of a run of a Glue job. */
export function readSchedule(properties: Properties, name: string, arn: string): ScheduleDefinition {
  properties.ignore({
    Name: 'read already',
    GroupName: 'a label',
    Description: 'words',
    KmsKeyArn: 'the data directory is as safe as the disk it is on',
  });
  properties.requireValue('ActionAfterCompletion', 'NONE', 'nothing deletes a local schedule');
  const window = properties.object('FlexibleTimeWindow');
  window.choice('Mode', ['OFF', 'FLEXIBLE']);
  window.ignore({ MaximumWindowInMinutes: 'the first moment of a window is in it' });
  const target = properties.object('Target');
  target.ignore({ RoleArn: IDENTITY, DeadLetterConfig: ALWAYS_DELIVERED });
  const retry = target.optionalObject('RetryPolicy');
  const input = target.optionalString('Input');
  return {
    name,
    arn,
    expression: properties.string('ScheduleExpression'),
    timezone: properties.optionalString('ScheduleExpressionTimezone') ?? 'UTC',
    enabled: properties.choice('State', ['ENABLED', 'DISABLED'], 'ENABLED') === 'ENABLED',
    target: scheduleTarget(target, input),
    ...(input !== undefined && { input: jsonText(target, 'Input', input) }),
    retries: retry?.wholeNumber('MaximumRetryAttempts', 0, 185, undefined) ?? 185,
    maximumAgeSeconds: retry?.wholeNumber('MaximumEventAgeInSeconds', 60, 86_400, undefined) ?? 86_400,
  };
}

const START_JOB_RUN = 'arn:aws:scheduler:::aws-sdk:glue:startJobRun';

function scheduleTarget(target: Properties, input = '{}'): ScheduleTarget {
  const arn = target.string('Arn');
  if (arn === START_JOB_RUN) {
    const { JobName: jobName } = (JSON.parse(jsonText(target, 'Input', input)) ?? {}) as { JobName?: unknown };
    if (typeof jobName !== 'string') return target.refuse('Input', `${input} has no JobName: write {"JobName": …}`);
    return { kind: 'startJobRun', arn, jobName };
  }
  if (arn.startsWith('arn:aws:scheduler:::'))
    return target.refuse('Arn', `${arn} does not run locally: of the universal targets only ${START_JOB_RUN} does`);
  return { kind: 'function', functionName: targetFunction(target) };
}
