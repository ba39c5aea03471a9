import putItem from 'dynalite/actions/putItem.js';
import checksOfPut from 'dynalite/validations/putItem.js';
import { ServiceError } from '../errors.ts';
import { Consumption, detailOf, effectOf } from './dynamodb-capacity.ts';
import type { WriteEffect } from './dynamodb-capacity.ts';
import { isConditionFailure } from './dynamodb-engine.ts';
import type { ItemOperation } from './dynamodb-items.ts';
import type { Engine, Written } from './dynamodb-engine.ts';
import { isMap, validationError } from './dynamodb-model.ts';
import type { AttributeMap, Input } from './dynamodb-model.ts';

/** @source DynamoDB, "BatchExecuteStatement": 25 statements */
const MAX_STATEMENTS = 25;
const THROTTLED = {
  Code: 'ProvisionedThroughputExceeded',
  Message: 'The level of configured provisioned throughput for the table was exceeded.',
};

/** `INSERT INTO "table" VALUE {'name': ?, …}`: an attribute for each parameter. */
interface Insert {
  readonly table: string;
  readonly attributes: readonly string[];
}

/** Statements as they were read: clients send few different texts. */
const known = new Map<string, Insert>();
const MOST_KNOWN = 1_000;

/**
 * BatchExecuteStatement with INSERT statements, each of one new item; every other statement of PartiQL is refused by name.
 *
 * @remarks An INSERT is conditional: it fails alone, with `DuplicateItem`, when there is an item of that key.
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
    const { insert, item } = readStatement(statement);
    if (strike !== undefined && (strike + place) % 2 === 0) return { TableName: insert.table, Error: THROTTLED };
    let written: Written;
    try {
      written = insertOne(engine, insert.table, item);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      return { TableName: insert.table, Error: asStatementError(error) };
    }
    const target = `${insert.table}/${written.write.key}`;
    if (seen.has(target)) throw validationError('All statements of a batch must be on different items');
    seen.add(target);
    const effect = effectOf(written.write);
    effects.push(effect);
    consumption.addWrite(insert.table, effect);
    return { TableName: insert.table };
  });
  engine.store.stage(effects.flatMap((effect) => effect.changes));
  await engine.store.settled();
  return { Responses: responses, ConsumedCapacity: consumption.toWire(detailOf(input)) };
};

function insertOne(engine: Engine, table: string, item: AttributeMap): Written {
  const [key] = engine.tableOf(table).KeySchema;
  const input: Input = {
    TableName: table,
    Item: item,
    ConditionExpression: 'attribute_not_exists(#key)',
    ExpressionAttributeNames: { '#key': key?.AttributeName },
  };
  return engine.write(putItem, engine.check(checksOfPut, input), input);
}

function asStatementError(error: ServiceError): { Code: string; Message: string } {
  if (isConditionFailure(error)) return { Code: 'DuplicateItem', Message: 'Duplicate primary key exists in table' };
  const code = error.code.slice(error.code.indexOf('#') + 1);
  return { Code: code === 'ResourceNotFoundException' ? 'ResourceNotFound' : 'ValidationError', Message: error.message };
}

function readStatement(statement: unknown): { insert: Insert; item: AttributeMap } {
  if (!isMap(statement) || typeof statement['Statement'] !== 'string')
    throw validationError("each of 'Statements' needs 'Statement', a text of PartiQL");
  const insert = insertOf(statement['Statement']);
  const parameters = statement['Parameters'] ?? [];
  if (!Array.isArray(parameters) || parameters.length !== insert.attributes.length) {
    throw validationError(
      `Number of parameters in request and statement don't match. The statement has ${String(insert.attributes.length)}`,
    );
  }
  const item = Object.fromEntries(insert.attributes.map((name, place) => [name, (parameters as unknown[])[place]]));
  return { insert, item: item as AttributeMap };
}

const INSERT = /^\s*INSERT\s+INTO\s+(?:"([\w.-]+)"|([\w]+))\s+VALUE\s*\{(.*)\}\s*;?\s*$/is;
const ATTRIBUTE = /^\s*'((?:[^']|'')+)'\s*:\s*\?\s*$/;

function insertOf(text: string): Insert {
  const before = known.get(text);
  if (before !== undefined) return before;
  const [, quoted, plain, body = ''] = INSERT.exec(text) ?? [];
  const table = quoted ?? plain;
  if (table === undefined) throw unsupported(text);
  const attributes = body.split(',').map((part) => {
    const [, name] = ATTRIBUTE.exec(part) ?? [];
    if (name === undefined) throw unsupported(text);
    return name.replaceAll("''", "'");
  });
  if (known.size >= MOST_KNOWN) known.clear();
  const insert = { table, attributes };
  known.set(text, insert);
  return insert;
}

const unsupported = (text: string) =>
  validationError(
    `PartiQL: only INSERT INTO "table" VALUE {'name': ?, …} is supported locally, with a parameter for each value: got ${text.slice(0, 200)}`,
  );
