import {
  BatchExecuteStatementCommand,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { LOCAL } from '@tillgraph/local-aws/testing/remote';
import { ordersTable } from '@tillgraph/local-aws/testing/dynamodb-endpoint';
import type { Call, Outcome, Server } from './judges.ts';

const COMMANDS = {
  ...{ BatchExecuteStatementCommand, BatchGetItemCommand, BatchWriteItemCommand, DeleteItemCommand },
  ...{ GetItemCommand, PutItemCommand, QueryCommand, UpdateItemCommand },
} as unknown as Readonly<Record<string, new (input: object) => GetItemCommand>>;

/** A DynamoDB somewhere, with a table of its own for each sequence of calls. */
export class DynamoDbServer implements Server {
  private readonly client: DynamoDBClient;
  private table = '';

  constructor(
    readonly name: string,
    endpoint: string,
  ) {
    const requestHandler = new NodeHttpHandler();
    this.client = new DynamoDBClient({ endpoint, ...LOCAL, maxAttempts: 1, requestHandler });
  }

  /** Begin with an empty table. */
  async begin(number: number): Promise<void> {
    this.table = `orders-${String(number)}`;
    await this.client.send(new CreateTableCommand(ordersTable(this.table)));
  }

  async run({ operation, input }: Call): Promise<Outcome> {
    const Command = COMMANDS[`${operation}Command`]!;
    const own = JSON.parse(JSON.stringify(input).replaceAll(/(\\?")orders\\?"/g, `$1${this.table}$1`)) as object;
    try {
      const { $metadata: _metadata, ...answer } = await this.client.send(new Command(own));
      const found = plain(JSON.parse(JSON.stringify(answer).replaceAll(this.table, 'orders')));
      return { answer: 'IndexName' in input ? inIndexOrder(found) : found };
    } catch (error) {
      const { name, message, Item } = error as Error & { readonly Item?: object };
      const words = message.replaceAll(this.table, 'orders');
      return { error: { name, message: words, ...(Item === undefined ? {} : { Item: plain(Item) }) } };
    }
  }

  close(): void {
    this.client.destroy();
  }
}

/** Items of equal keys come from an index in any order. */
function inIndexOrder(answer: unknown): unknown {
  const { Items = [], ...rest } = answer as { readonly Items?: readonly Readonly<Record<string, unknown>>[] };
  const keys = [...new Set(Items.map(({ no }) => JSON.stringify(no)))];
  return { ...rest, Items: keys.flatMap((key) => Items.filter(({ no }) => JSON.stringify(no) === key).sort(byText)) };
}

/** Sets, and items of a batch, in one order. */
function plain(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) {
    const parts = value.map((part) => plain(part));
    return ['SS', 'NS', 'BS', 'orders'].includes(name) ? parts.sort(byText) : parts;
  }
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).sort(byText);
  return Object.fromEntries(members.map(([member, part]) => [member, plain(part, member)]));
}

const byText = (one: unknown, other: unknown) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);
