import {
  BatchExecuteStatementCommand,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  PutItemCommand,
  QueryCommand,
  type BatchStatementError,
  type BatchStatementRequest,
  type DynamoDBClient,
  type PutItemCommandInput,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { customerInvoiceKey, HEADER, INVOICE_PREFIX, LINES_PREFIX, PROFILE } from '../../domain/keys.ts';
import { mapConcurrently } from '../consumers/in-parallel.ts';
import {
  ItemRefusedError,
  UnreadableItemError,
  type CustomerInvoice,
  type CustomerProfile,
  type InvoiceHeader,
  type Ledger,
  type ProfileWrite,
} from '../consumers/ledger.ts';
import { fromStoredLines, toStoredLines } from './stored-lines.ts';
import {
  fromCustomerInvoiceItem,
  fromHeaderItem,
  fromProfileItem,
  toCustomerInvoiceItem,
  toHeaderItem,
  toProfileItem,
  type Item,
} from './dynamodb-items.ts';

/** Most keys of one BatchGetItem, most requests of one BatchWriteItem or BatchExecuteStatement. @source DynamoDB API reference */
const MOST_GETS = 100;
const MOST_WRITES = 25;
/** What a statement of a batch fails with when it may go through later. @source BatchStatementError in the DynamoDB API reference */
const BUSY = [
  'RequestLimitExceeded',
  'ProvisionedThroughputExceeded',
  'ThrottlingError',
  'InternalServerError',
  'TransactionConflict',
];
const CALLS_AT_ONCE = 8;
/** How often what DynamoDB left unprocessed is sent again: the waits add up to about 6 s. */
const ATTEMPTS = 9;

/** DynamoDB kept leaving keys or writes unprocessed. */
export class TableBusyError extends Error {
  override readonly name = 'TableBusyError';
  readonly code = 'TABLE_BUSY';

  constructor(
    readonly table: string,
    readonly unprocessed: number,
  ) {
    super(`table ${table} left ${String(unprocessed)} requests unprocessed ${String(ATTEMPTS)} times; the batch comes again`);
  }
}

/** DynamoDB refuses a statement for a reason that is not in the item, such as a missing right. */
export class StatementRefusedError extends Error {
  override readonly name = 'StatementRefusedError';
  readonly code = 'STATEMENT_REFUSED';
  readonly reason: string;

  constructor(
    readonly table: string,
    { Code, Message }: BatchStatementError,
  ) {
    super(`table ${table} refuses a statement: ${Code ?? 'no code'}: ${Message ?? 'no message'}; the batch comes again`);
    this.reason = Code ?? '';
  }
}

/** What a statement fails with when there is, or is no longer, what its condition asks for. @source as `BUSY` */
const CONDITION_FAILED = ['DuplicateItem', 'ConditionalCheckFailed'];
/** What a statement fails with for what is in its item. @source as `BUSY` */
const REFUSED_FOR_CONTENT = ['ValidationError', 'ItemCollectionSizeLimitExceeded'];

/** The ledger in its two DynamoDB tables. Calls still open at the deadline are given up. */
export function dynamoDbLedger(
  client: Pick<DynamoDBClient, 'send'>,
  tables: { readonly customers: string; readonly invoices: string },
  deadline: AbortSignal,
): Ledger {
  const options = { abortSignal: deadline };

  async function getAll(table: string, keys: readonly Item[]): Promise<Item[]> {
    const found = await mapConcurrently(batchesOf(keys, MOST_GETS), CALLS_AT_ONCE, async (portion) => {
      const items: Item[] = [];
      let left: Item[] = portion;
      for (let attempt = 0; left.length > 0; attempt++) {
        await backOff(attempt, table, left.length, deadline);
        const request = { RequestItems: { [table]: { Keys: left, ConsistentRead: true } } };
        const answer = await client.send(new BatchGetItemCommand(request), options);
        items.push(...(answer.Responses?.[table] ?? []));
        left = answer.UnprocessedKeys?.[table]?.Keys ?? [];
      }
      return items;
    });
    return found.flat();
  }

  async function writeAll(table: string, requests: readonly WriteRequest[]): Promise<void> {
    await mapConcurrently(batchesOf(requests, MOST_WRITES), CALLS_AT_ONCE, async (portion) => {
      let left: WriteRequest[] = portion;
      for (let attempt = 0; left.length > 0; attempt++) {
        await backOff(attempt, table, left.length, deadline);
        const answer = await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: left } }), options);
        left = answer.UnprocessedItems?.[table] ?? [];
      }
    });
  }

  async function queryAll(TableName: string, KeyConditionExpression: string, values: Item): Promise<Item[]> {
    const items: Item[] = [];
    let ExclusiveStartKey: Item | undefined;
    do {
      const request = { TableName, KeyConditionExpression, ExpressionAttributeValues: values, ConsistentRead: true };
      const answer = await client.send(
        new QueryCommand(ExclusiveStartKey === undefined ? request : { ...request, ExclusiveStartKey }),
        options,
      );
      items.push(...(answer.Items ?? []));
      ExclusiveStartKey = answer.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
    return items;
  }

  async function putUnless(input: PutItemCommandInput): Promise<boolean> {
    try {
      await client.send(new PutItemCommand(input), options);
      return true;
    } catch (cause) {
      if (cause instanceof ConditionalCheckFailedException) return false;
      if (cause instanceof Error && cause.name === 'ValidationException')
        throw new ItemRefusedError(String(input.TableName), cause.message, { cause });
      throw cause;
    }
  }

  /** Run statements, each with a condition of its own. @returns for each whether it was met, or why the item is refused */
  async function runStatements(table: string, statements: readonly BatchStatementRequest[]): Promise<StatementOutcome[]> {
    const outcomes: StatementOutcome[] = statements.map(() => false);
    let left = statements.map((statement, place) => ({ statement, place }));
    for (let attempt = 0; left.length > 0; attempt++) {
      await backOff(attempt, table, left.length, deadline);
      const Statements = left.map(({ statement }) => statement);
      const answer = await client.send(new BatchExecuteStatementCommand({ Statements }), options);
      left = left.filter(({ place }, at) => {
        const error = answer.Responses?.[at]?.Error;
        const code = error?.Code ?? '';
        if (error === undefined) outcomes[place] = true;
        else if (BUSY.includes(code)) return true;
        else if (REFUSED_FOR_CONTENT.includes(code))
          outcomes[place] = new ItemRefusedError(table, `${code}: ${error.Message ?? ''}`);
        else if (!CONDITION_FAILED.includes(code)) throw new StatementRefusedError(table, error);
        return false;
      });
    }
    return outcomes;
  }

  /** A new item of `Invoices`, sent with all others that are asked for at the same time. */
  const insertTogether = inBatches<Item, StatementOutcome>(MOST_WRITES, (items) =>
    runStatements(
      tables.invoices,
      items.map((item) => insertStatement(tables.invoices, item)),
    ),
  );
  const insert = (item: Item) => insertTogether(item).then(metOrThrow);

  const oneInvoice = async (customerId: string, ScanIndexForward: boolean) => {
    const answer = await client.send(
      new QueryCommand({
        TableName: tables.customers,
        KeyConditionExpression: 'customerId = :customer and begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':customer': { S: customerId }, ':prefix': { S: INVOICE_PREFIX } },
        ScanIndexForward,
        Limit: 1,
        ConsistentRead: true,
      }),
      options,
    );
    return answer.Items?.[0];
  };

  return {
    async headers(invoiceNos) {
      const items = await getAll(
        tables.invoices,
        invoiceNos.map((invoiceNo) => ({ invoiceNo: { S: invoiceNo }, sk: { S: HEADER } })),
      );
      return new Map(items.map((item) => [item['invoiceNo']?.S ?? '', readHeader(tables.invoices, item)]));
    },

    async profiles(customerIds) {
      const items = await getAll(
        tables.customers,
        customerIds.map((customerId) => ({ customerId: { S: customerId }, sk: { S: PROFILE } })),
      );
      return byKey(items.map(fromProfileItem), (profile: CustomerProfile) => profile.customerId);
    },

    async chunks(invoiceNo) {
      const values = { ':invoice': { S: invoiceNo }, ':prefix': { S: LINES_PREFIX } };
      const items = await queryAll(tables.invoices, 'invoiceNo = :invoice and begins_with(sk, :prefix)', values);
      return new Map(items.map((item) => [item['sk']?.S ?? '', fromStoredLines(invoiceNo, item['lines']?.S ?? '')]));
    },

    addChunk: (invoiceNo, key, lines) =>
      insert({ invoiceNo: { S: invoiceNo }, sk: { S: key }, lines: { S: toStoredLines(lines) } }),

    removeChunks: (invoiceNo, keys) =>
      writeAll(
        tables.invoices,
        keys.map((key) => ({ DeleteRequest: { Key: { invoiceNo: { S: invoiceNo }, sk: { S: key } } } })),
      ),

    putHeader: (header, expected) =>
      expected === undefined
        ? insert(toHeaderItem(header))
        : putUnless({
            TableName: tables.invoices,
            Item: toHeaderItem(header),
            ConditionExpression: 'version = :expected',
            ExpressionAttributeValues: { ':expected': { N: String(expected) } },
          }),

    async customerInvoices(customerId, month) {
      const values = { ':customer': { S: customerId }, ':month': { S: `${INVOICE_PREFIX}${month}` } };
      const items = await queryAll(tables.customers, 'customerId = :customer and begins_with(sk, :month)', values);
      return items.map(fromCustomerInvoiceItem);
    },

    async firstAndLastInvoice(customerId) {
      const [first, last] = await Promise.all([oneInvoice(customerId, true), oneInvoice(customerId, false)]);
      return first === undefined || last === undefined
        ? undefined
        : ([fromCustomerInvoiceItem(first), fromCustomerInvoiceItem(last)] as [CustomerInvoice, CustomerInvoice]);
    },

    changeLists: ({ puts, removals }) =>
      writeAll(tables.customers, [
        ...puts.map((invoice) => ({ PutRequest: { Item: toCustomerInvoiceItem(invoice) } })),
        ...removals.map(({ customerId, invoiceDate, invoiceNo }) => ({
          DeleteRequest: { Key: { customerId: { S: customerId }, sk: { S: customerInvoiceKey(invoiceDate, invoiceNo) } } },
        })),
      ]),

    async putProfiles(writes) {
      const outcomes = await mapConcurrently(batchesOf(writes, MOST_WRITES), CALLS_AT_ONCE, (portion) =>
        runStatements(
          tables.customers,
          portion.map((write) => profileStatement(tables.customers, write)),
        ),
      );
      return outcomes.flat().map(metOrThrow);
    },
  };
}

