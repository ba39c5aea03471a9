import type { Properties } from '../../template/properties.ts';
import type { EventRuleDefinition, ScheduleDefinition, ScheduleTarget } from '../../template/stack-definition.ts';
import { functionNameOf } from '../lambda/template.ts';

const IDENTITY = 'there is one local identity, which may do everything';
const NO_RECIPIENT = 'nobody is on call for this machine';
/** Handing an event over to a function's queue never fails on this machine. */
const ALWAYS_DELIVERED = 'a local function takes every event; what it does with it says its AWS::Lambda::EventInvokeConfig';

/** `AWS::Events::Rule` with an event pattern and functions as its targets; a topic among them has no subscriber here. */
export function readEventRule(properties: Properties, name: string, arn: string): EventRuleDefinition {
  properties.ignore({ Name: 'read already', Description: 'words', RoleArn: IDENTITY, Tags: 'labels for the bill' });
  properties.requireValue('EventBusName', 'default', 'there is one local bus');
  if (properties.value('ScheduleExpression') !== undefined)
    properties.refuse('ScheduleExpression', 'rules run by events only: declare an AWS::Scheduler::Schedule');
  const pattern = properties.value('EventPattern');
  if (typeof pattern !== 'object' || pattern === null || Array.isArray(pattern))
    return properties.refuse('EventPattern', `expected an object, got ${JSON.stringify(pattern)}`);
  return {
    name,
    arn,
    pattern: pattern as Readonly<Record<string, unknown>>,
    enabled: properties.choice('State', ['ENABLED', 'DISABLED'], 'ENABLED') === 'ENABLED',
    targets: properties.objects('Targets').flatMap((target) => {
      target.ignore({ Id: 'a label', RoleArn: IDENTITY, RetryPolicy: ALWAYS_DELIVERED, DeadLetterConfig: ALWAYS_DELIVERED });
      if (target.string('Arn').startsWith('arn:aws:sns:')) {
        target.ignore({ Input: NO_RECIPIENT, InputTransformer: NO_RECIPIENT });
        return [];
      }
      const input = target.optionalString('Input');
      return [{ functionName: targetFunction(target), ...(input !== undefined && { input: jsonText(target, 'Input', input) }) }];
    }),
  };
}

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

function targetFunction(target: Properties): string {
  const arn = target.string('Arn');
  if (!/^arn:aws:lambda:[^:]*:\d+:function:[^:]+$/.test(arn))
    return target.refuse('Arn', `${arn} is not a Lambda function, the one target that runs locally`);
  return functionNameOf(arn);
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

function jsonText(properties: Properties, name: string, text: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch {
    return properties.refuse(name, `${text} is not JSON`);
  }
}
