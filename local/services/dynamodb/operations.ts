import type { JsonCall, JsonOperations } from '../../http/aws-json-server.ts';
import type { Throttled } from './service.ts';
import type { Engine } from './engine.ts';
import { batchGet, batchWrite, get, put, queryItems, remove, scanItems, update } from './items.ts';
import type { ItemOperation } from './items.ts';
import { dynamoDbError, isMap, validationError } from './model.ts';
import type { Effect, Input } from './model.ts';
import { batchExecute } from './partiql.ts';
import type { Tables } from './tables.ts';
import type { Transactions } from './transactions.ts';

type Call = JsonCall<Effect>;

/** Nothing is backed up here, whatever the template says. AWS's word for the first is ENABLED, always. */
const NO_BACKUPS = {
  ContinuousBackupsStatus: 'ENABLED',
  PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' },
};
/** What an account has that never asked for more. @source DynamoDB, "Service, account, and table quotas" */
const ACCOUNT_LIMITS = {
  AccountMaxReadCapacityUnits: 80_000,
  AccountMaxWriteCapacityUnits: 80_000,
  TableMaxReadCapacityUnits: 40_000,
  TableMaxWriteCapacityUnits: 40_000,
};

/** Every operation that there is; another one is refused by name. */
export function dynamoDbOperations(
  engine: Engine,
  tables: Tables,
  transactions: Transactions,
  onThrottled: (throttled: Throttled) => void,
): JsonOperations<Effect> {
  return {
    PutItem: item('PutItem', put),
    UpdateItem: item('UpdateItem', update),
    DeleteItem: item('DeleteItem', remove),
    GetItem: item('GetItem', get),
    Query: item('Query', queryItems),
    Scan: item('Scan', scanItems),
    BatchWriteItem: item('BatchWriteItem', batchWrite),
    BatchGetItem: item('BatchGetItem', batchGet),
    BatchExecuteStatement: item('BatchExecuteStatement', batchExecute),
    TransactWriteItems: throttling('TransactWriteItems', (input) => transactions.write(input)),
    TransactGetItems: throttling('TransactGetItems', (input) => transactions.get(input)),

    CreateTable: async (input: Input) => ({ TableDescription: await tables.create(engine, input) }),
    UpdateTable: async (input: Input) => ({ TableDescription: await tables.update(input) }),
    DeleteTable: async (input: Input) => ({ TableDescription: await tables.delete(nameOf(input)) }),
    DescribeTable: (input: Input) => ({ Table: tables.get(nameOf(input)) }),
    ListTables: (input: Input) => list(tables.names(), input),
    DescribeTimeToLive: (input: Input) => ({ TimeToLiveDescription: tables.describeTimeToLive(nameOf(input)) }),
    UpdateTimeToLive: async (input: Input) => ({
      TimeToLiveSpecification: await tables.updateTimeToLive(nameOf(input), input['TimeToLiveSpecification']),
    }),
    DescribeContinuousBackups: (input: Input) => {
      tables.get(nameOf(input));
      return { ContinuousBackupsDescription: NO_BACKUPS };
    },
    DescribeLimits: () => ACCOUNT_LIMITS,
    ListTagsOfResource: (input: Input) => ({ Tags: tables.tags(input['ResourceArn']) }),
    TagResource: (input: Input) => tables.changeTags(input['ResourceArn'], { add: input['Tags'] }),
    UntagResource: (input: Input) => tables.changeTags(input['ResourceArn'], { remove: input['TagKeys'] }),
  };

  function item(name: string, operation: ItemOperation) {
    return throttling(name, (input, call) =>
      operation(engine, input, call.fault?.effect === 'partial' ? call.fault.strike : undefined),
    );
  }

  function throttling(name: string, operation: (input: Input, call: Call) => Promise<unknown>) {
    const metric = /Get|Query|Scan/.test(name) ? 'ReadThrottleEvents' : 'WriteThrottleEvents';
    return (input: Input, call: Call): Promise<unknown> => {
      const effect = call.fault?.effect;
      if (effect === 'throttle' || effect === 'partial') {
        for (const [table, requests] of requestsOf(input))
          onThrottled({ table, metric, count: effect === 'partial' ? Math.ceil(requests / 2) : requests });
      }
      if (isThrottled(effect, input)) throw tooFast();
      return operation(input, call);
    };
  }
}

/** The faults that each operation may show. */
export function effectsOf(operations: readonly string[]): Record<string, readonly Effect[]> {
  const answer: readonly Effect[] = ['unavailable', 'unavailable-after'];
  return Object.fromEntries(
    operations.map((name): [string, readonly Effect[]] => {
      if (!/Item|Query|Scan|Statement/.test(name)) return [name, answer];
      return [name, name.startsWith('Batch') ? [...answer, 'throttle', 'partial'] : [...answer, 'throttle']];
    }),
  );
}

/** Whether an operation on items is throttled; half a batch of one item is a throttled one, as on AWS. */
function isThrottled(effect: Effect | undefined, input: Input): boolean {
  return effect === 'throttle' || (effect === 'partial' && sizeOf(input) === 1);
}

/** Which tables a call is about, and with how many items of each. */
function requestsOf(input: Input): ReadonlyMap<string, number> {
  const { TableName: table, RequestItems: batch, Statements: statements, TransactItems: transaction } = input;
  if (isMap(batch)) {
    const entries = Object.entries(batch).map(([name, list]) => [name, sizeOf({ RequestItems: { [name]: list } })] as const);
    return new Map(entries);
  }
  const names = Array.isArray(statements)
    ? statements.map((statement: { Statement?: unknown }) => /"([^"]+)"/.exec(String(statement.Statement))?.[1])
    : Array.isArray(transaction)
      ? transaction.flatMap((action: Record<string, { TableName?: unknown }>) =>
          Object.values(action).map((one) => one.TableName),
        )
      : [table];
  const counts = new Map<string, number>();
  for (const name of names) if (typeof name === 'string') counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

const tooFast = () =>
  dynamoDbError(
    'ProvisionedThroughputExceededException',
    'The level of configured provisioned throughput for the table was exceeded. ' +
      'Consider increasing your provisioning level with the UpdateTable API.',
  );

function sizeOf(input: Input): number {
  if (Array.isArray(input['Statements'])) return input['Statements'].length;
  const lists = Object.values((input['RequestItems'] ?? {}) as Record<string, unknown>);
  return lists.reduce((sum: number, list) => {
    const entries = Array.isArray(list) ? list : (list as { Keys?: unknown[] }).Keys;
    return sum + (entries?.length ?? 0);
  }, 0);
}

function nameOf(input: Input): string {
  const name = input['TableName'];
  if (typeof name === 'string') return name.slice(name.lastIndexOf('/') + 1); // an ARN names its table at the end
  throw validationError("The parameter 'TableName' is required but was not present in the request");
}

function list(names: readonly string[], input: Input): Record<string, unknown> {
  const { Limit: limit = 100, ExclusiveStartTableName: start } = input;
  if (typeof limit !== 'number' || limit < 1 || limit > 100)
    throw validationError(`Limit must be 1 to 100, got ${JSON.stringify(limit)}`);
  const rest = typeof start === 'string' ? names.filter((name) => name > start) : names;
  const page = rest.slice(0, limit);
  return { TableNames: page, ...(rest.length > limit && { LastEvaluatedTableName: page.at(-1) }) };
}