/** A new item as a statement of PartiQL: it fails, alone in its batch, when the key is taken. */
function insertStatement(table: string, item: Item) {
  const attributes = Object.keys(item).map((name) => `'${name}': ?`);
  return { Statement: `INSERT INTO "${table}" VALUE {${attributes.join(', ')}}`, Parameters: Object.values(item) };
}

/** An item that cannot be read is its own invoice's trouble, and none of those that are read with it. */
function readHeader(table: string, item: Item): InvoiceHeader | UnreadableItemError {
  try {
    return fromHeaderItem(item);
  } catch (cause) {
    return new UnreadableItemError(table, `${item['invoiceNo']?.S ?? ''} ${HEADER}`, { cause });
  }
}

/** A profile as a statement of PartiQL: a new one, or one in the place of exactly the version that was read. */
function profileStatement(table: string, { profile, expected }: ProfileWrite): BatchStatementRequest {
  const item = toProfileItem(profile);
  if (expected === undefined) return insertStatement(table, item);
  const { customerId, sk, ...others } = item;
  const changes = Object.keys(others).map((name) => `SET "${name}" = ?`);
  if (item.homeCountry === undefined) changes.push('REMOVE "homeCountry"');
  return {
    Statement: `UPDATE "${table}" ${changes.join(' ')} WHERE "customerId" = ? AND "sk" = ? AND "version" = ?`,
    Parameters: [...Object.values(others), customerId, sk, { N: String(expected) }],
  };
}

