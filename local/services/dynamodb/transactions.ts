import { createHash } from 'node:crypto';
import deleteItem from 'dynalite/actions/deleteItem.js';
import getItem from 'dynalite/actions/getItem.js';
import putItem from 'dynalite/actions/putItem.js';
import checksOfDelete from 'dynalite/validations/deleteItem.js';
import checksOfGet from 'dynalite/validations/getItem.js';
import checksOfPut from 'dynalite/validations/putItem.js';
import checksOfUpdate from 'dynalite/validations/updateItem.js';
import { ServiceError } from '../../errors.ts';
import { Consumption, detailOf, effectOf, itemBytes, readUnits } from './capacity.ts';
import { metricsOf } from './collections.ts';
import { isConditionFailure, MAX_ITEM_BYTES } from './engine.ts';
import type { Checked, Engine, WriteOutcome } from './engine.ts';
import { dynamoDbError, isMap, validationError } from './model.ts';
import type { AttributeMap, Input, Table } from './model.ts';
import { updateItem } from './update.ts';
import type { Change } from './store.ts';

/** @source DynamoDB, "TransactWriteItems": 100 actions, 4 MB */
const MAX_ACTIONS = 100;
const MAX_BYTES = 4 * 1024 * 1024;
/** How long a ClientRequestToken stands for its transaction. @unit milliseconds @source DynamoDB, "TransactWriteItems", Idempotency */
const TOKEN_LIFE_MS = 10 * 60 * 1000;
/** Each item of a transaction is read or written twice: to prepare and to commit. */
const TRANSACTION_FACTOR = 2;

const KINDS = {
  Put: { action: putItem, checks: checksOfPut, required: ['Item'] },
  Update: { action: updateItem, checks: checksOfUpdate, required: ['Key', 'UpdateExpression'] },
  Delete: { action: deleteItem, checks: checksOfDelete, required: ['Key'] },
  ConditionCheck: { action: deleteItem, checks: checksOfDelete, required: ['Key', 'ConditionExpression'] },
} as const;
type Kind = keyof typeof KINDS;

interface Step {
  readonly kind: Kind;
  readonly input: Input;
  readonly checked: Checked;
}

interface Reason {
  readonly Code: string;
  readonly Message?: string;
  readonly Item?: AttributeMap;
}

interface TokenRecord {
  readonly digest: string;
  /** @unit milliseconds since 1970 */
  readonly expires: number;
  /** Read units that a repetition costs, by table. */
  readonly readUnits: Readonly<Record<string, number>>;
}

const tokenKey = (token: string) => `token~${token}`;

/** All or nothing, at one instant, in one LevelDB batch together with the token. */
export class Transactions {
  private readonly tokens = new Map<string, TokenRecord>();

  private constructor(
    private readonly engine: Engine,
    private readonly now: () => number,
  ) {}

  /** @param now - milliseconds since 1970 */
  static async load(engine: Engine, now: () => number): Promise<Transactions> {
    const transactions = new Transactions(engine, now);
    const records = (await engine.store.entries(tokenKey(''))) as [string, TokenRecord][];
    records.sort(([, one], [, other]) => one.expires - other.expires);
    for (const [token, record] of records) transactions.tokens.set(token, record);
    return transactions;
  }

