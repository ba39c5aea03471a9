import putItem from 'dynalite/actions/putItem.js';
import checksOfPut from 'dynalite/validations/putItem.js';
import checksOfUpdate from 'dynalite/validations/updateItem.js';
import { ServiceError } from '../../errors.ts';
import { Consumption, detailOf, effectOf } from './capacity.ts';
import type { WriteEffect } from './capacity.ts';
import { isConditionFailure } from './engine.ts';
import type { ItemOperation } from './items.ts';
import type { Engine, WriteOutcome } from './engine.ts';
import { isMap, validationError } from './model.ts';
import type { AttributeMap, Input } from './model.ts';
import { updateItem } from './update.ts';

/** @source DynamoDB, "BatchExecuteStatement": 25 statements */
const MAX_STATEMENTS = 25;
const THROTTLED = {
  Code: 'ProvisionedThroughputExceeded',
  Message: 'The level of configured provisioned throughput for the table was exceeded.',
};

/** `INSERT INTO "table" VALUE {'name': ?, …}`: an attribute for each parameter. */
interface Insert {
  readonly kind: 'INSERT';
  readonly table: string;
  readonly attributes: readonly string[];
}

/** `UPDATE "table" SET "name" = ? … REMOVE "name" … WHERE "name" = ? AND …`: parameters for the sets, then for the conditions. */
interface Update {
  readonly kind: 'UPDATE';
  readonly table: string;
  readonly sets: readonly string[];
  readonly removals: readonly string[];
  readonly conditions: readonly string[];
}

/** Statements as they were read: clients send few different texts. */
const parsedStatements = new Map<string, Insert | Update>();
const MAX_PARSED_STATEMENTS = 1_000;

/**
 * BatchExecuteStatement with statements that write one item each; every other statement of PartiQL is refused by name.
 *
 * @remarks Each is conditional and fails alone: an INSERT with `DuplicateItem` when there is an item of that key, an UPDATE with
 * `ConditionalCheckFailed` when there is none, or one of which the conditions are not true.
 */
export const batchExecute: ItemOperation = async (engine, input, strike) => {
  const statements = input['Statements'];
  if (!Array.isArray(statements) || statements.length === 0 || statements.length > MAX_STATEMENTS) {
    throw validationError(
      `1 validation error detected: Value at 'statements' failed to satisfy constraint: Member must have length between 1 and ${String(MAX_STATEMENTS)}`,
    );
  }
  const consumption = new Consumption();
  const effects: WriteEffect[] = [];
  const seen = new Set<string>();
  const responses = (statements as unknown[]).map((statement, place) => {
    const { write, parameters } = readStatement(statement);
    const { table } = write;
    if (strike !== undefined && (strike + place) % 2 === 0) return { TableName: table, Error: THROTTLED };
    let written: WriteOutcome;
    try {
      written = write.kind === 'INSERT' ? insertOne(engine, write, parameters) : updateOne(engine, write, parameters);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      return { TableName: table, Error: asStatementError(error, write) };
    }
    const target = `${table}/${written.write.key}`;
    if (seen.has(target)) throw validationError('All statements of a batch must be on different items');
    seen.add(target);
    const effect = effectOf(written.write);
    effects.push(effect);
    consumption.addWrite(table, effect);
    return { TableName: table };
  });
  engine.store.stage(effects.flatMap((effect) => effect.changes));
  await engine.store.settled();
  return { Responses: responses, ConsumedCapacity: consumption.toWire(detailOf(input)) };
};

function insertOne(engine: Engine, { table, attributes }: Insert, parameters: readonly unknown[]): WriteOutcome {
  const [key] = engine.tableOf(table).KeySchema;
  const input: Input = {
    TableName: table,
    Item: attributesOf(attributes, parameters),
    ConditionExpression: 'attribute_not_exists(#key)',
    ExpressionAttributeNames: { '#key': key?.AttributeName },
  };
  return engine.write(putItem, engine.check(checksOfPut, input), input);
}

function updateOne(engine: Engine, update: Update, parameters: readonly unknown[]): WriteOutcome {
  const { table, sets, removals, conditions } = update;
  const keys = engine.tableOf(table).KeySchema.map(({ AttributeName }) => AttributeName);
  const asked = attributesOf(conditions, parameters.slice(sets.length));
  const missing = keys.find((key) => !(key in asked));
  if (missing !== undefined)
    throw validationError(`Where clause does not contain a mandatory equality on all key attributes: ${missing}`);
  const others = conditions.filter((name) => !keys.includes(name));
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  const nameOf = (name: string) => {
    const token = `#n${String(Object.keys(names).length)}`;
    names[token] = name;
    return token;
  };
  const valueOf = (value: unknown) => {
    const token = `:v${String(Object.keys(values).length)}`;
    values[token] = value;
    return token;
  };
  const changes = [
    ...(sets.length === 0
      ? []
      : [`SET ${sets.map((name, place) => `${nameOf(name)} = ${valueOf(parameters[place])}`).join(', ')}`]),
    ...(removals.length === 0 ? [] : [`REMOVE ${removals.map(nameOf).join(', ')}`]),
  ];
  const exists = `attribute_exists(${nameOf(keys[0] ?? '')})`;
  const input: Input = {
    TableName: table,
    Key: Object.fromEntries(keys.map((key) => [key, asked[key]])),
    UpdateExpression: changes.join(' '),
    ConditionExpression: [exists, ...others.map((name) => `${nameOf(name)} = ${valueOf(asked[name])}`)].join(' AND '),
    ExpressionAttributeNames: names,
    ...(Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: values }),
  };
  return engine.write(updateItem, engine.check(checksOfUpdate, input), input);
}

