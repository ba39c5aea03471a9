import { setTimeout as pause } from 'node:timers/promises';
import { backOffDelay } from '../../../clock.ts';
import type { AwsResponse, AwsClient, Signing } from '../aws-client.ts';
import { fieldsOf, type DataSource, type Outcome } from '../data-source.ts';
import type { ApiSurroundings, DataSourceDefinition } from '../definition.ts';
import { fromWireItem, toWireItem, type WireItem } from '../dynamodb-values.ts';
import { malformedRequest } from '../errors.ts';
import { PageTokenError, type PageTokens } from '../page-token.ts';
import type { Realm } from '../realm.ts';
import { copy } from '../values.ts';
import * as requests from './dynamodb-requests.ts';
import type { Fields, WireRequest } from './dynamodb-requests.ts';

type DynamodbDefinition = Extract<DataSourceDefinition, { type: 'AMAZON_DYNAMODB' }>;

/** What DynamoDB refused. */
class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    /** DynamoDB's own name, such as `ConditionalCheckFailedException`. */
    readonly code: string,
    message: string,
    readonly answer: Fields,
  ) {
    super(message);
  }
}

/** Types that reach resolvers under their own names; all others are one. */
const NAMED_TYPES = new Set(['ConditionalCheckFailedException', 'TransactionCanceledException']);

/** Refusals that AppSync's own client tries again. */
const RETRYABLE_ERRORS = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'InternalServerError',
]);
const ATTEMPTS = 4;
/** Before the second attempt; doubled before each later one. @unit milliseconds */
const BACK_OFF = { first: 25, max: 20_000 };

/** The AMAZON_DYNAMODB data source. */
export class DynamodbDataSource implements DataSource {
  readonly errorPrefix = 'DynamoDB';
  private readonly url: URL;
  private readonly signing: Signing;

  private readonly definition: DynamodbDefinition;
  private readonly client: AwsClient;
  private readonly tokens: PageTokens;

  constructor(
    private readonly realm: Realm,
    {
      definition,
      surroundings,
      client,
      tokens,
    }: {
      readonly definition: DynamodbDefinition;
      readonly surroundings: ApiSurroundings;
      readonly client: AwsClient;
      readonly tokens: PageTokens;
    },
  ) {
    this.definition = definition;
    this.client = client;
    this.tokens = tokens;

    this.url = new URL(surroundings.endpointOf('dynamodb'));
    this.signing = { region: definition.region, service: 'dynamodb', roleArn: definition.roleArn };
  }

  async invoke(given: unknown): Promise<Outcome> {
    const request = fieldsOf(given, malformedRequest);
    try {
      return await this.run(request);
    } catch (error) {
      if (error instanceof Refusal) return this.refused(error);
      if (error instanceof PageTokenError)
        return { result: null, error: { type: 'DynamoDB:UserIllegalArgumentException', message: error.message } };
      if (error instanceof Error && 'code' in error && 'syscall' in error) {
        return {
          result: null,
          error: { type: 'DynamoDB:SdkClientException', message: `Unable to reach DynamoDB: ${error.message}` },
        };
      }
      throw error;
    }
  }

  private run(request: Fields): Promise<Outcome> {
    const table = this.definition.tableName;
    const operation = request['operation'];
    switch (operation) {
      case 'GetItem':
        return this.single('GetItem', requests.getItem(table, request), 'Item');
      case 'PutItem':
      case 'UpdateItem':
      case 'DeleteItem':
        return this.write(operation, request);
      case 'Query':
      case 'Scan':
        return this.list(operation, request);
      case 'BatchGetItem':
        return this.batchGet(request);
      case 'BatchPutItem':
      case 'BatchDeleteItem':
        return this.batchWrite(operation, request);
      case 'TransactGetItems':
        return this.transactGet(request);
      case 'TransactWriteItems':
        return this.transactWrite(request);
      case 'Sync':
        throw malformedRequest('The operation Sync needs a versioned data source: it is not implemented locally');
      case undefined:
        throw malformedRequest("Value for field '$[operation]' not found.");
      default:
        throw malformedRequest(`Unsupported operation '${JSON.stringify(operation)}'.`);
    }
  }

  private async single(action: string, wire: WireRequest, member: 'Item' | 'Attributes'): Promise<Outcome> {
    const answer = await this.call(action, wire);
    return { result: this.item(answer[member]) };
  }

  private item(item: unknown): unknown {
    return item === undefined || item === null ? null : fromWireItem(this.realm, item as WireItem);
  }

