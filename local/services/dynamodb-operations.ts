import { Faults } from '../faults.ts';
import type { JsonCall, JsonService } from '../http/aws-json-server.ts';
import type { Engine } from './dynamodb-engine.ts';
import { batchGet, batchWrite, get, put, queryItems, remove, scanItems, update } from './dynamodb-items.ts';
import type { ItemOperation } from './dynamodb-items.ts';
import { dynamoDbError, validationError } from './dynamodb-model.ts';
import type { Effect, Input } from './dynamodb-model.ts';
import { batchExecute } from './dynamodb-partiql.ts';
import type { Tables } from './dynamodb-tables.ts';
import type { Transactions } from './dynamodb-transactions.ts';

type Call = JsonCall<Effect>;

/** @source DynamoDB, "Service, account, and table quotas": a request body has at most 16 MB */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** Every operation that there is; another one is refused by name. */
export function dynamoDbService(engine: Engine, tables: Tables, transactions: Transactions): JsonService<Effect> {
  const operations = {
    PutItem: item(put),
    UpdateItem: item(update),
    DeleteItem: item(remove),
    GetItem: item(get),
    Query: item(queryItems),
    Scan: item(scanItems),
    BatchWriteItem: item(batchWrite),
    BatchGetItem: item(batchGet),
    BatchExecuteStatement: item(batchExecute),
    TransactWriteItems: throttled((input) => transactions.write(input)),
    TransactGetItems: throttled((input) => transactions.get(input)),

    CreateTable: async (input: Input) => ({ TableDescription: await tables.create(engine, input) }),
    UpdateTable: async (input: Input) => ({ TableDescription: await tables.update(input) }),
    DeleteTable: async (input: Input) => ({ TableDescription: await tables.delete(nameOf(input)) }),
    DescribeTable: (input: Input) => ({ Table: tables.get(nameOf(input)) }),
    ListTables: (input: Input) => list(tables.names(), input),
    DescribeTimeToLive: (input: Input) => ({ TimeToLiveDescription: tables.describeTimeToLive(nameOf(input)) }),
    UpdateTimeToLive: async (input: Input) => ({
      TimeToLiveSpecification: await tables.updateTimeToLive(nameOf(input), input['TimeToLiveSpecification']),
    }),
    ListTagsOfResource: (input: Input) => ({ Tags: tables.tags(input['ResourceArn']) }),
    TagResource: (input: Input) => tables.changeTags(input['ResourceArn'], { add: input['Tags'] }),
    UntagResource: (input: Input) => tables.changeTags(input['ResourceArn'], { remove: input['TagKeys'] }),
  };

  function item(operation: ItemOperation) {
    return throttled((input, call) => operation(engine, input, call.fault?.effect === 'partial' ? call.fault.strike : undefined));
  }

  const answer: readonly Effect[] = ['unavailable', 'unavailable-after'];
  const known = Object.keys(operations).map((name): [string, readonly Effect[]] => {
    if (!/Item|Query|Scan|Statement/.test(name)) return [name, answer];
    return [name, name.startsWith('Batch') ? [...answer, 'throttle', 'partial'] : [...answer, 'throttle']];
  });
  return {
    signingName: 'dynamodb',
    targetPrefix: 'DynamoDB_20120810',
    jsonVersion: '1.0',
    operations,
    faults: new Faults<Effect>('dynamodb', Object.fromEntries(known)),
    maxBodyBytes: MAX_BODY_BYTES,
    sendsCrc32: true,
  };
}

/** An operation on items, which can be throttled; half a batch of one item is a throttled one, as on AWS. */
function throttled(operation: (input: Input, call: Call) => Promise<unknown>) {
  return (input: Input, call: Call): Promise<unknown> => {
    const effect = call.fault?.effect;
    if (effect === 'throttle' || (effect === 'partial' && sizeOf(input) === 1)) {
      throw dynamoDbError(
        'ProvisionedThroughputExceededException',
        'The level of configured provisioned throughput for the table was exceeded. ' +
          'Consider increasing your provisioning level with the UpdateTable API.',
      );
    }
    return operation(input, call);
  };
}

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
