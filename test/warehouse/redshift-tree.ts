import { AGGREGATES, FUNCTIONS, OPERATORS, RESERVED_WORDS, TYPES } from './redshift-words.ts';

/** A part of a statement, as PostgreSQL's parser has it: `{ SelectStmt: { … } }`, or such members without the outer name. */
type Tree = Readonly<Record<string, unknown>>;

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);
const treesIn = (value: unknown): Tree[] => (Array.isArray(value) ? value.filter(isTree) : []);
const treeIn = (value: unknown): Tree => (isTree(value) ? value : {});
const textIn = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The texts of a list of names. */
const names = (list: unknown): string[] => treesIn(list).map((one) => textIn(treeIn(one['String'])['sval']));

/** What is wrong with a statement. */
export function treeFindings(statement: unknown): string[] {
  const findings: string[] = [];
  const kind = Object.keys(treeIn(statement))[0] ?? '';
  if (!STATEMENTS.has(kind)) findings.push(`${kind}: Redshift has no such statement, or we do not use it`);
  walk(statement, '', findings);
  return findings;
}

const STATEMENTS: ReadonlySet<string> = new Set([
  ...['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'],
  ...['CreateStmt', 'CreateTableAsStmt', 'ViewStmt', 'CreateSchemaStmt', 'CreateRoleStmt', 'DropStmt', 'AlterTableStmt'],
  ...['CommentStmt', 'GrantStmt', 'GrantRoleStmt', 'LockStmt', 'VacuumStmt'],
]);

/** Look at every part. @param member - under which name the part stands, or its kind */
function walk(value: unknown, member: string, findings: string[]): void {
  if (Array.isArray(value)) {
    for (const one of value) walk(one, member, findings);
    return;
  }
  if (!isTree(value)) return;
  const check = CHECKS[member];
  if (check !== undefined) findings.push(...check(value));
  for (const [name, inner] of Object.entries(value)) walk(inner, name, findings);
}

const when = (isSo: boolean, finding: string): string[] => (isSo ? [finding] : []);

const nameFindings = (...written: readonly unknown[]): string[] =>
  written.flatMap((name) =>
    when(RESERVED_WORDS.has(textIn(name)), `${textIn(name)}: a reserved word of Redshift; choose another name`),
  );

