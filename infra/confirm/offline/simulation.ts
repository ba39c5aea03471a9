import { differs, holds, type Seen } from '../claim.ts';
import { callers } from './code-calls.ts';
import type { OfflinePlace } from './place.ts';
import { statementsOf, type Statement } from './policies.ts';

/** A resource that is not the stack's, for each service. */
const FOREIGN: Readonly<Record<string, (at: string) => string>> = {
  dynamodb: (at) => `arn:aws:dynamodb:${at}:table/SomebodyElses`,
  glue: (at) => `arn:aws:glue:${at}:job/somebody-elses`,
  kinesis: (at) => `arn:aws:kinesis:${at}:stream/somebody-elses`,
  'redshift-data': (at) => `arn:aws:redshift-serverless:${at}:workgroup/11111111-1111-4111-8111-111111111111`,
  'redshift-serverless': (at) => `arn:aws:redshift-serverless:${at}:workgroup/11111111-1111-4111-8111-111111111111`,
  s3: () => 'arn:aws:s3:::somebody-elses/raw/object',
  secretsmanager: (at) => `arn:aws:secretsmanager:${at}:secret:somebody-elses-AbCdEf`,
};

/** One thing that fits a pattern. */
const example = (pattern: string) => pattern.replaceAll('*', 'example').replaceAll('?', 'x');

interface Question {
  readonly action: string;
  readonly resources: readonly string[];
  readonly context: readonly {
    readonly ContextKeyName: string;
    readonly ContextKeyType: 'string';
    readonly ContextKeyValues: string[];
  }[];
}

/** For each statement that allows an action: what it is allowed on, and under which circumstances. */
const allowedBy = (statements: readonly Statement[], action: string): readonly Question[] =>
  statements
    .filter(({ Effect, Action }) => Effect === 'Allow' && Action.includes(action))
    .map(({ Resource, Condition = {} }) => ({
      action,
      resources: Resource.map(example),
      context: Object.values(Condition)
        .flatMap((keys) => Object.entries(keys))
        .map(([key, values]) => ({
          ContextKeyName: key,
          ContextKeyType: 'string' as const,
          ContextKeyValues: [example(values[0] ?? '')],
        })),
    }));

/** Every call of our code is allowed by its role's policies where the stack is, and nowhere else. */
export async function rolesMayWhatTheyCall({ aws, template, region, progress }: OfflinePlace): Promise<Seen> {
  const questions = callers().flatMap(({ role, name, calls }) =>
    [...calls].map((action) => ({ role, name, action, statements: statementsOf(template, region, role) })),
  );
  const wrong: string[] = [];
  let decisions = 0;
  for (const [done, { name, action, statements }] of questions.entries()) {
    progress(done, questions.length);
    const PolicyInputList = [JSON.stringify({ Version: '2012-10-17', Statement: statements })];
    const decide = async ({ resources, context }: Question): Promise<readonly string[]> => {
      const { EvaluationResults = [] } = await aws('iam:SimulateCustomPolicy', {
        PolicyInputList,
        ActionNames: [action],
        ResourceArns: [...resources],
        ContextEntries: [...context],
      });
      const parts = EvaluationResults.flatMap(({ ResourceSpecificResults = [], EvalDecision }) =>
        ResourceSpecificResults.length > 0
          ? ResourceSpecificResults.map(({ EvalResourceDecision }) => EvalResourceDecision ?? '')
          : [EvalDecision ?? ''],
      );
      decisions += parts.length;
      return parts;
    };

    const allowing = allowedBy(statements, action);
    if (allowing.length === 0) wrong.push(`${name}: no statement allows ${action}`);
    for (const question of allowing)
      if ((await decide(question)).some((decision) => decision !== 'allowed')) wrong.push(`${name} may not ${action}`);
    const foreign = FOREIGN[action.split(':')[0] ?? '']?.(`${region}:123456789012`);
    if (foreign === undefined || allowing.some(({ resources }) => resources.includes('example'))) continue;
    if ((await decide({ action, resources: [foreign], context: [] })).includes('allowed'))
      wrong.push(`${name} may ${action} on what is not the stack's`);
  }
  if (wrong.length > 0) return differs(`${[...new Set(wrong)].join('; ')}.`);
  return holds(
    `${String(questions.length)} calls of ${String(callers().length)} roles: ${String(decisions)} decisions as they should be.`,
  );
}
