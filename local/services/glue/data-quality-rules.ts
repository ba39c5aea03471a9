import type { Condition, Rule, Value } from './data-quality-language.ts';
import { RulesetError } from './data-quality-language.ts';

/** What a table has to be asked for a rule: numbers, each an aggregate over all rows, or a statement of its own. */
interface RuleQuery {
  readonly aggregates: readonly string[];
  readonly statements: readonly string[];
}

/** What became of a rule. */
export interface Verdict {
  readonly result: 'PASS' | 'FAIL' | 'ERROR';
  readonly message?: string;
  /** As Glue names them, such as `Dataset.*.RowCount`. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** Numbers of a query's aggregates, then of its statements. */
type Numbers = readonly number[];

/** How a rule is evaluated. */
export interface Evaluation {
  readonly query: RuleQuery;
  judge(this: void, numbers: Numbers): Verdict;
}

/** @source Glue developer guide, "DQDL reference", ColumnDataType */
const DATA_TYPES: Readonly<Record<string, string>> = {
  BOOLEAN: 'BOOLEAN',
  DATE: 'DATE',
  TIMESTAMP: 'TIMESTAMP',
  INTEGER: 'INT',
  DOUBLE: 'DOUBLE',
  FLOAT: 'FLOAT',
  LONG: 'BIGINT',
};

const ROWS = 'count(*)';
const NO_QUERY: RuleQuery = { aggregates: [], statements: [] };

/**
 * How to find out whether a rule holds of a table that Spark calls `primary`.
 *
 * @remarks A value that is absent fits no condition. AWS does not say so of each rule.
 * @param columns - names of the table's columns
 * @throws RulesetError for a type that there is not
 */
export function evaluationOf(rule: Rule, columns: readonly string[]): Evaluation {
  const { kind, operands, condition } = rule;
  const [operand = ''] = operands;
  const stranger = kind === 'CustomSql' || kind === 'ColumnExists' ? undefined : operands.find((name) => !has(columns, name));
  if (stranger !== undefined)
    return { query: NO_QUERY, judge: () => ({ result: 'ERROR', message: `Column ${stranger} does not exist`, metrics: {} }) };
  switch (kind) {
    case 'RowCount':
      return measured([ROWS], [], ([rows = 0]) => ['Dataset.*.RowCount', rows], condition);
    case 'ColumnCount':
      return measured([], [], () => ['Dataset.*.ColumnCount', columns.length], condition);
    case 'ColumnExists':
      return {
        query: NO_QUERY,
        judge: () =>
          has(columns, operand)
            ? { result: 'PASS', metrics: {} }
            : { result: 'FAIL', message: `Column ${operand} does not exist`, metrics: {} },
      };
    case 'IsComplete':
    case 'Completeness':
      return measured(
        [`count(${quoted(operand)})`, ROWS],
        [],
        ([some = 0, rows = 0]) => [`Column.${operand}.Completeness`, part(some, rows)],
        condition ?? ALL,
      );
    case 'IsUnique':
    case 'Uniqueness':
      return measured(
        [`count(${quoted(operand)})`],
        [uniqueRows([operand])],
        ([rows = 0, unique = 0]) => [`Column.${operand}.Uniqueness`, part(unique, rows)],
        condition ?? ALL,
      );
    case 'IsPrimaryKey':
      return measured(
        [ROWS],
        [uniqueRows(operands)],
        ([rows = 0, unique = 0]) => [`Multicolumn.${operands.join(',')}.Uniqueness`, part(unique, rows)],
        ALL,
      );
    case 'ColumnValues':
      return fitting(rule, expressionOf(quoted(operand), condition ?? ALL));
    case 'ColumnLength':
      return fitting(rule, expressionOf(`length(${quoted(operand)})`, condition ?? ALL));
    case 'ColumnDataType':
      return fitting(rule, `${quoted(operand)} IS NULL OR try_cast(${quoted(operand)} AS ${dataType(rule)}) IS NOT NULL`);
    case 'CustomSql':
      return measured([], [operand], ([number = 0]) => ['Dataset.*.CustomSQL', number], condition);
  }
}

const ALL: Condition = { operator: '=', value: 1 };

/** A number, and what it has to be. */
function measured(
  aggregates: readonly string[],
  statements: readonly string[],
  measure: (numbers: Numbers) => readonly [metric: string, value: number],
  condition: Condition = ALL,
): Evaluation {
  return {
    query: { aggregates, statements },
    judge: (numbers) => {
      const [metric, value] = measure(numbers);
      return { ...verdict(holds(value, condition), value), metrics: { [metric]: value } };
    },
  };
}

/** The part of the rows of which an expression is true. */
function fitting({ operands: [column = ''], threshold = ALL, kind }: Rule, expression: string): Evaluation {
  return measured(
    [`count_if(coalesce(${expression}, false))`, ROWS],
    [],
    ([some = 0, rows = 0]) => [`Column.${column}.${kind}.Compliance`, part(some, rows)],
    threshold,
  );
}

/** Of no rows, everything is true. */
const part = (some: number, rows: number) => (rows === 0 ? 1 : some / rows);

const has = (columns: readonly string[], name: string) => columns.some((column) => column.toLowerCase() === name.toLowerCase());

const uniqueRows = (columns: readonly string[]) => {
  const list = columns.map(quoted).join(', ');
  const present = columns.map((column) => `${quoted(column)} IS NOT NULL`).join(' AND ');
  return `SELECT count(*) FROM (SELECT ${list} FROM primary WHERE ${present} GROUP BY ${list} HAVING count(*) = 1)`;
};

function verdict(isHeld: boolean, value: number): Pick<Verdict, 'result' | 'message'> {
  return isHeld
    ? { result: 'PASS' }
    : { result: 'FAIL', message: `Value: ${String(value)} does not meet the constraint requirement!` };
}

/** Whether a number is as it has to be. */
function holds(number: number, condition: Condition): boolean {
  switch (condition.operator) {
    case 'between':
      return (number > condition.low && number < condition.high) !== condition.isNot;
    case 'in':
      return condition.values.includes(number) !== condition.isNot;
    case 'matches':
      return new RegExp(condition.pattern).test(String(number)) !== condition.isNot;
    case '=':
      return number === condition.value;
    case '!=':
      return number !== condition.value;
    case '>':
      return number > Number(condition.value);
    case '<':
      return number < Number(condition.value);
    case '>=':
      return number >= Number(condition.value);
    case '<=':
      return number <= Number(condition.value);
  }
}

/** The same, in Spark's SQL. */
function expressionOf(value: string, condition: Condition): string {
  const negated = (expression: string, isNot: boolean) => (isNot ? `NOT (${expression})` : expression);
  switch (condition.operator) {
    case 'between':
      return negated(`${value} > ${literal(condition.low)} AND ${value} < ${literal(condition.high)}`, condition.isNot);
    case 'in':
      return negated(`${value} IN (${condition.values.map(literal).join(', ')})`, condition.isNot);
    case 'matches':
      return negated(`${value} RLIKE ${literal(condition.pattern)}`, condition.isNot);
    default:
      return `${value} ${condition.operator === '!=' ? '<>' : condition.operator} ${literal(condition.value)}`;
  }
}

const quoted = (column: string) => `\`${column.replaceAll('`', '``')}\``;

const literal = (value: Value) =>
  typeof value === 'number' ? String(value) : `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

function dataType({ condition, text }: Rule): string {
  const wanted = condition?.operator === '=' ? String(condition.value) : '';
  const type = DATA_TYPES[wanted.toUpperCase()];
  if (type === undefined) throw new RulesetError(text, `write one of ${Object.keys(DATA_TYPES).join(', ')}`);
  return type;
}
