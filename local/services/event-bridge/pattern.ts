/** An event pattern that cannot be evaluated here. */
export class EventPatternError extends Error {
  override readonly name = 'EventPatternError';
  readonly code = 'EVENT_PATTERN';

  constructor(
    /** Where in the pattern, such as `detail.object.key`. */
    readonly field: string,
    what: string,
  ) {
    super(`event pattern, ${field}: ${what}`);
  }
}

/** Whether a value, or one element of it when it is a list, fits. `undefined`: the event has no such field. */
type Matcher = (value: unknown) => boolean;

const OPERATORS = ['prefix', 'suffix', 'anything-but', 'exists', 'numeric'] as const;
const COMPARISONS: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  '=': (value, limit) => value === limit,
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
};

/**
 * Make a test of events out of an event pattern.
 *
 * @returns whether an event matches: every field of the pattern must, and of a field's list one entry
 * @throws EventPatternError for what AWS refuses, and for operators that are not known here
 * @source Amazon EventBridge User Guide, "Comparison operators for use in event patterns"
 */
export function compilePattern(pattern: Readonly<Record<string, unknown>>): (event: unknown) => boolean {
  if (Object.keys(pattern).length === 0) throw new EventPatternError('{}', 'write at least one field, such as "source"');
  return compileFields(pattern, '');
}

function compileFields(pattern: object, path: string): Matcher {
  const fields = Object.entries(pattern).map(([name, wanted]: [string, unknown]) => {
    const field = path === '' ? name : `${path}.${name}`;
    if (name.startsWith('$'))
      throw new EventPatternError(field, `${name} is not supported locally: write a rule for each alternative`);
    return [name, compileField(wanted, field)] as const;
  });
  const matches = (value: unknown): boolean => {
    const members: Readonly<Record<string, unknown>> = isObject(value) ? value : {};
    return fields.every(([name, matcher]) => matcher(Object.hasOwn(members, name) ? members[name] : undefined));
  };
  return (value) => (Array.isArray(value) ? value.some(matches) : matches(value));
}

function compileField(wanted: unknown, field: string): Matcher {
  if (isObject(wanted)) return compileFields(wanted, field);
  if (!Array.isArray(wanted) || wanted.length === 0) {
    throw new EventPatternError(field, `write a list of values, such as ["aws.s3"]: got ${JSON.stringify(wanted)}`);
  }
  const matchers = wanted.map((entry: unknown) => compileEntry(entry, field));
  return (value) => matchers.some((matcher) => matcher(value));
}

function compileEntry(entry: unknown, field: string): Matcher {
  if (!isObject(entry)) return ofElements(equals(scalar(entry, field)));
  const [operator = '', ...more] = Object.keys(entry);
  if (more.length > 0) throw new EventPatternError(field, `write one operator in each object: got ${JSON.stringify(entry)}`);
  const operand = entry[operator];
  switch (operator) {
    case 'prefix':
    case 'suffix':
      return ofElements(edge(operator, operand, field));
    case 'numeric':
      return ofElements(numeric(operand, field));
    case 'anything-but':
      return ofElements(anythingBut(operand, field));
    case 'exists': {
      if (typeof operand !== 'boolean')
        throw new EventPatternError(field, `exists takes true or false: got ${JSON.stringify(operand)}`);
      // "Exists match only works on leaf nodes": an object is none.
      return (value) => (value !== undefined && !isObject(value)) === operand;
    }
    default:
      throw new EventPatternError(field, `the operator ${operator} is not supported locally: there are ${OPERATORS.join(', ')}`);
  }
}

/** Every operator but exists needs a leaf, and of a list one element. */
function ofElements(matches: (element: string | number | boolean | null) => boolean): Matcher {
  return (value) => {
    const elements: readonly unknown[] = Array.isArray(value) ? value : [value];
    return elements.some((element) => isScalar(element) && matches(element));
  };
}

const equals = (wanted: unknown) => (value: unknown) => value === wanted;

function edge(operator: 'prefix' | 'suffix', operand: unknown, field: string): (value: unknown) => boolean {
  if (typeof operand !== 'string') {
    throw new EventPatternError(field, `${operator} takes a text locally: got ${JSON.stringify(operand)}`);
  }
  return operator === 'prefix'
    ? (value) => typeof value === 'string' && value.startsWith(operand)
    : (value) => typeof value === 'string' && value.endsWith(operand);
}

function anythingBut(operand: unknown, field: string): (value: unknown) => boolean {
  if (isObject(operand)) {
    const [operator, ...more] = Object.keys(operand);
    if ((operator !== 'prefix' && operator !== 'suffix') || more.length > 0) {
      throw new EventPatternError(field, `anything-but takes values, prefix or suffix locally: got ${JSON.stringify(operand)}`);
    }
    const texts = listOf(operand[operator]).map((one) => edge(operator, one, field));
    return (value) => typeof value === 'string' && !texts.some((matches) => matches(value));
  }
  const values = listOf(operand).map((one) => scalar(one, field));
  return (value) => !values.includes(value as (typeof values)[number]);
}

function numeric(operand: unknown, field: string): (value: unknown) => boolean {
  const parts = Array.isArray(operand) ? (operand as readonly unknown[]) : [];
  const tests: ((value: number) => boolean)[] = [];
  for (let index = 0; index < parts.length; index += 2) {
    const compare = COMPARISONS[String(parts[index])];
    const limit = parts[index + 1];
    if (compare === undefined || typeof limit !== 'number') break;
    tests.push((value) => compare(value, limit));
  }
  if (tests.length === 0 || tests.length * 2 !== parts.length) {
    throw new EventPatternError(field, `numeric takes comparisons, such as [">", 0, "<=", 5]: got ${JSON.stringify(operand)}`);
  }
  return (value) => typeof value === 'number' && tests.every((passes) => passes(value));
}

function scalar(value: unknown, field: string): string | number | boolean | null {
  if (isScalar(value)) return value;
  throw new EventPatternError(field, `write a text, a number, true, false or null: got ${JSON.stringify(value)}`);
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);
const isScalar = (value: unknown): value is string | number | boolean | null =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