/** Whether a statement's condition was met, or why its item is refused. */
type StatementOutcome = boolean | ItemRefusedError;

function metOrThrow(outcome: StatementOutcome): boolean {
  if (typeof outcome !== 'boolean') throw outcome;
  return outcome;
}

/** Collects what is asked for until the running code pauses, and does it in portions; a failed portion fails for all who asked. */
function inBatches<One, Result>(size: number, work: (portion: One[]) => Promise<Result[]>): (one: One) => Promise<Result> {
  let waiting: { one: One; resolve: (result: Result) => void; reject: (cause: unknown) => void }[] = [];
  const flush = () => {
    const all = waiting;
    waiting = [];
    for (const portion of batchesOf(all, size)) {
      work(portion.map(({ one }) => one)).then(
        (results) => {
          for (const [place, { resolve }] of portion.entries()) resolve(results[place] as Result);
        },
        (cause: unknown) => {
          for (const { reject } of portion) reject(cause);
        },
      );
    }
  };
  return (one) =>
    new Promise((resolve, reject) => {
      if (waiting.push({ one, resolve, reject }) === 1) setImmediate(flush);
    });
}

async function backOff(attempt: number, table: string, unprocessed: number, deadline: AbortSignal): Promise<void> {
  deadline.throwIfAborted();
  if (attempt === 0) return;
  if (attempt === ATTEMPTS) throw new TableBusyError(table, unprocessed);
  const most = Math.min(25 * 2 ** attempt, 2000);
  await new Promise((resolve) => setTimeout(resolve, most / 2 + (Math.random() * most) / 2));
}

function batchesOf<T>(all: readonly T[], size: number): T[][] {
  const result: T[][] = [];
  for (let start = 0; start < all.length; start += size) result.push(all.slice(start, start + size));
  return result;
}

function byKey<T>(all: readonly T[], key: (one: T) => string): Map<string, T> {
  return new Map(all.map((one) => [key(one), one]));
}
