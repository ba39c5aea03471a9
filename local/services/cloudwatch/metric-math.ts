import { MonitoringError } from './errors.ts';

/** One value for each period; undefined where there is none. */
export type Series = readonly (number | undefined)[];
type Value = number | Series | readonly Series[];
type Evaluate = (given: Given) => Value;

interface Given {
  readonly series: ReadonlyMap<string, Series>;
  readonly times: readonly number[];
}

/** An expression of metric math, ready to be evaluated over the series of the metrics it names. */
export interface MetricMath {
  /** The ids it names. */
  readonly ids: readonly string[];
  /**
   * @param given - a series for each id, all as long; those of `METRICS()` among them
   * @param times - when each period began, for `EPOCH`; seconds since 1970
   */
  evaluate(given: ReadonlyMap<string, Series>, times?: readonly number[]): Series;
}

const TOKEN = /\s*(?:(\d+(?:\.\d+)?)|([A-Za-z]\w*)|"([^"]*)"|(&&|\|\||[<>=!]=|[-+*/^()[\],<>]))/y;
const FUNCTIONS = 'ABS, AVG, CEIL, EPOCH, FILL, FLOOR, IF, MAX, METRICS, MIN and SUM';

/** Operators from the weakest to the strongest. */
const LEVELS: readonly (readonly string[])[] = [
  ['||', 'OR'],
  ['&&', 'AND'],
  ['==', '!=', '<', '>', '<=', '>='],
  ['+', '-'],
  ['*', '/'],
];

const OPERATORS: Readonly<Record<string, (one: number, other: number) => number>> = {
  '+': (one, other) => one + other,
  '-': (one, other) => one - other,
  '*': (one, other) => one * other,
  '/': (one, other) => one / other,
  '^': (one, other) => one ** other,
  '==': (one, other) => Number(one === other),
  '!=': (one, other) => Number(one !== other),
  '<': (one, other) => Number(one < other),
  '>': (one, other) => Number(one > other),
  '<=': (one, other) => Number(one <= other),
  '>=': (one, other) => Number(one >= other),
  '&&': (one, other) => Number(one !== 0 && other !== 0),
  '||': (one, other) => Number(one !== 0 || other !== 0),
};

/**
 * Read an expression of metric math.
 *
 * @param where - for messages
 * @throws MonitoringError that names what is not known
 * @source CloudWatch User Guide, "Metric math syntax and functions"
 */
export function readMetricMath(expression: string, where: string): MetricMath {
  const parser = new Parser(expression, where);
  const evaluate = parser.parse();
  return {
    ids: [...parser.ids],
    evaluate: (series, times = []) => {
      const length = Math.max(0, ...[...series.values()].map((one) => one.length));
      const value = evaluate({ series, times });
      if (typeof value === 'number') return new Array<number>(length).fill(value);
      if (isList(value)) throw new MonitoringError(where, `${expression} gives several series: an alarm needs one`);
      return value;
    },
  };
}

class Parser {
  readonly ids = new Set<string>();
  private readonly tokens: readonly string[];
  private next = 0;

  constructor(
    private readonly expression: string,
    private readonly where: string,
  ) {
    this.tokens = this.split(expression);
  }

  private split(expression: string): readonly string[] {
    const tokens: string[] = [];
    const token = new RegExp(TOKEN);
    while (token.lastIndex < expression.trimEnd().length) {
      const start = token.lastIndex;
      const found = token.exec(expression);
      if (found === null) return this.refuse(`"${expression.slice(start).trim()}" is not understood`);
      tokens.push(found[0].trim());
    }
    return tokens;
  }

  parse(): Evaluate {
    const evaluate = this.parseLevel(0);
    if (this.next < this.tokens.length) this.refuse(`"${this.peek()}" was not expected`);
    return evaluate;
  }

  private parseLevel(depth: number): Evaluate {
    const operators = LEVELS[depth];
    if (operators === undefined) return this.parsePower();
    let left = this.parseLevel(depth + 1);
    while (operators.includes(this.peek())) {
      const operate = operatorOf(this.take());
      const [one, other] = [left, this.parseLevel(depth + 1)];
      left = (given) => combine(one(given), other(given), operate);
    }
    return left;
  }

  private parsePower(): Evaluate {
    if (this.peek() === '-') {
      this.take();
      const negated = this.parsePower();
      return (given) => map(negated(given), (value) => -value);
    }
    const base = this.parsePrimary();
    if (this.peek() !== '^') return base;
    const operate = operatorOf(this.take());
    const exponent = this.parsePower();
    return (given) => combine(base(given), exponent(given), operate);
  }

  private parsePrimary(): Evaluate {
    const token = this.take();
    if (token === '(') return this.closedBy(')', this.parseLevel(0));
    if (token === '[') {
      const members = this.list(']');
      return (given) => members.map((member) => seriesOf(member(given)));
    }
    if (/^\d/.test(token)) return () => Number(token);
    if (this.peek() === '(') return this.parseCall(token);
    if (!/^[a-z]\w*$/.test(token)) this.refuse(`"${token}" is not understood: ids begin with a small letter`);
    this.ids.add(token);
    return ({ series }) => series.get(token) ?? [];
  }

