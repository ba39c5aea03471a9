import { isDeepStrictEqual } from 'node:util';
import { differsInWords, failedWith, wasAnswered, type Difference, type Judgement, type Outcome } from './judges.ts';

const asked = ({ call }: Difference, text: string) => JSON.stringify(call).includes(text);
const refusedHere = ({ here }: Difference) => failedWith(here, 'ValidationException');
/** moto's server answers with a page of HTML when it fails itself. */
const hasFailed = ({ judge, there }: Difference) => judge === 'moto' && failedWith(there, 'SyntaxError');

/** Where DynamoDB's stand-in and its judges differ. */
export const DYNAMODB_JUDGEMENTS: readonly Judgement[] = [
  {
    name: 'the words of a refusal',
    right: 'open',
    because: 'the same error by name; ours are those of dynalite, which are measured against DynamoDB',
    is: differsInWords,
  },
  {
    name: 'a statement with several SET',
    right: 'ours',
    because: 'the grammar of UPDATE in the PartiQL reference allows SET and REMOVE again and again; moto fails on the second',
    is: (one) => hasFailed(one) && asked(one, 'UPDATE'),
  },
  {
    name: 'an inserted value that moto cannot read',
    right: 'ours',
    because: 'any attribute value may be a parameter; moto fails itself',
    is: (one) => hasFailed(one) && asked(one, 'INSERT'),
  },
  {
    name: 'the size of an attribute that is not there',
    right: 'ours',
    because: 'the condition is false then; moto fails itself',
    is: (one) => hasFailed(one) && asked(one, 'size(l)'),
  },
  {
    name: 'metrics and capacity without being asked',
    isHarmless: true,
    right: 'ours',
    because: 'they come when ReturnItemCollectionMetrics or ReturnConsumedCapacity says so',
    is: ({ judge, here, there }) =>
      judge === 'moto' && wasAnswered(here) && isDeepStrictEqual(withoutMetrics(there), here.answer),
  },
  {
    name: 'an expression that is wrong, beside a condition that is not met',
    right: 'ours',
    because: 'a request is validated before any item is looked at',
    is: (one) => refusedHere(one) && failedWith(one.there, 'ConditionalCheckFailedException'),
  },
  {
    name: 'a filter that is wrong, over no items',
    isHarmless: true,
    right: 'ours',
    because: 'as before; both judges look at a filter only when they have an item for it',
    is: (one) => one.call.operation === 'Query' && refusedHere(one) && wasAnswered(one.there),
  },
  {
    name: 'an operand of a wrong type',
    right: 'ours',
    because: 'list_append takes lists alone; ministack takes a number and makes nothing of it',
    is: (one) => one.judge === 'ministack' && asked(one, 'list_append') && refusedHere(one) && wasAnswered(one.there),
  },
  {
    name: 'where to go on after a page that its limit ended',
    isHarmless: true,
    right: 'ours',
    because: 'a page that ends at Limit has a LastEvaluatedKey, whether or not anything follows; ministack says so too',
    is: ({ judge, call, here, there }) =>
      judge === 'moto' && call.operation === 'Query' && hasLastKey(here) && wasAnswered(there) && !hasLastKey(there),
  },
  {
    name: 'REMOVE within an attribute that is not there',
    right: 'ours',
    because: 'the document path is invalid then: moto says so too',
    is: (one) => one.judge === 'ministack' && asked(one, 'REMOVE l[0], m.q') && refusedHere(one) && wasAnswered(one.there),
  },
  {
    name: 'what UPDATED_OLD and UPDATED_NEW give',
    right: 'open',
    because:
      'ours give the elements of paths, as dynalite measured, the judges whole attributes, moto the key too; we use neither',
    is: ({ call, here, there }) =>
      String(call.input['ReturnValues']).startsWith('UPDATED') && wasAnswered(here) && wasAnswered(there),
  },
];

const hasLastKey = ({ answer }: Outcome) =>
  (answer as { readonly LastEvaluatedKey?: unknown } | undefined)?.LastEvaluatedKey !== undefined;

function withoutMetrics({ answer }: Outcome): unknown {
  const { ConsumedCapacity: _capacity, ItemCollectionMetrics: _metrics, ...rest } = (answer ?? {}) as Record<string, unknown>;
  return rest;
}
