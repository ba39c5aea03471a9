import deleteItem from 'dynalite/actions/deleteItem.js';
import getItem from 'dynalite/actions/getItem.js';
import putItem from 'dynalite/actions/putItem.js';
import query from 'dynalite/actions/query.js';
import scan from 'dynalite/actions/scan.js';
import checksOfBatchGet from 'dynalite/validations/batchGetItem.js';
import checksOfBatchWrite from 'dynalite/validations/batchWriteItem.js';
import checksOfDelete from 'dynalite/validations/deleteItem.js';
import checksOfGet from 'dynalite/validations/getItem.js';
import checksOfPut from 'dynalite/validations/putItem.js';
import checksOfQuery from 'dynalite/validations/query.js';
import checksOfScan from 'dynalite/validations/scan.js';
import checksOfUpdate from 'dynalite/validations/updateItem.js';
import { ServiceError } from '../../errors.ts';
import { Consumption, detailOf, effectOf, INDEX_KINDS, itemBytes, readUnits } from './capacity.ts';
import type { ItemWrite, WriteEffect } from './capacity.ts';
import { metricsOf } from './collections.ts';
import type { Action, Engine, Validation } from './engine.ts';
import { checkSegments, checkSelect } from './limits.ts';
import { isMap, validationError } from './model.ts';
import type { AttributeMap, Input, Table } from './model.ts';
import { updateItem } from './update.ts';

/** @source DynamoDB, "BatchWriteItem": 25 requests, all tables together */
const MAX_BATCH_WRITES = 25;
/** @unit bytes @source DynamoDB, "BatchGetItem" */
const MAX_BATCH_GET_BYTES = 16 * 1024 * 1024;

type ItemResponse = Record<string, unknown>;
/** Answers one call. @param strike - how often a fault made this operation do only part of its work, when it is to do so now */
export type ItemOperation = (engine: Engine, input: Input, strike?: number) => Promise<ItemResponse>;

export const put: ItemOperation = (engine, input) => writeOne(engine, putItem, checksOfPut, input);
export const update: ItemOperation = (engine, input) => writeOne(engine, updateItem, checksOfUpdate, input);
export const remove: ItemOperation = (engine, input) => writeOne(engine, deleteItem, checksOfDelete, input);

async function writeOne(engine: Engine, action: Action, checks: Validation, input: Input): Promise<ItemResponse> {
  checkReturnOnFailure(input);
  const checked = engine.check(checks, input);
  let written;
  try {
    written = engine.write(action, checked, input);
  } catch (error) {
    await engine.store.settled(); // the refusal may show what is not yet on disk
    throw error;
  }
  const effect = effectOf(written.write);
  engine.store.stage(effect.changes);
  await engine.store.settled();
  const metrics = metricsOf([written.write], input)?.[written.write.table.TableName]?.[0];
  return {
    ...written.answer,
    ConsumedCapacity: consumedBy(written.write.table, effect, input),
    ...(metrics && { ItemCollectionMetrics: metrics }),
  };
}

function checkReturnOnFailure(input: Input): void {
  const wanted = input['ReturnValuesOnConditionCheckFailure'];
  if (wanted === undefined || wanted === 'NONE' || wanted === 'ALL_OLD') return;
  throw validationError(
    `1 validation error detected: Value '${JSON.stringify(wanted)}' at 'returnValuesOnConditionCheckFailure' failed to satisfy constraint: ` +
      'Member must satisfy enum value set: [ALL_OLD, NONE]',
  );
}

function consumedBy(table: Table, effect: WriteEffect, input: Input): unknown {
  const consumption = new Consumption();
  consumption.addWrite(table.TableName, effect);
  return consumption.toWire(detailOf(input))?.[0];
}

export const get: ItemOperation = async (engine, input) => {
  const checked = engine.check(checksOfGet, input);
  const { answer, item } = engine.get(getItem, checked);
  await engine.store.settled();
  const consumption = new Consumption();
  consumption.addTable(String(checked['TableName']), readUnits(item ? itemBytes(item) : 0, checked['ConsistentRead'] === true));
  return { ...answer, ConsumedCapacity: consumption.toWire(detailOf(input))?.[0] };
};

export const queryItems: ItemOperation = (engine, input) => search(engine, query, checksOfQuery, input);
export const scanItems: ItemOperation = (engine, input) => search(engine, scan, checksOfScan, input);

async function search(engine: Engine, action: Action, checks: Validation, input: Input): Promise<ItemResponse> {
  const consistent = input['ConsistentRead'] === true;
  const checked = engine.check(checks, input);
  checkSelect(checked);
  checkSegments(checked);
  const index = checked['IndexName'] as string | undefined;
  const name = String(checked['TableName']);
  if (index !== undefined && consistent && isGlobal(engine.tableOf(name), index)) {
    throw validationError('Consistent reads are not supported on global secondary indexes');
  }
  // dynalite counts sizes of its own when it is asked for capacity.
  const { answer, read, fetched } = await engine.search(action, { ...checked, ReturnConsumedCapacity: 'NONE' });
  const scanned = answer['ScannedCount'] as number; // what was read ahead of it does not count
  const bytes = read.slice(0, scanned).reduce((sum, one) => sum + one, 0);
  const consumption = new Consumption();
  const units = readUnits(bytes, consistent);
  const kind = INDEX_KINDS.find((one) => (engine.tableOf(name)[one] ?? []).some((each) => each.IndexName === index));
  if (index === undefined || kind === undefined) consumption.addTable(name, units);
  else {
    consumption.addTable(
      name,
      fetched.slice(0, scanned).reduce((sum, one) => sum + readUnits(one, consistent), 0),
    );
    consumption.addIndex(name, kind, index, units);
  }
  return { ...answer, ConsumedCapacity: consumption.toWire(detailOf(input))?.[0] };
}

