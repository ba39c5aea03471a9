import { INDEX_KINDS } from './capacity.ts';
import { isMap, validationError } from './model.ts';
import type { Index, Input, KeySchema, Table } from './model.ts';

/** @source DynamoDB, "Service, account, and table quotas": 20 of an index, 100 of all indexes of a table */
const MAX_NON_KEY_ATTRIBUTES = 20;
const MAX_NON_KEY_ATTRIBUTES_OF_TABLE = 100;

const invalid = (what: string) => validationError(`One or more parameter values were invalid: ${what}`);

/** What dynalite does not look at in CreateTable. @param checked - the input, as dynalite let it pass */
export function checkIndexes(checked: Input): void {
  const indexes = INDEX_KINDS.flatMap((kind) => (checked[kind] ?? []) as Index[]);
  for (const { Projection } of indexes) checkProjection(Projection);
  const projected = indexes.reduce((sum, { Projection }) => sum + (Projection.NonKeyAttributes ?? []).length, 0);
  if (projected > MAX_NON_KEY_ATTRIBUTES_OF_TABLE)
    throw invalid(
      `Number of projected attributes exceeds per-table limit of ${String(MAX_NON_KEY_ATTRIBUTES_OF_TABLE)}, got ${String(projected)}`,
    );
  checkDefinitions(checked, indexes);
  if (checked['BillingMode'] === 'PAY_PER_REQUEST') return;
  for (const { IndexName, ProvisionedThroughput } of (checked['GlobalSecondaryIndexes'] ?? []) as Index[])
    if (ProvisionedThroughput === undefined)
      throw invalid(`ReadCapacityUnits and WriteCapacityUnits must both be specified for index: ${IndexName}`);
}

function checkProjection({ ProjectionType, NonKeyAttributes: names }: Index['Projection']): void {
  if (ProjectionType === 'INCLUDE' && names === undefined)
    throw invalid('ProjectionType is INCLUDE, but NonKeyAttributes is not specified');
  if (names === undefined) return;
  if (names.length > MAX_NON_KEY_ATTRIBUTES)
    throw validationError(
      `1 validation error detected: Value '[${names.join(', ')}]' at 'nonKeyAttributes' failed to satisfy constraint: ` +
        `Member must have length less than or equal to ${String(MAX_NON_KEY_ATTRIBUTES)}`,
    );
  const repeated = names.find((name, place) => names.indexOf(name) !== place);
  if (repeated !== undefined) throw invalid(`Duplicate element in NonKeyAttributes: ${repeated}`);
}

function checkDefinitions(checked: Input, indexes: readonly Index[]): void {
  const defined = (checked['AttributeDefinitions'] as { readonly AttributeName: string }[]).map((one) => one.AttributeName);
  if (new Set(defined).size < defined.length) throw validationError('Cannot have two attributes with the same name');
  const schemas = [checked['KeySchema'] as KeySchema, ...indexes.map((index) => index.KeySchema)];
  const used = new Set(schemas.flat().map((key) => key.AttributeName));
  if (defined.every((name) => used.has(name))) return;
  throw invalid(
    `Some AttributeDefinitions are not used. AttributeDefinitions: [${defined.join(', ')}], keys used: [${[...used].join(', ')}]`,
  );
}

/** @param table - whose throughput is to change, when nothing else of it does */
export function checkThroughput(wanted: Input, table: Table | undefined): void {
  const names = ['ReadCapacityUnits', 'WriteCapacityUnits'];
  for (const name of names) {
    const units = wanted[name];
    if (typeof units === 'number' && units >= 1) continue;
    const member = `provisionedThroughput.${name.charAt(0).toLowerCase()}${name.slice(1)}`;
    throw validationError(
      `1 validation error detected: Value '${String(units)}' at '${member}' failed to satisfy constraint: ` +
        'Member must have value greater than or equal to 1',
    );
  }
  const current = table?.['ProvisionedThroughput'];
  if (!isMap(current) || names.some((name) => current[name] !== wanted[name])) return;
  const facts = names.map(
    (name) => `Current ${name} provisioned for the table: ${String(current[name])}. Requested ${name}: ${String(wanted[name])}.`,
  );
  throw validationError(
    'The provisioned throughput for the table will not change. The requested value equals the current value. ' +
      `${facts.join(' ')} Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.`,
  );
}
