import conditionParser from 'dynalite/db/conditionParser.js';
import db from 'dynalite/db/index.js';
import projectionParser from 'dynalite/db/projectionParser.js';
import updateParser from 'dynalite/db/updateParser.js';
import { evaluateCondition, evaluateLegacyConditions } from './conditions.ts';
import type { Condition, LegacyCondition } from './conditions.ts';
import { withOperandCheck, withSyntaxCheck, withCache } from './expressions.ts';
import { dynamoDbError, validationError } from './model.ts';
import type { AttributeMap, AttributeValue, Table } from './model.ts';
import { pickPaths } from './paths.ts';
import type { Path } from './paths.ts';

/** A checked input, as far as what it asks of items goes. */
interface CheckedInput {
  readonly IndexName?: string;
  readonly Select?: string;
  readonly ConditionalOperator?: string;
  readonly Expected?: Readonly<Record<string, LegacyCondition>>;
  readonly QueryFilter?: Readonly<Record<string, LegacyCondition>>;
  readonly ScanFilter?: Readonly<Record<string, LegacyCondition>>;
  readonly AttributesToGet?: readonly string[];
  readonly _condition?: { readonly expression: Condition };
  readonly _filter?: { readonly expression: Condition };
  readonly _projection?: { readonly paths: readonly Path[] };
}

let installed = false;

/**
 * Put our own evaluators in the place of dynalite's: for this thread, once.
 *
 * @remarks dynalite parses expressions as DynamoDB does. What it makes of them with an item at hand takes empty texts for absent ones,
 * compares lists and maps by identity, bytes as texts and texts by their UTF-16 units, lets a path go into JavaScript's own members,
 * and adds numbers beyond 38 digits.
 */
export function installEvaluators(): void {
  if (installed) return;
  installed = true;
  conditionParser.parse = withCache(withSyntaxCheck(withOperandCheck(conditionParser.parse)));
  projectionParser.parse = withCache(withSyntaxCheck(projectionParser.parse));
  updateParser.parse = withCache(withSyntaxCheck(updateParser.parse));
  db.compare = (operator, left, right) =>
    evaluateLegacyConditions({ value: conditionOf(operator, right) }, 'AND', { value: left as AttributeValue });
  db.mapPaths = (paths, item) => pickPaths(paths.map(asPath), item);
  db.checkConditional = (data, existing = {}) =>
    meetsCondition(data as CheckedInput, existing)
      ? null
      : dynamoDbError('ConditionalCheckFailedException', 'The conditional request failed');
  db.queryTable = withSelection(db.queryTable);
}

const asPath = (path: string | Path): Path => (typeof path === 'string' ? [path] : path);

const conditionOf = (operator: string, values: unknown): LegacyCondition => ({
  ComparisonOperator: operator,
  AttributeValueList: [values].flat() as AttributeValue[],
});

function meetsCondition(
  { _condition: condition, Expected: expected, ConditionalOperator: operator }: CheckedInput,
  item: AttributeMap,
) {
  if (condition !== undefined) return evaluateCondition(condition.expression, item);
  return expected === undefined || evaluateLegacyConditions(expected, operator, item);
}

/** Let dynalite find the items of a Query or Scan; which of them are answered, and what of them, is decided here. */
function withSelection(queryTable: typeof db.queryTable): typeof db.queryTable {
  return (...[store, table, data, options, isLocal, fetches, startKeyNames, callback]) => {
    const asked = data as CheckedInput;
    const paths = asked._projection?.paths ?? asked.AttributesToGet?.map(asPath);
    const lacking = missingAttributes(table, asked.IndexName, paths ?? []);
    if (lacking.length > 0 && isLocal !== true) {
      const names = `Global secondary index ${String(asked.IndexName)} does not project [${lacking.join(', ')}]`;
      callback(validationError(`One or more parameter values were invalid: ${names}`));
      return;
    }
    const { _filter, QueryFilter, ScanFilter, _projection, AttributesToGet, Select, ...all } = data;
    queryTable(store, table, all, options, isLocal, fetches || lacking.length > 0, startKeyNames, (error, answer) => {
      if (error || !answer) {
        callback(error, answer);
        return;
      }
      const found = (answer['Items'] as AttributeMap[]).filter((item) => meetsFilter(asked, item));
      const { Items: _all, ...rest } = answer;
      const items = paths ? found.map((item) => pickPaths(paths, item)) : found;
      callback(null, { ...rest, Count: found.length, ...(asked.Select !== 'COUNT' && { Items: items }) });
    });
  };
}

function meetsFilter(
  { _filter: filter, QueryFilter, ScanFilter, ConditionalOperator: operator }: CheckedInput,
  item: AttributeMap,
) {
  if (filter !== undefined) return evaluateCondition(filter.expression, item);
  const conditions = QueryFilter ?? ScanFilter;
  return conditions === undefined || evaluateLegacyConditions(conditions, operator, item);
}

/** The attributes that are asked for and that an index does not hold. */
function missingAttributes(table: Table, indexName: string | undefined, paths: readonly Path[]): string[] {
  const index = [...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])].find(
    (one) => one.IndexName === indexName,
  );
  if (index === undefined || index.Projection.ProjectionType === 'ALL') return [];
  const keys = [...table.KeySchema, ...index.KeySchema].map((key) => key.AttributeName);
  const held = new Set([...keys, ...(index.Projection.NonKeyAttributes ?? [])]);
  return [...new Set(paths.map(([name]) => String(name)))].filter((name) => !held.has(name));
}