/** By the kind of a part or by the member it stands under. */
const CHECKS: Readonly<Record<string, (part: Tree) => string[]>> = {
  InsertStmt: (insert) => [
    ...when('onConflictClause' in insert, 'ON CONFLICT: write MERGE'),
    ...when(insert['override'] !== undefined && insert['override'] !== 'OVERRIDING_NOT_SET', 'OVERRIDING: not in Redshift'),
    ...returning(insert),
  ],
  UpdateStmt: (update) => [...returning(update), ...equalityFindings(update, update['fromClause'])],
  DeleteStmt: (remove) => [
    ...returning(remove),
    ...when('alias' in treeIn(remove['relation']), 'DELETE FROM a table AS another name: write its own name'),
    ...equalityFindings(remove, remove['usingClause']),
  ],
  MergeStmt: mergeFindings,
  SelectStmt: (select) => [
    ...when(
      treesIn(select['distinctClause']).some((one) => Object.keys(one).length > 0),
      'DISTINCT ON: write ROW_NUMBER() in a subquery',
    ),
    ...when('lockingClause' in select, 'FOR UPDATE: write LOCK'),
    ...when(select['limitOption'] === 'LIMIT_OPTION_WITH_TIES', 'WITH TIES: not in Redshift'),
    ...when(select['all'] === true && select['op'] !== 'SETOP_UNION', 'INTERSECT ALL and EXCEPT ALL: not in Redshift'),
    ...when(select['groupDistinct'] === true, 'GROUP BY DISTINCT: not in Redshift'),
  ],
  RangeSubselect: (table) => [
    ...when(table['lateral'] === true, 'LATERAL: write a join'),
    ...when(
      'valuesLists' in treeIn(treeIn(table['subquery'])['SelectStmt']),
      'VALUES as a table: write SELECT … UNION ALL SELECT …',
    ),
  ],
  RangeFunction: () => ['a function as a table: not in Redshift'],
  RangeTableSample: () => ['TABLESAMPLE: not in Redshift'],
  JoinExpr: (join) => when(join['isNatural'] === true, 'NATURAL JOIN: say the columns'),
  CommonTableExpr: (table) => [
    ...nameFindings(table['ctename']),
    ...when(
      table['ctematerialized'] !== undefined && table['ctematerialized'] !== 'CTEMaterializeDefault',
      'MATERIALIZED: not in Redshift',
    ),
    ...when(!('SelectStmt' in treeIn(table['ctequery'])), 'a change inside WITH: write two statements'),
    ...when(
      'valuesLists' in treeIn(treeIn(table['ctequery'])['SelectStmt']),
      'VALUES as a table: write SELECT … UNION ALL SELECT …',
    ),
  ],
  withClause: (clause) => when(clause['recursive'] === true, 'WITH RECURSIVE: we do without'),
  GroupingSet: () => ['GROUPING SETS, ROLLUP and CUBE: write one SELECT for each, with UNION ALL'],
  A_ArrayExpr: () => ['ARRAY: not in Redshift'],
  A_Indirection: () => ['[…] and (…).name: not in Redshift'],
  A_Indices: () => ['[…]: not in Redshift'],
  MultiAssignRef: () => ['SET (…) = (…): set one column after the other'],
  RowExpr: () => ['a comparison of rows: compare their columns'],
  CurrentOfExpr: () => ['CURRENT OF: not in Redshift'],
  SQLValueFunction: () => ['CURRENT_DATE and its like: write GETDATE()'],
  MinMaxExpr: () => ['GREATEST and LEAST: write CASE, and say what is to become of NULL'],
  SubLink: (link) => when(link['subLinkType'] === 'ARRAY_SUBLINK', 'ARRAY: not in Redshift'),
  XmlExpr: () => ['XML: not in Redshift'],
  BooleanTest: () => ['IS TRUE and its like: write the condition, or COALESCE'],
  CollateClause: () => ['COLLATE: everything is compared byte by byte'],
  A_Expr: expressionFindings,
  FuncCall: callFindings,
  WindowDef: (window) => when('refname' in window || 'name' in window, 'WINDOW: write the window where it is used'),
  typeName: typeFindings,
  TypeName: typeFindings,
  ColumnDef: (column) => nameFindings(column['colname']),
  Constraint: (constraint) =>
    when(
      !['CONSTR_NOTNULL', 'CONSTR_NULL', 'CONSTR_DEFAULT', 'CONSTR_IDENTITY'].includes(textIn(constraint['contype'])),
      `${textIn(constraint['contype'])}: Redshift has NOT NULL, DEFAULT and IDENTITY, and keys for information`,
    ),
  CreateStmt: (table) => [
    ...when('inhRelations' in table || 'partspec' in table, 'INHERITS and PARTITION BY: not in Redshift'),
    ...when('options' in table || 'tablespacename' in table, 'WITH and TABLESPACE: not in Redshift'),
  ],
  relation: relationFindings,
  RangeVar: relationFindings,
  rel: relationFindings,
  ResTarget: (target) => nameFindings(target['name']),
  alias: (alias) => nameFindings(alias['aliasname'], ...names(alias['colnames'])),
  ColumnRef: (column) => nameFindings(...names(column['fields'])),
};

const returning = (statement: Tree) =>
  when('returningClause' in statement || 'returningList' in statement, 'RETURNING: SELECT afterwards');

function relationFindings(relation: Tree): string[] {
  return [
    ...nameFindings(relation['schemaname'], relation['relname']),
    ...when(relation['relpersistence'] === 'u', 'UNLOGGED: not in Redshift'),
  ];
}

/** "Target table must be part of an equijoin predicate", Redshift says of an UPDATE or DELETE with other tables. */
function equalityFindings(change: Tree, others: unknown): string[] {
  if (others === undefined) return [];
  const table = textIn(treeIn(change['relation'])['relname']);
  const isOf = (side: unknown) => names(treeIn(treeIn(side)['ColumnRef'])['fields']).at(-2) === table;
  const equals = conditionsOf(change['whereClause']).some((condition) => {
    const { kind, name, lexpr, rexpr } = treeIn(condition['A_Expr']);
    return kind === 'AEXPR_OP' && names(name)[0] === '=' && isOf(lexpr) !== isOf(rexpr);
  });
  return when(!equals, `UPDATE FROM and DELETE USING: say which column of ${table} equals one of the other table`);
}

/** What must all be true. */
function conditionsOf(where: unknown): Tree[] {
  const both = treeIn(treeIn(where)['BoolExpr']);
  return both['boolop'] === 'AND_EXPR' ? treesIn(both['args']).flatMap(conditionsOf) : [treeIn(where)];
}

