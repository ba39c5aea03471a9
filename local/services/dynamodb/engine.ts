import { Stream } from 'node:stream';
import type deleteItem from 'dynalite/actions/deleteItem.js';
import db from 'dynalite/db/index.js';
import type { DynaliteFailure } from 'dynalite/db/index.js';
import validations from 'dynalite/validations/index.js';
import { ServiceError } from '../../errors.ts';
import { indexKey, indexPrefix, itemBytes, itemsPrefix } from './capacity.ts';
import type { ItemWrite } from './capacity.ts';
import { checkValues } from './limits.ts';
import { dynamoDbError } from './model.ts';
import type { AttributeMap, Input, Table } from './model.ts';
import type { Range, Store } from './store.ts';

/** @unit bytes @source DynamoDB, "Item size": 400 KB */
export const MAX_ITEM_BYTES = 409_600;

export type Action = typeof deleteItem;
export interface Validation {
  readonly types: unknown;
  readonly custom?: unknown;
}
/** An input after dynalite looked at it: unknown members are gone, expressions are parsed. */
export type Checked = Record<string, unknown>;
type Callback<T = unknown> = (error: Error | null, answer?: T) => void;

// What a write changes in indexes is worked out from the item before and after (dynamodb-capacity.ts); dynalite's way of it costs more
// than the write itself, and would come to nothing.
db.updateIndexes = (...[, , , , callback]) => {
  callback();
};

/** What an action of dynalite did, before anything of it is staged. */
export interface WriteOutcome {
  readonly answer: Record<string, unknown>;
  readonly write: ItemWrite;
}

/**
 * dynalite's checks and actions over our store.
 *
 * @remarks An action gets a stand-in for dynalite's own store that calls back at once and only notes what is to be written. So an action
 * runs from its read to its last write without a pause, nothing is locked, and several actions can be staged as one.
 */
export class Engine {
  private readonly options = { maxItemSize: MAX_ITEM_BYTES };

  constructor(
    readonly store: Store,
    /** @throws ServiceError ResourceNotFoundException */
    readonly tableOf: (name: string) => Table,
  ) {}

  /** @throws ServiceError what DynamoDB refuses before it looks at any table */
  check(validation: Validation, input: Input): Checked {
    try {
      checkValues(input);
      const checked = validations.checkTypes(this.byName(input), validation.types);
      validations.checkValidations(checked, validation.types, validation.custom, { options: this.options });
      return checked;
    } catch (error) {
      throw asServiceError(error);
    }
  }

  /** Run a write without staging it. @param input - what was sent, for the members that dynalite does not know */
  write(action: Action, checked: Checked, input: Input): WriteOutcome {
    let table = undefined as Table | undefined;
    let key = '';
    let before: AttributeMap | undefined;
    let after: AttributeMap | undefined;
    const items = {
      lock: (_key: string, run: (release: (callback: Callback) => Callback) => void) => {
        run((callback) => callback);
      },
      get: (asked: string, callback: Callback<AttributeMap>) => {
        key = asked;
        before = this.item(String(checked['TableName']), asked);
        callback(null, before);
      },
      put: (_key: string, item: AttributeMap, callback: Callback) => {
        after = item;
        callback(table ? refusalOf(item, table, checked) : null);
      },
      del: (_key: string, callback: Callback) => {
        callback(null);
      },
    };
    try {
      const answer = runNow(
        action,
        {
          options: this.options,
          getTable: (name: string, callback: Callback<Table>) => {
            this.getTable(name, (error, found) => {
              table = found;
              callback(error, found);
            });
          },
          getItemDb: () => items,
        },
        checked,
      );
      if (!table) throw new Error('the action wrote without asking for its table');
      return { answer, write: { table, key, before, after } };
    } catch (error) {
      const refusal = asServiceError(error);
      const wanted = input['ReturnValuesOnConditionCheckFailure'] === 'ALL_OLD' && before !== undefined;
      if (!wanted || !isConditionFailure(refusal)) throw refusal;
      throw new ServiceError(refusal.code, refusal.message, refusal.statusCode, { fields: { Item: before } });
    }
  }

  /** Run a read of one item. */
  get(action: Action, checked: Checked): { answer: Record<string, unknown>; item: AttributeMap | undefined } {
    let item: AttributeMap | undefined;
    const items = {
      get: (key: string, callback: Callback<AttributeMap>) => {
        item = this.item(String(checked['TableName']), key);
        callback(null, item);
      },
    };
    try {
      const answer = runNow(action, { getTable: this.getTable, getItemDb: () => items }, checked);
      return { answer, item };
    } catch (error) {
      throw asServiceError(error);
    }
  }

