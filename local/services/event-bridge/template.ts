import type { Properties } from '../../template/properties.ts';
import type { EventRuleDefinition } from './definition.ts';
import { functionNameOf } from '../lambda/template.ts';

export const IDENTITY = 'there is one local identity, which may do everything';
const NO_RECIPIENT = 'nobody is on call for this machine';
/** Handing an event over to a function's queue never fails on this machine. */
export const ALWAYS_DELIVERED =
  'a local function takes every event; what it does with it says its AWS::Lambda::EventInvokeConfig';

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

/** The function that a target names. */
export function targetFunction(target: Properties): string {
  const arn = target.string('Arn');
  if (!/^arn:aws:lambda:[^:]*:\d+:function:[^:]+$/.test(arn))
    return target.refuse('Arn', `${arn} is not a Lambda function, the one target that runs locally`);
  return functionNameOf(arn);
}

/** The text of a property that must be JSON. */
export function jsonText(properties: Properties, name: string, text: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch {
    return properties.refuse(name, `${text} is not JSON`);
  }
}
