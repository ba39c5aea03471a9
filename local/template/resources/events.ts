import type { Properties } from '../properties.ts';
import type { EventRuleDefinition, ScheduleDefinition } from '../stack-definition.ts';
import { functionNameOf } from './functions.ts';

const IDENTITY = 'there is one local identity, which may do everything';
/** Handing an event over to a function's queue never fails on this machine. */
const HANDED_OVER = 'a local function takes every event; what it does with it says its AWS::Lambda::EventInvokeConfig';

/** `AWS::Events::Rule` with an event pattern and functions as its targets. */
export function readEventRule(properties: Properties, name: string, arn: string): EventRuleDefinition {
  properties.needless({ Name: 'read already', Description: 'words', RoleArn: IDENTITY, Tags: 'labels for the bill' });
  properties.only('EventBusName', 'default', 'there is one local bus');
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
    targets: properties.objects('Targets').map((target) => {
      target.needless({ Id: 'a label', RoleArn: IDENTITY, RetryPolicy: HANDED_OVER, DeadLetterConfig: HANDED_OVER });
      const input = target.optionalString('Input');
      return { functionName: targetFunction(target), ...(input !== undefined && { input: jsonText(target, 'Input', input) }) };
    }),
  };
}

/** `AWS::Scheduler::Schedule` of a function. */
export function readSchedule(properties: Properties, name: string, arn: string): ScheduleDefinition {
  properties.needless({
    Name: 'read already',
    GroupName: 'a label',
    Description: 'words',
    KmsKeyArn: 'the data directory is as safe as the disk it is on',
  });
  properties.only('ActionAfterCompletion', 'NONE', 'nothing deletes a local schedule');
  const window = properties.object('FlexibleTimeWindow');
  window.choice('Mode', ['OFF', 'FLEXIBLE']);
  window.needless({ MaximumWindowInMinutes: 'the first moment of a window is in it' });
  const target = properties.object('Target');
  target.needless({ RoleArn: IDENTITY, DeadLetterConfig: HANDED_OVER });
  const retry = target.optionalObject('RetryPolicy');
  const input = target.optionalString('Input');
  return {
    name,
    arn,
    expression: properties.string('ScheduleExpression'),
    timezone: properties.optionalString('ScheduleExpressionTimezone') ?? 'UTC',
    enabled: properties.choice('State', ['ENABLED', 'DISABLED'], 'ENABLED') === 'ENABLED',
    functionName: targetFunction(target),
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

function jsonText(properties: Properties, name: string, text: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch {
    return properties.refuse(name, `${text} is not JSON`);
  }
}