  async write(input: Input): Promise<Record<string, unknown>> {
    const digest = digestOf(input); // before the checks, which write into it
    const steps = this.stepsOf(input);
    const token = input['ClientRequestToken'];
    const known = typeof token === 'string' ? this.known(token) : undefined;
    if (known) return this.repeat(known, digest, input);

    const written = this.tryAll(steps);
    const consumption = new Consumption('WriteCapacityUnits');
    const again: Record<string, number> = {};
    const changes: Change[] = this.expiredTokens();
    for (const [index, { write }] of written.entries()) {
      const name = write.table.TableName;
      const { before, after } = write;
      again[name] = (again[name] ?? 0) + readUnits(bytesOf(after ?? before), true) * TRANSACTION_FACTOR;
      if (steps[index]?.kind === 'ConditionCheck') {
        consumption.addTable(name, Math.max(1, Math.ceil(bytesOf(before) / 1024)) * TRANSACTION_FACTOR);
        continue;
      }
      const effect = effectOf(write);
      changes.push(...effect.changes);
      consumption.addWrite(name, effect, TRANSACTION_FACTOR);
    }
    if (typeof token === 'string') {
      const record: TokenRecord = { digest, expires: this.now() + TOKEN_LIFE_MS, readUnits: again };
      this.tokens.set(token, record);
      changes.push({ key: tokenKey(token), value: record });
    }
    this.engine.store.stage(changes);
    try {
      await this.engine.store.settled();
    } catch (error) {
      if (typeof token === 'string') this.tokens.delete(token);
      throw error;
    }
    const writes = written.filter((_, index) => steps[index]?.kind !== 'ConditionCheck').map(({ write }) => write);
    const metrics = metricsOf(writes, input);
    return { ConsumedCapacity: consumption.toWire(detailOf(input)), ...(metrics && { ItemCollectionMetrics: metrics }) };
  }

  async get(input: Input): Promise<Record<string, unknown>> {
    const gets = listOf(input).map((entry, index) => {
      const get = isMap(entry) ? entry['Get'] : undefined;
      if (!isMap(get)) throw validationError(`TransactItems.${String(index + 1)} needs Get, and nothing else`);
      return this.engine.check(checksOfGet, get);
    });
    this.refuseRepeated(gets);
    const consumption = new Consumption('ReadCapacityUnits');
    const reasons: Reason[] = [];
    const responses: { Item?: unknown }[] = [];
    for (const checked of gets) {
      const name = this.tableOf(checked).TableName;
      try {
        const { answer, item } = this.engine.get(getItem, checked);
        consumption.addTable(name, readUnits(bytesOf(item), true) * TRANSACTION_FACTOR);
        responses.push(answer['Item'] === undefined ? {} : { Item: answer['Item'] });
        reasons.push({ Code: 'None' });
      } catch (error) {
        reasons.push(reasonOf(error));
      }
    }
    cancelUnlessNone(reasons);
    await this.engine.store.settled();
    return { Responses: responses, ConsumedCapacity: consumption.toWire(detailOf(input)) };
  }

  /** What is wrong with the request itself is said before any item is looked at. */
  private stepsOf(input: Input): Step[] {
    const steps = listOf(input).map((entry, index) => this.stepOf(entry, index));
    this.refuseRepeated(steps.map(({ checked }) => checked));
    // How long an item gets by an update is known when it runs; a Put is refused at once.
    if (steps.some(({ kind, checked }) => kind === 'Put' && itemBytes(itemOf(checked)) > MAX_ITEM_BYTES))
      throw validationError('Item size has exceeded the maximum allowed size');
    const bytes = steps.reduce((sum, { checked }) => sum + itemBytes(itemOf(checked)), 0);
    if (bytes > MAX_BYTES)
      throw validationError('Member must have a total size of at most 4 MB: Transaction payload exceeded the limit');
    return steps;
  }

  private refuseRepeated(all: readonly Checked[]): void {
    const seen = new Set<string>();
    for (const checked of all) {
      const table = this.tableOf(checked);
      const item = itemOf(checked);
      const key = table.KeySchema.map(({ AttributeName }) => item[AttributeName]);
      const identity = JSON.stringify([table.TableName, key]);
      if (seen.has(identity)) throw validationError('Transaction request cannot include multiple operations on one item');
      seen.add(identity);
    }
  }

  /** A transaction does not say which table it misses. */
  private tableOf(checked: Checked): Table {
    try {
      return this.engine.tableOf(String(checked['TableName']));
    } catch {
      throw dynamoDbError('ResourceNotFoundException', 'Requested resource not found');
    }
  }