  private parseCall(name: string): Evaluate {
    this.take();
    if (name === 'METRICS') return this.metrics();
    if (name === 'FILL') return this.fill();
    const members = this.list(')');
    const [first, second, third] = members;
    if (name === 'EPOCH' && first !== undefined && second === undefined) {
      return (given) => seriesOf(first(given)).map((point, index) => (point === undefined ? undefined : given.times[index]));
    }
    if (name === 'IF' && first !== undefined && second !== undefined) {
      return (given) => choose(first(given), second(given), third?.(given));
    }
    const aggregate = AGGREGATES[name];
    if (aggregate !== undefined && first !== undefined && second === undefined) return (given) => reduce(first(given), aggregate);
    const each = EACH[name];
    if (each !== undefined && first !== undefined && second === undefined) return (given) => map(first(given), each);
    return this.refuse(`${name} with ${String(members.length)} arguments is not known here: there are ${FUNCTIONS}`);
  }

  private metrics(): Evaluate {
    const part = this.peek().startsWith('"') ? this.take().slice(1, -1) : '';
    return this.closedBy(')', ({ series }) => [...series].filter(([id]) => id.includes(part)).map(([, one]) => one));
  }

  private fill(): Evaluate {
    const filled = this.parseLevel(0);
    this.expect(',');
    if (this.peek() === 'LINEAR') this.refuse('FILL with LINEAR is not known here: write a number or REPEAT');
    if (this.peek() === 'REPEAT') {
      this.take();
      return this.closedBy(')', (given) => eachSeries(filled(given), repeat));
    }
    const filler = this.parseLevel(0);
    return this.closedBy(')', (given) => {
      const value = filler(given);
      const at = (index: number) => (typeof value === 'number' ? value : seriesOf(value)[index]);
      return eachSeries(filled(given), (series) => series.map((point, index) => point ?? at(index)));
    });
  }

  private list(end: string): Evaluate[] {
    const members: Evaluate[] = [];
    while (this.peek() !== end) {
      if (members.length > 0) this.expect(',');
      members.push(this.parseLevel(0));
    }
    this.take();
    return members;
  }

  private closedBy(end: string, evaluate: Evaluate): Evaluate {
    this.expect(end);
    return evaluate;
  }

  private expect(token: string): void {
    if (this.take() !== token) this.refuse(`"${token}" is missing`);
  }

  private peek(): string {
    return this.tokens[this.next] ?? '';
  }

  private take(): string {
    this.next += 1;
    return this.tokens[this.next - 1] ?? this.refuse('it ends too early');
  }

  private refuse(why: string): never {
    throw new MonitoringError(this.where, `the expression ${this.expression} cannot be evaluated: ${why}`);
  }
}

const AGGREGATES: Readonly<Record<string, (values: readonly number[]) => number>> = {
  SUM: (values) => values.reduce((sum, value) => sum + value, 0),
  AVG: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  MIN: (values) => Math.min(...values),
  MAX: (values) => Math.max(...values),
};

const EACH: Readonly<Record<string, (value: number) => number>> = { ABS: Math.abs, CEIL: Math.ceil, FLOOR: Math.floor };

const operatorOf = (token: string) => OPERATORS[token === 'AND' ? '&&' : token === 'OR' ? '||' : token] ?? ((one: number) => one);

const isList = (value: Value): value is readonly Series[] =>
  Array.isArray(value) && value.some((member) => Array.isArray(member));

const seriesOf = (value: Value): Series => (typeof value === 'number' || isList(value) ? [] : value);

/** A result that is no number, as of a division by zero, is no data point. */
const orNone = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);

function eachSeries(value: Value, change: (series: Series) => Series): Value {
  if (typeof value === 'number') return value;
  return isList(value) ? value.map(change) : change(value);
}

function map(value: Value, change: (value: number) => number): Value {
  if (typeof value === 'number') return change(value);
  return eachSeries(value, (series) => series.map((point) => (point === undefined ? undefined : orNone(change(point)))));
}

function combine(one: Value, other: Value, operate: (one: number, other: number) => number): Value {
  if (typeof one === 'number' && typeof other === 'number') return operate(one, other);
  if (isList(one)) return one.map((series) => seriesOf(combine(series, other, operate)));
  if (isList(other)) return other.map((series) => seriesOf(combine(one, series, operate)));
  const length = typeof one === 'number' ? seriesOf(other).length : one.length;
  return Array.from({ length }, (_, index) => {
    const [left, right] = [at(one, index), at(other, index)];
    return left === undefined || right === undefined ? undefined : orNone(operate(left, right));
  });
}

function at(value: number | Series, index: number): number | undefined {
  return typeof value === 'number' ? value : value[index];
}

/** Without a third argument there is no data point where the condition is not met. */
function choose(condition: Value, met: Value, otherwise: Value | undefined): Value {
  const [one, other] = [
    typeof met === 'number' ? met : seriesOf(met),
    typeof otherwise === 'number' ? otherwise : seriesOf(otherwise ?? []),
  ];
  if (typeof condition === 'number') return condition !== 0 ? one : other;
  return seriesOf(condition).map((point, index) => (point === undefined ? undefined : at(point !== 0 ? one : other, index)));
}

/** Of several series one series; of one series one number, as CloudWatch has it. */
function reduce(value: Value, aggregate: (values: readonly number[]) => number): Value {
  const present = (points: Series) => points.filter((point) => point !== undefined);
  if (typeof value === 'number') return value;
  if (!isList(value)) return present(value).length === 0 ? [] : aggregate(present(value));
  const length = Math.max(0, ...value.map((series) => series.length));
  return Array.from({ length }, (_, index) => {
    const points = present(value.map((series) => series[index]));
    return points.length === 0 ? undefined : aggregate(points);
  });
}

function repeat(series: Series): Series {
  let last: number | undefined;
  return series.map((point) => (last = point ?? last));
}
