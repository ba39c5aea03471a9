import { typeOf } from './model.ts';
import type { AttributeMap, AttributeValue } from './model.ts';
import { readPath } from './paths.ts';
import type { Path } from './paths.ts';
import { areEqual, doesBeginWith, doesContain, ORDERED_TYPES, orderOf, sizeOf } from './values.ts';

/** A node of a condition's tree, as dynalite's parser makes it; an array is a path, anything else without a `type` a value. */
export interface Condition {
  readonly type: string;
  readonly name?: string;
  readonly args: readonly unknown[];
}

const ORDERS: Readonly<Record<string, (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

/** Whether an item meets a condition, or a filter. What is absent is unequal to everything, and in no order with anything. */
export function evaluateCondition(condition: Condition, item: AttributeMap): boolean {
  const { type, name, args } = condition;
  if (type === 'and') return (args as Condition[]).every((part) => evaluateCondition(part, item));
  if (type === 'or') return (args as Condition[]).some((part) => evaluateCondition(part, item));
  if (type === 'not') return !evaluateCondition(args[0] as Condition, item);
  const [value, other, ...more] = args.map((arg) => operandOf(arg, item));
  if (type === '=') return areEqual(value, other);
  if (type === '<>') return !areEqual(value, other);
  if (type === 'in') return [other, ...more].some((one) => areEqual(value, one));
  if (type === 'between') return isOrdered('>=', value, other) && isOrdered('<=', value, more[0]);
  if (type in ORDERS) return isOrdered(type, value, other);
  if (name === 'attribute_exists') return value !== undefined;
  if (name === 'attribute_not_exists') return value === undefined;
  if (name === 'attribute_type') return value !== undefined && typeOf(value) === other?.['S'];
  if (name === 'begins_with') return doesBeginWith(value, other);
  if (name === 'contains') return doesContain(value, other);
  throw new Error(`no condition of type ${type} ${name ?? ''} is known`);
}

function operandOf(arg: unknown, item: AttributeMap): AttributeValue | undefined {
  if (Array.isArray(arg)) return readPath(arg as Path, item);
  if (isFunction(arg)) return sizeOf(operandOf(arg.args[0], item));
  return arg as AttributeValue;
}

/** The only function that is an operand is `size`. */
const isFunction = (arg: unknown): arg is Condition => (arg as Condition | undefined)?.type === 'function';

const isOrdered = (operator: string, one: AttributeValue | undefined, other: AttributeValue | undefined) => {
  const order = orderOf(one, other);
  return order !== undefined && ORDERS[operator]?.(order) === true;
};

/** What is wrong with a condition, whatever the item: an order is asked of values that have none. */
export function conditionProblem({ type, args }: Condition): string | undefined {
  if (type === 'and' || type === 'or' || type === 'not')
    return (args as Condition[]).map(conditionProblem).find((complaint) => complaint !== undefined);
  if (!(type in ORDERS) && type !== 'between') return undefined;
  const wrong = args.find(
    (arg) => !Array.isArray(arg) && !isFunction(arg) && !ORDERED_TYPES.includes(typeOf(arg as AttributeValue)),
  );
  if (wrong === undefined) return undefined;
  return `Incorrect operand type for operator or function; operator or function: ${type.toUpperCase()}, operand type: ${typeOf(wrong as AttributeValue)}`;
}

/** One condition of the parameters from before there were expressions: `Expected`, `QueryFilter`, `ScanFilter`. */
export interface LegacyCondition {
  readonly ComparisonOperator?: string;
  readonly AttributeValueList?: readonly AttributeValue[];
  readonly Value?: AttributeValue;
  readonly Exists?: boolean;
}

export function evaluateLegacyConditions(
  conditions: Readonly<Record<string, LegacyCondition>>,
  operator: unknown,
  item: AttributeMap,
): boolean {
  const holds = Object.entries(conditions).map(([name, condition]) => evaluateLegacyCondition(condition, readPath([name], item)));
  return operator === 'OR' ? holds.includes(true) : !holds.includes(false);
}

const LEGACY_ORDERS: Readonly<Record<string, string>> = { LT: '<', LE: '<=', GT: '>', GE: '>=' };

function evaluateLegacyCondition(condition: LegacyCondition, value: AttributeValue | undefined): boolean {
  const { Value, AttributeValueList = Value === undefined ? [] : [Value], Exists } = condition;
  const [first, second] = AttributeValueList;
  const operator = condition.ComparisonOperator ?? (Exists === false ? 'NULL' : 'EQ');
  const order = LEGACY_ORDERS[operator];
  if (order !== undefined) return isOrdered(order, value, first);
  switch (operator) {
    case 'EQ':
      return areEqual(value, first);
    case 'NE':
      return !areEqual(value, first);
    case 'NULL':
      return value === undefined;
    case 'NOT_NULL':
      return value !== undefined;
    case 'CONTAINS':
      return doesContain(value, first);
    case 'NOT_CONTAINS':
      return !doesContain(value, first);
    case 'BEGINS_WITH':
      return doesBeginWith(value, first);
    case 'IN':
      return AttributeValueList.some((one) => areEqual(value, one));
    case 'BETWEEN':
      return isOrdered('>=', value, first) && isOrdered('<=', value, second);
    default:
      throw new Error(`no comparison ${operator} is known`);
  }
}