  private stepOf(entry: unknown, index: number): Step {
    const kinds = isMap(entry) ? (Object.keys(entry) as Kind[]) : [];
    const [kind] = kinds;
    if (!isMap(entry) || kinds.length !== 1 || kind === undefined || !Object.hasOwn(KINDS, kind)) {
      throw validationError(
        'TransactItems can only contain one of Check, Put, Update or Delete' + `: see TransactItems.${String(index + 1)}`,
      );
    }
    const input = entry[kind] as Input;
    for (const member of KINDS[kind].required) {
      if (input[member] !== undefined) continue;
      const name = member.charAt(0).toLowerCase() + member.slice(1);
      const where = `transactItems.${String(index + 1)}.member.${kind.charAt(0).toLowerCase()}${kind.slice(1)}.${name}`;
      throw validationError(
        `1 validation error detected: Value null at '${where}' failed to satisfy constraint: Member must not be null`,
      );
    }
    return { kind, input, checked: this.engine.check(KINDS[kind].checks, input) };
  }

  /** Every step is tried, so that every reason is known. @throws ServiceError TransactionCanceledException */
  private tryAll(steps: readonly Step[]): WriteOutcome[] {
    const written: WriteOutcome[] = [];
    const reasons: Reason[] = [];
    for (const { kind, input, checked } of steps) {
      try {
        written.push(this.engine.write(KINDS[kind].action, checked, input));
        reasons.push({ Code: 'None' });
      } catch (error) {
        reasons.push(reasonOf(error));
      }
    }
    cancelUnlessNone(reasons);
    return written;
  }

  private async repeat(known: TokenRecord, digest: string, input: Input): Promise<Record<string, unknown>> {
    if (known.digest !== digest) {
      throw dynamoDbError(
        'IdempotentParameterMismatchException',
        'Provided idempotency token was already used with a different request',
      );
    }
    await this.engine.store.settled();
    const consumption = new Consumption('ReadCapacityUnits');
    for (const [name, units] of Object.entries(known.readUnits)) consumption.addTable(name, units);
    return { ConsumedCapacity: consumption.toWire(detailOf(input)) };
  }

  private known(token: string): TokenRecord | undefined {
    const record = this.tokens.get(token);
    return record && record.expires > this.now() ? record : undefined;
  }

  /** Tokens are kept in the order of their age. */
  private expiredTokens(): Change[] {
    const changes: Change[] = [];
    for (const [token, { expires }] of this.tokens) {
      if (expires > this.now()) break;
      this.tokens.delete(token);
      changes.push({ key: tokenKey(token), value: undefined });
    }
    return changes;
  }
}

function listOf(input: Input): unknown[] {
  const list = input['TransactItems'];
  const wrong = (constraint: string) =>
    validationError(
      `1 validation error detected: Value '${JSON.stringify(list)}' at 'transactItems' failed to satisfy constraint: ${constraint}`,
    );
  if (!Array.isArray(list)) throw wrong('Member must not be null');
  if (list.length === 0) throw wrong('Member must have length greater than or equal to 1');
  if (list.length > MAX_ACTIONS) throw wrong(`Member must have length less than or equal to ${String(MAX_ACTIONS)}`);
  return list as unknown[];
}

/** Two requests are the same when their actions are; the values they want returned may differ. */
function digestOf(input: Input): string {
  return createHash('sha256').update(JSON.stringify(input['TransactItems'])).digest('base64');
}

const itemOf = (checked: Checked) => (checked['Item'] ?? checked['Key']) as AttributeMap;

function bytesOf(item: AttributeMap | undefined): number {
  return item ? itemBytes(item) : 0;
}

function reasonOf(error: unknown): Reason {
  if (!(error instanceof ServiceError) || error.code.endsWith('#ResourceNotFoundException')) throw error;
  const item = error.fields['Item'] as AttributeMap | undefined;
  return isConditionFailure(error)
    ? { Code: 'ConditionalCheckFailed', Message: error.message, ...(item && { Item: item }) }
    : { Code: 'ValidationError', Message: error.message };
}

function cancelUnlessNone(reasons: readonly Reason[]): void {
  if (reasons.every((reason) => reason.Code === 'None')) return;
  const codes = reasons.map((reason) => reason.Code).join(', ');
  throw dynamoDbError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { CancellationReasons: reasons },
  );
}