  /** Run a Query or Scan. @returns also the sizes of what was read in the index or table, and of what was fetched besides. */
  search(action: Action, checked: Checked): Promise<{ answer: Record<string, unknown>; read: number[]; fetched: number[] }> {
    const read: number[] = [];
    const fetched: number[] = [];
    const name = String(checked['TableName']);
    const values = (prefix: string, range: Range) =>
      new Values(this.store.pages(prefix, range), (item) => read.push(itemBytes(item)));
    const items = {
      createValueStream: (range: Range) => values(itemsPrefix(name), range),
      get: (key: string, callback: Callback<AttributeMap>) => {
        const item = this.item(name, key);
        if (item) fetched.push(itemBytes(item));
        callback(null, item);
      },
    };
    const store = {
      getTable: this.getTable,
      getItemDb: () => items,
      getIndexDb: (_kind: string, _table: string, index: string) => ({
        createValueStream: (range: Range) => values(indexPrefix(name, index), this.startAfterKey(checked, index, range)),
      }),
    };
    return new Promise((resolve, reject) => {
      action(store, checked, (error, answer) => {
        if (error) reject(asServiceError(error));
        else resolve({ answer: answer ?? {}, read, fetched });
      });
    });
  }

  /** A table may be named by its ARN. */
  private byName(input: Input): Record<string, unknown> {
    const { TableName: arn } = input;
    if (typeof arn !== 'string' || !arn.startsWith('arn:')) return { ...input };
    const name = arn.slice(arn.lastIndexOf('/') + 1);
    if (this.tableOf(name).TableArn !== arn) throw dynamoDbError('ResourceNotFoundException', 'Requested resource not found');
    return { ...input, TableName: name };
  }

  private item(table: string, key: string): AttributeMap | undefined {
    return this.store.read(itemsPrefix(table) + key) as AttributeMap | undefined;
  }

  /** dynalite's `getTable`, for actions on items: without a table name it calls back with none. */
  private readonly getTable = (name: string, callback: Callback<Table>): void => {
    let table: Table;
    try {
      table = this.tableOf(name);
    } catch {
      callback(dynamoDbError('ResourceNotFoundException', 'Requested resource not found'));
      return;
    }
    callback(null, table);
  };

  /** dynalite starts a page of an index after its own short key; ours is longer and would show the last item again. */
  private startAfterKey(checked: Checked, indexName: string, range: Range): Range {
    const start = checked['ExclusiveStartKey'] as AttributeMap | undefined;
    const table = this.tableOf(String(checked['TableName']));
    const indexes = [...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])];
    const index = indexes.find((one) => one.IndexName === indexName);
    if (start === undefined || index === undefined) return range;
    const whole = indexKey(start, table, index);
    const short = db.createIndexKey(start, table, index.KeySchema);
    return { ...range, ...(range.gt === short && { gt: whole }), ...(range.lt === short && { lt: whole }) };
  }
}

function runNow(action: Action, store: unknown, checked: Checked): Record<string, unknown> {
  const outcomes: { error: Error | null | undefined; answer: Record<string, unknown> | undefined }[] = [];
  action(store, checked, (error, answer) => {
    outcomes.push({ error, answer });
  });
  const [outcome] = outcomes;
  if (outcome === undefined) throw new Error('dynalite did not answer at once'); // or two calls could read the same and both write
  if (outcome.error instanceof Error) throw outcome.error;
  return outcome.answer ?? {};
}

/** What dynalite does not look at in an item that is about to be written. */
function refusalOf(item: AttributeMap, table: Table, checked: Checked): Error | null {
  for (const index of [...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])]) {
    for (const { AttributeName: name } of index.KeySchema) {
      const value = item[name];
      if (value?.['S'] !== '' && value?.['B'] !== '') continue;
      return db.validationError(
        'One or more parameter values are not valid. A value specified for a secondary index key is not supported. ' +
          `The AttributeValue for a key attribute cannot contain an empty ${value['S'] === '' ? 'string' : 'binary'} value. ` +
          `IndexName: ${index.IndexName}, IndexKey: ${name}`,
      );
    }
  }
  if (itemBytes(item) <= MAX_ITEM_BYTES) return null;
  return db.validationError(
    checked['Item'] !== undefined
      ? 'Item size has exceeded the maximum allowed size'
      : 'Item size to update has exceeded the maximum allowed size',
  );
}

export function isConditionFailure(error: ServiceError): boolean {
  return error.code.endsWith('#ConditionalCheckFailedException');
}

/** An error of dynalite as ours; what is neither is a fault of the stand-in. */
function asServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  const { body, statusCode } = error as Partial<DynaliteFailure>;
  if (body === undefined) throw error;
  return new ServiceError(body.__type, body.message ?? body.Message ?? '', statusCode, { cause: error });
}

/**
 * A stream as far as dynalite's `lazy` needs one: it emits `data`, then `end`, until it is destroyed.
 *
 * @remarks It must be a `Stream`: of any other emitter dynalite would take each value twice.
 */
class Values extends Stream {
  private destroyed = false;

  constructor(
    pages: AsyncGenerator<unknown[], void, void>,
    private readonly onItem: (item: AttributeMap) => void,
  ) {
    super();
    this.run(pages).catch((error: unknown) => {
      this.emit('error', error);
    });
  }

  destroy(): void {
    this.destroyed = true;
  }

  private async run(pages: AsyncGenerator<unknown[], void, void>): Promise<void> {
    for await (const page of pages) {
      for (const item of page) {
        if (this.destroyed) break;
        this.onItem(item as AttributeMap);
        this.emit('data', item);
      }
      if (this.destroyed) break;
    }
    this.emit('end');
  }
}