const attributesOf = (names: readonly string[], values: readonly unknown[]) =>
  Object.fromEntries(names.map((name, place) => [name, values[place]])) as AttributeMap;

function asStatementError(error: ServiceError, { kind }: Insert | Update): { Code: string; Message: string } {
  if (isConditionFailure(error))
    return kind === 'INSERT'
      ? { Code: 'DuplicateItem', Message: 'Duplicate primary key exists in table' }
      : { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' };
  const code = error.code.slice(error.code.indexOf('#') + 1);
  return { Code: code === 'ResourceNotFoundException' ? 'ResourceNotFound' : 'ValidationError', Message: error.message };
}

function readStatement(statement: unknown): { write: Insert | Update; parameters: readonly unknown[] } {
  if (!isMap(statement) || typeof statement['Statement'] !== 'string')
    throw validationError("each of 'Statements' needs 'Statement', a text of PartiQL");
  const write = writeOf(statement['Statement']);
  const wanted = write.kind === 'INSERT' ? write.attributes.length : write.sets.length + write.conditions.length;
  const parameters = statement['Parameters'] ?? [];
  if (!Array.isArray(parameters) || parameters.length !== wanted) {
    throw validationError(`Number of parameters in request and statement don't match. The statement has ${String(wanted)}`);
  }
  return { write, parameters };
}

const INSERT = /^\s*INSERT\s+INTO\s+(?:"([\w.-]+)"|([\w]+))\s+VALUE\s*\{(.*)\}\s*;?\s*$/is;
const ATTRIBUTE = /^\s*'((?:[^']|'')+)'\s*:\s*\?\s*$/;
const UPDATE = /^\s*UPDATE\s+(?:"([\w.-]+)"|([\w]+))\s+((?:SET|REMOVE)\s.*?)\s+WHERE\s+(.*?)\s*;?\s*$/is;
const CHANGE = /\s*(?:SET\s+(?:"([^"]+)"|(\w+))\s*=\s*\?|REMOVE\s+(?:"([^"]+)"|(\w+)))(?=\s|$)/iy;
const CONDITION = /^\s*(?:"([^"]+)"|(\w+))\s*=\s*\?\s*$/;

function writeOf(text: string): Insert | Update {
  const before = parsedStatements.get(text);
  if (before !== undefined) return before;
  const write = insertOf(text) ?? updateOf(text);
  if (write === undefined) throw unsupported(text);
  if (parsedStatements.size >= MAX_PARSED_STATEMENTS) parsedStatements.clear();
  parsedStatements.set(text, write);
  return write;
}

function insertOf(text: string): Insert | undefined {
  const [, quoted, plain, body = ''] = INSERT.exec(text) ?? [];
  const table = quoted ?? plain;
  if (table === undefined) return undefined;
  const attributes = body.split(',').map((part) => {
    const [, name] = ATTRIBUTE.exec(part) ?? [];
    if (name === undefined) throw unsupported(text);
    return name.replaceAll("''", "'");
  });
  return { kind: 'INSERT', table, attributes };
}

function updateOf(text: string): Update | undefined {
  const [, quoted, plain, changes = '', where = ''] = UPDATE.exec(text) ?? [];
  const table = quoted ?? plain;
  if (table === undefined) return undefined;
  const sets: string[] = [];
  const removals: string[] = [];
  for (CHANGE.lastIndex = 0; CHANGE.lastIndex < changes.length;) {
    const [, set, plainSet, removal, plainRemoval] = CHANGE.exec(changes) ?? [];
    const [name, removed] = [set ?? plainSet, removal ?? plainRemoval];
    if (name !== undefined) sets.push(name);
    else if (removed !== undefined) removals.push(removed);
    else throw unsupported(text);
  }
  const conditions = where.split(/\s+AND\s+/i).map((part) => {
    const [, name, plainName] = CONDITION.exec(part) ?? [];
    const condition = name ?? plainName;
    if (condition === undefined) throw unsupported(text);
    return condition;
  });
  return { kind: 'UPDATE', table, sets, removals, conditions };
}

const unsupported = (text: string) =>
  validationError(
    `PartiQL: only INSERT INTO "table" VALUE {'name': ?, …} and UPDATE "table" SET "name" = ? … REMOVE "name" … WHERE "name" = ? AND … are supported locally, with a parameter for each value: got ${text.slice(0, 200)}`,
  );
