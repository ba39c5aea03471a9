import { isDeepStrictEqual } from 'node:util';
import { differsInWords, failedWith, wasAnswered, type Difference, type Judgement, type Outcome } from './judges.ts';

const refusedHere = ({ here }: Difference) => failedWith(here, 'ValidationException');
/** moto's server answers with a page of HTML when it fails itself. */
const hasFailed = ({ there }: Difference) => failedWith(there, 'SyntaxError');

const EXPRESSIONS = ['UpdateExpression', 'FilterExpression', 'ConditionExpression', 'ProjectionExpression'];
const textOf = ({ call: { input } }: Difference) =>
  EXPRESSIONS.map((name) => (input[name] ?? '') as string).find((text) => text !== '') ?? '';
const words = ({ here }: Difference) => here.error?.message ?? '';
const isCondition = ({ call: { input } }: Difference) => 'FilterExpression' in input || 'ConditionExpression' in input;
/** Where it matters that something is absent: an order with it is false for both. */
const asksForEquality = (one: Difference) => /(^|[^<>])=|<>|\bNOT\b|\bIN\b/.test(textOf(one));
const evaluatedByBoth = ({ here, there }: Difference) =>
  [here, there].every((one) => wasAnswered(one) || failedWith(one, 'ConditionalCheckFailedException'));

/** Where the stand-in's expressions and moto's differ. `right` says who has it, by DynamoDB's documents and what others measured. */
export const EXPRESSION_JUDGEMENTS: readonly Judgement[] = [
  {
    name: 'the words of a refusal',
    right: 'open',
    because: 'the same error by name; ours are those of dynalite, which are measured against DynamoDB',
    is: differsInWords,
  },
  {
    name: 'capacity without being asked',
    isHarmless: true,
    right: 'ours',
    because: 'it comes when ReturnConsumedCapacity says so',
    is: ({ here, there }) => wasAnswered(here) && isDeepStrictEqual(withoutCapacity(there), here.answer),
  },
  {
    name: 'an expression that moto cannot evaluate',
    right: 'ours',
    because: 'moto fails itself: sizes of what is absent or has none, orders of unlike types, paths into scalars',
    is: hasFailed,
  },
  {
    name: 'a condition that is wrong whatever the item',
    right: 'ours',
    because:
      'operands are validated before any item is looked at: orders of what has none, bounds of BETWEEN, a path beside itself',
    is: (one) => isCondition(one) && refusedHere(one) && /^Invalid (Filter|Condition)Expression/.test(words(one)),
  },
  {
    name: 'paths that overlap or conflict',
    right: 'ours',
    because: 'DynamoDB refuses two paths of which one lies within the other, in projections and updates',
    is: (one) => refusedHere(one) && /Two document paths (overlap|conflict)/.test(words(one)) && wasAnswered(one.there),
  },
  {
    name: 'what is absent',
    right: 'ours',
    because: 'it equals nothing, not what is absent too (ExtendDB 5), and is no null; moto takes it for null, and 0 for false',
    is: (one) => isCondition(one) && evaluatedByBoth(one) && asksForEquality(one),
  },
  {
    name: 'a place within a scalar',
    right: 'ours',
    because: 'the document path is invalid for an update then; moto writes nothing and says nothing',
    is: (one) => refusedHere(one) && words(one).startsWith('The document path') && wasAnswered(one.there),
  },
  {
    name: 'an absent place as the operand of if_not_exists',
    right: 'ours',
    because: 'the operand may be absent, that is what it asks; moto refuses a place within a scalar',
    is: (one) => textOf(one).includes('if_not_exists') && wasAnswered(one.here) && failedWith(one.there, 'ValidationException'),
  },
  {
    name: 'what UPDATED_OLD and UPDATED_NEW give',
    right: 'ours',
    because: 'the elements of paths, and no Attributes when there are none (ExtendDB 98, 121); moto gives whole attributes',
    is: ({ call, here, there }) =>
      (call.input['ReturnValues'] as string | undefined)?.startsWith('UPDATED') === true &&
      wasAnswered(here) &&
      wasAnswered(there),
  },
  {
    name: 'a place within a scalar, beside places that are there',
    right: 'ours',
    because: 'a projection leaves out what is absent; moto leaves out what comes behind it, too',
    is: (one) => 'ProjectionExpression' in one.call.input && wasAnswered(one.here) && wasAnswered(one.there),
  },
  {
    name: 'an update that is refused',
    right: 'ours',
    because: 'it leaves the item as it was; moto has made the clauses before the one that it refuses',
    is: (one) => one.call.operation === 'GetItem' && textOf(one) === '' && wasAnswered(one.here) && wasAnswered(one.there),
  },
];

function withoutCapacity({ answer }: Outcome): unknown {
  const { ConsumedCapacity: _capacity, ...rest } = (answer ?? {}) as Record<string, unknown>;
  return rest;
}