  private async write(operation: 'PutItem' | 'UpdateItem' | 'DeleteItem', request: Fields): Promise<Outcome> {
    const wire = requests.write(this.definition.tableName, operation, request);
    try {
      if (operation === 'PutItem') {
        await this.call(operation, wire);
        return { result: this.item(wire['Item']) };
      }
      return await this.single(
        operation,
        { ...wire, ReturnValues: operation === 'UpdateItem' ? 'ALL_NEW' : 'ALL_OLD' },
        'Attributes',
      );
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'ConditionalCheckFailedException') throw error;
      return this.conditionFailed(operation, request, wire, error);
    }
  }

  /** The condition did not hold: what is stored decides whether it is as wanted all the same, and is the result. */
  private async conditionFailed(operation: string, request: Fields, wire: WireRequest, refusal: Refusal): Promise<Outcome> {
    const condition = request['condition'] as {
      equalsIgnore?: unknown;
      consistentRead?: unknown;
      conditionalCheckFailedHandler?: { strategy?: unknown };
    };
    const strategy = condition.conditionalCheckFailedHandler?.strategy ?? 'Reject';
    if (strategy !== 'Reject')
      throw malformedRequest(
        `The conditionalCheckFailedHandler strategy '${JSON.stringify(strategy)}' is not implemented locally`,
      );
    const key = toWireItem(request['key'], 'key');
    const ConsistentRead = condition.consistentRead !== false;
    const { Item: stored } = (await this.call('GetItem', {
      TableName: this.definition.tableName,
      Key: key,
      ConsistentRead,
    })) as { Item?: WireItem };
    // A copy: an array of the resolvers' world lacks the methods that APPSYNC_JS lacks.
    const ignored: unknown[] = Array.isArray(condition.equalsIgnore) ? [...(condition.equalsIgnore as unknown[])] : [];
    const asWanted =
      operation === 'PutItem'
        ? stored !== undefined && isSame(stored, wire['Item'] as WireItem, ignored)
        : operation === 'DeleteItem' && stored === undefined;
    return asWanted ? { result: this.item(stored) } : { ...this.refused(refusal), result: this.item(stored) };
  }

  private async list(operation: 'Query' | 'Scan', request: Fields): Promise<Outcome> {
    const { index, query, nextToken, scanIndexForward, totalSegments, segment } = request;
    const list = JSON.stringify([
      this.definition.tableName,
      operation,
      index ?? null,
      query ?? null,
      scanIndexForward !== false,
      totalSegments ?? null,
      segment ?? null,
    ]);
    if (nextToken !== undefined && nextToken !== null && typeof nextToken !== 'string')
      throw malformedRequest("Value for field '$[nextToken]' must be a string.");
    const startKey = typeof nextToken === 'string' ? this.tokens.open(list, nextToken) : undefined;
    const answer = await this.call(operation, requests.listing(this.definition.tableName, request, startKey));
    const result = this.realm.object();
    result['items'] = this.items((answer['Items'] ?? []) as WireItem[]);
    result['nextToken'] = answer['LastEvaluatedKey'] === undefined ? null : this.tokens.seal(list, answer['LastEvaluatedKey']);
    result['scannedCount'] = answer['ScannedCount'] ?? null;
    return { result };
  }

  private items(items: readonly (WireItem | null | undefined)[]): unknown[] {
    const list = this.realm.array();
    for (const item of items) list.push(this.item(item));
    return list;
  }

  private async batchGet(request: Fields): Promise<Outcome> {
    const wire = requests.batchGet(request);
    const answer = (await this.call('BatchGetItem', wire)) as {
      Responses?: Record<string, WireItem[]>;
      UnprocessedKeys?: Record<string, { Keys: WireItem[] }>;
    };
    const data = this.realm.object();
    const unprocessedKeys = this.realm.object();
    for (const [table, { Keys: keys }] of Object.entries(wire.RequestItems)) {
      const names = Object.keys(keys[0] ?? {});
      const found = new Map((answer.Responses?.[table] ?? []).map((item) => [keyText(item, names), item]));
      data[table] = this.items(keys.map((key) => found.get(keyText(key, names))));
      unprocessedKeys[table] = this.items(answer.UnprocessedKeys?.[table]?.Keys ?? []);
    }
    return { result: this.result({ data, unprocessedKeys }) };
  }

  private async batchWrite(operation: 'BatchPutItem' | 'BatchDeleteItem', request: Fields): Promise<Outcome> {
    const tables = requests.batchWrite(request);
    const isPut = operation === 'BatchPutItem';
    const wrap = (item: WireItem) => (isPut ? { PutRequest: { Item: item } } : { DeleteRequest: { Key: item } });
    const RequestItems = Object.fromEntries(tables.map(([table, items]) => [table, items.map(wrap)]));
    const answer = (await this.call('BatchWriteItem', { RequestItems })) as {
      UnprocessedItems?: Record<string, Record<string, Record<string, WireItem>>[]>;
    };
    const data = this.realm.object();
    const unprocessed = this.realm.object();
    for (const [table, items] of tables) {
      const left = (answer.UnprocessedItems?.[table] ?? []).map(
        (entry) => entry['PutRequest']?.['Item'] ?? entry['DeleteRequest']?.['Key'] ?? {},
      );
      const missing = new Set(left.map((item) => JSON.stringify(item)));
      data[table] = this.items(items.map((item) => (missing.has(JSON.stringify(item)) ? null : item)));
      unprocessed[table] = this.items(left);
    }
    return { result: this.result(isPut ? { data, unprocessedItems: unprocessed } : { data, unprocessedKeys: unprocessed }) };
  }

  private async transactGet(request: Fields): Promise<Outcome> {
    const answer = (await this.call('TransactGetItems', requests.transactGet(request))) as { Responses?: { Item?: WireItem }[] };
    const items = this.items((answer.Responses ?? []).map(({ Item }) => Item));
    return { result: this.result({ items, cancellationReasons: null }) };
  }

  private async transactWrite(request: Fields): Promise<Outcome> {
    const { wire, keys } = requests.transactWrite(request);
    await this.call('TransactWriteItems', wire);
    return { result: this.result({ keys: this.items(keys), cancellationReasons: null }) };
  }

  private result(fields: Fields): unknown {
    return Object.assign(this.realm.object(), fields);
  }

  /** A refusal as resolvers see it; of a cancelled transaction also why each item was refused. */
  private refused({ code, message, answer }: Refusal): Outcome {
    const error = { type: `DynamoDB:${NAMED_TYPES.has(code) ? code : 'DynamoDbException'}`, message };
    const reasons = answer['CancellationReasons'] as { Code?: string; Message?: string; Item?: WireItem }[] | undefined;
    if (reasons === undefined) return { result: null, error };
    const cancellationReasons = copy(
      this.realm,
      reasons.map(({ Code, Message, Item }) => ({ type: Code ?? 'None', message: Message ?? null, item: this.item(Item) })),
    );
    return { result: this.result({ keys: null, items: null, cancellationReasons }), error };
  }

  /** @throws Refusal */
  private async call(action: string, wire: WireRequest): Promise<Fields> {
    const request = {
      method: 'POST',
      url: this.url,
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `DynamoDB_20120810.${action}` },
      body: JSON.stringify(wire),
      signing: this.signing,
    };
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.client.send(request);
      if (answer.status < 300) return JSON.parse(answer.body) as Fields;
      const refusal = refusalOf(answer);
      if (attempt === ATTEMPTS || !(RETRYABLE_ERRORS.has(refusal.code) || answer.status >= 500)) throw refusal;
      await pause(backOffDelay(attempt, BACK_OFF));
    }
  }
}

function refusalOf({ status, headers, body }: AwsResponse): Refusal {
  let fields: Fields & { readonly __type?: string; readonly message?: string; readonly Message?: string };
  try {
    fields = JSON.parse(body) as Fields;
  } catch {
    fields = { message: body.slice(0, 500) };
  }
  const code = (fields.__type ?? 'InternalServerError').replace(/^.*#/, '');
  const text = fields.message ?? fields.Message ?? code;
  const requestId = String(headers['x-amzn-requestid'] ?? 'unknown');
  return new Refusal(code, `${text} (Service: DynamoDb, Status Code: ${String(status)}, Request ID: ${requestId})`, fields);
}

/** What tells an item from others of its table. */
function keyText(item: WireItem, names: readonly string[]): string {
  return JSON.stringify(names.map((name) => item[name]));
}

function isSame(stored: WireItem, wanted: WireItem, ignored: readonly unknown[]): boolean {
  const names = new Set([...Object.keys(stored), ...Object.keys(wanted)].filter((name) => !ignored.includes(name)));
  return [...names].every((name) => JSON.stringify(stored[name]) === JSON.stringify(wanted[name]));
}