/** @source Redshift developer guide, MERGE */
function mergeFindings(merge: Tree): string[] {
  const clauses = treesIn(merge['mergeWhenClauses']).map((clause) => treeIn(clause['MergeWhenClause']));
  const kinds = clauses.map(({ matchKind, commandType }) => `${textIn(matchKind)} ${textIn(commandType)}`);
  const isRedshift =
    kinds.length === 2 &&
    ['MERGE_WHEN_MATCHED CMD_UPDATE', 'MERGE_WHEN_MATCHED CMD_DELETE'].includes(kinds[0] ?? '') &&
    kinds[1] === 'MERGE_WHEN_NOT_MATCHED_BY_TARGET CMD_INSERT';
  return [
    ...when(!isRedshift, 'MERGE: write WHEN MATCHED THEN UPDATE or DELETE, then WHEN NOT MATCHED THEN INSERT'),
    ...when(
      clauses.some((clause) => 'condition' in clause),
      'MERGE: WHEN takes no further condition',
    ),
    ...when('alias' in treeIn(merge['relation']), 'MERGE INTO a table AS another name: write its own name'),
    ...when(
      !isQualified(merge['joinCondition'], treeIn(merge['relation'])),
      'MERGE INTO schema.table ON: write schema.table.column, since the target has no other name',
    ),
    ...when(!('RangeVar' in treeIn(merge['sourceRelation'])), 'MERGE USING a subquery: put it into a table first'),
    ...when('withClause' in merge, 'WITH before MERGE: put it into a table first'),
    ...returning(merge),
  ];
}

/** Whether every column of the target in a condition stands with all of the target's name. */
function isQualified(condition: unknown, target: Tree): boolean {
  const schema = textIn(target['schemaname']);
  const table = textIn(target['relname']);
  if (schema === '') return true;
  if (Array.isArray(condition)) return condition.every((part) => isQualified(part, target));
  if (!isTree(condition)) return true;
  const column = names(treeIn(condition['ColumnRef'])['fields']);
  if (column.length > 0) return column.at(-2) !== table || column.at(-3) === schema;
  return Object.values(condition).every((part) => isQualified(part, target));
}

function expressionFindings(expression: Tree): string[] {
  const kind = textIn(expression['kind']);
  if (['AEXPR_DISTINCT', 'AEXPR_NOT_DISTINCT'].includes(kind)) return ['IS DISTINCT FROM: compare COALESCE(…)'];
  if (['AEXPR_OP_ANY', 'AEXPR_OP_ALL'].includes(kind)) return ['ANY and ALL of an array: write IN'];
  if (kind === 'AEXPR_BETWEEN_SYM' || kind === 'AEXPR_NOT_BETWEEN_SYM') return ['BETWEEN SYMMETRIC: not in Redshift'];
  const operator = names(expression['name']).at(-1) ?? '';
  return when(!OPERATORS.has(operator), `the operator ${operator}: not in Redshift, or not on our list`);
}

/** FRAMEOPTION_NONDEFAULT of PostgreSQL: a frame was written. */
const HAS_FRAME = 1;

function callFindings(call: Tree): string[] {
  const written = names(call['funcname']);
  // The local engine's own, in place of a cast to VARCHAR, which counts bytes.
  if (written.join('.') === 'rs_compat.clip') return [];
  const name = written.at(-1) ?? '';
  const counts = FUNCTIONS.get(name);
  const given = treesIn(call['args']).length;
  // Written with words, as SUBSTRING (a FROM 2): the parser has looked at it.
  const isSqlSyntax = call['funcformat'] === 'COERCE_SQL_SYNTAX';
  const window = treeIn(call['over']);
  const isOrdered = treesIn(window['orderClause']).length > 0;
  const hasFrame = (Number(window['frameOptions'] ?? 0) & HAS_FRAME) !== 0;
  return [
    ...when(counts === undefined, `${name}(): not in Redshift, or not on our list`),
    ...when(
      counts !== undefined && !isSqlSyntax && (given < counts[0] || given > counts[1]),
      `${name}() with ${given} arguments: Redshift's page of it says ${counts?.join(' to ')}`,
    ),
    ...when('agg_filter' in call, 'FILTER: write CASE WHEN … THEN … END'),
    ...when('agg_order' in call || call['agg_within_group'] === true, 'ORDER BY inside an aggregate: not in Redshift'),
    ...when(
      AGGREGATES.has(name) && isOrdered && !hasFrame,
      `${name}() OVER (ORDER BY …): Redshift wants the frame, such as ROWS UNBOUNDED PRECEDING`,
    ),
    ...when(call['func_variadic'] === true, 'VARIADIC: not in Redshift'),
  ];
}

function typeFindings(type: Tree): string[] {
  const name = names(type['names']).at(-1) ?? '';
  return [
    ...when(
      !TYPES.has(name),
      `the type ${name}: write VARCHAR(n), SMALLINT, INTEGER, BIGINT, DECIMAL(p, s), DATE, TIMESTAMP, BOOLEAN or DOUBLE PRECISION`,
    ),
    ...when('arrayBounds' in type, 'an array: not in Redshift'),
  ];
}