function isGlobal(table: Table, index: string): boolean {
  return table.GlobalSecondaryIndexes?.some((one) => one.IndexName === index) ?? false;
}

/** @remarks AWS promises no atomicity for a batch; here what is written of it is written at once. */
export const batchWrite: ItemOperation = async (engine, input, strike) => {
  refuseEmptyBatch(input, 'BatchWriteItem');
  const asked = input['RequestItems'];
  const count = isMap(asked)
    ? Object.values(asked).reduce((sum: number, list) => sum + (Array.isArray(list) ? list.length : 0), 0)
    : 0;
  if (count > MAX_BATCH_WRITES) throw validationError('Too many items requested for the BatchWriteItem call');
  const checked = engine.check(checksOfBatchWrite, input);
  const consumption = new Consumption();
  const effects: WriteEffect[] = [];
  const writes: ItemWrite[] = [];
  const unprocessed: Record<string, unknown[]> = {};
  let position = strike ?? 0;
  for (const [name, requests] of Object.entries(checked['RequestItems'] as Record<string, ItemResponse[]>)) {
    const seen = new Set<string>();
    for (const request of requests) {
      const { write } = writeOfBatch(engine, name, request);
      if (seen.has(write.key)) throw validationError('Provided list of item keys contains duplicates');
      seen.add(write.key);
      if (strike !== undefined && count > 1 && position++ % 2 === 0) {
        (unprocessed[name] ??= []).push(request);
        continue;
      }
      const effect = effectOf(write);
      effects.push(effect);
      writes.push(write);
      consumption.addWrite(name, effect);
    }
  }
  engine.store.stage(effects.flatMap((effect) => effect.changes));
  await engine.store.settled();
  const metrics = metricsOf(writes, input);
  return {
    UnprocessedItems: unprocessed,
    ConsumedCapacity: consumption.toWire(detailOf(input)),
    ...(metrics && { ItemCollectionMetrics: metrics }),
  };
};

function refuseEmptyBatch({ RequestItems: asked }: Input, operation: string): void {
  if (isMap(asked) && Object.keys(asked).length === 0)
    throw validationError(`The requestItems parameter is required for ${operation}`);
}

function writeOfBatch(engine: Engine, name: string, request: ItemResponse) {
  const { Item: item } = (request['PutRequest'] ?? {}) as { Item?: AttributeMap };
  const { Key: key } = (request['DeleteRequest'] ?? {}) as { Key?: AttributeMap };
  try {
    return item
      ? engine.write(putItem, { TableName: name, Item: item }, {})
      : engine.write(deleteItem, { TableName: name, Key: key }, {});
  } catch (error) {
    if (!(error instanceof ServiceError) || !/Missing the key|Type mismatch for key/.test(error.message)) throw error;
    throw validationError('The provided key element does not match the schema');
  }
}

interface KeysAndAttributes {
  readonly Keys: readonly AttributeMap[];
  readonly ConsistentRead?: boolean;
  readonly [more: string]: unknown;
}

/** @remarks Items come in the order of the keys; AWS promises none. */
export const batchGet: ItemOperation = async (engine, input, strike) => {
  refuseEmptyBatch(input, 'BatchGetItem');
  const asked = structuredClone(input['RequestItems']) as Record<string, KeysAndAttributes>; // the checks write into it
  const checked = engine.check(checksOfBatchGet, input);
  const consumption = new Consumption();
  const responses: Record<string, unknown[]> = {};
  const unprocessed: Record<string, KeysAndAttributes> = {};
  let bytes = 0;
  let position = strike ?? 0;
  for (const [name, { Keys, ...rest }] of Object.entries(checked['RequestItems'] as Record<string, KeysAndAttributes>)) {
    const found: unknown[] = (responses[name] = []);
    const left: AttributeMap[] = [];
    for (const Key of Keys) {
      const { answer, item } = engine.get(getItem, { ...rest, TableName: name, Key });
      const size = item ? itemBytes(item) : 0;
      const skip = (strike !== undefined && position++ % 2 === 0) || bytes + size > MAX_BATCH_GET_BYTES;
      if (skip) {
        left.push(Key);
        continue;
      }
      bytes += size;
      consumption.addTable(name, readUnits(size, rest.ConsistentRead === true));
      if (answer['Item'] !== undefined) found.push(answer['Item']);
    }
    if (left.length > 0) unprocessed[name] = { ...asked[name], Keys: left };
  }
  await engine.store.settled();
  return { Responses: responses, UnprocessedKeys: unprocessed, ConsumedCapacity: consumption.toWire(detailOf(input)) };
};
