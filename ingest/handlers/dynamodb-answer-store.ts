import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { AnswerTooLargeError, type AnswerStore } from '../warehouse/copy-answers.ts';
import type { LeaseStore } from '../warehouse/lease.ts';
import type { LoadStateStore } from '../warehouse/load-state.ts';

/** The key of the loader's own item, among those of the questions. */
const STATE = { question: { S: 'STATE' } };
/** And of its lease. */
const LEASE = { question: { S: 'LEASE' } };

/** The answers, each one item. */
export function dynamoDbAnswers(client: Pick<DynamoDBClient, 'send'>, table: string): AnswerStore {
  return {
    async put({ question, asOf, rows, hasMore, loadId }) {
      const Item = attributes({ question, asOf, rows, hasMore, loadId });
      try {
        await client.send(new PutItemCommand({ TableName: table, Item }));
      } catch (cause) {
        // DynamoDB has no error of its own for it.
        const tooLarge = cause instanceof Error && cause.name === 'ValidationException' && /size/i.test(cause.message);
        throw tooLarge ? new AnswerTooLargeError(question, { cause }) : cause;
      }
    },

    async remove(question) {
      await client.send(new DeleteItemCommand({ TableName: table, Key: { question: { S: question } } }));
    },
  };
}

/** The loader's state, one item of the same table. */
export function dynamoDbLoadState(client: Pick<DynamoDBClient, 'send'>, table: string): LoadStateStore {
  const item = { TableName: table, Key: STATE };
  return {
    async read() {
      const { Item = {} } = await client.send(new GetItemCommand({ ...item, ConsistentRead: true }));
      return Object.fromEntries(Object.entries(Item).map(([name, value]) => [name, plain(value)]));
    },

    async announce(at) {
      try {
        await client.send(
          new UpdateItemCommand({
            ...item,
            UpdateExpression: 'SET announcedAt = :at',
            ConditionExpression: 'attribute_not_exists(announcedAt) OR announcedAt < :at',
            ExpressionAttributeValues: { ':at': { N: String(at) } },
          }),
        );
      } catch (cause) {
        if (!(cause instanceof ConditionalCheckFailedException)) throw cause;
      }
    },

    async write(changes) {
      const entries = Object.entries(attributes(changes));
      await client.send(
        new UpdateItemCommand({
          ...item,
          UpdateExpression: `SET ${entries.map(([name]) => `#${name} = :${name}`).join(', ')}`,
          ExpressionAttributeNames: Object.fromEntries(entries.map(([name]) => [`#${name}`, name])),
          ExpressionAttributeValues: Object.fromEntries(entries.map(([name, value]) => [`:${name}`, value])),
        }),
      );
    },
  };
}

/** The loader's lease, one item of the same table: `holder`, `until`, and `noted` when somebody has asked for it in vain. */
export function dynamoDbLease(client: Pick<DynamoDBClient, 'send'>, table: string): LeaseStore {
  /** @returns whether the condition was true */
  async function update(change: string, condition: string, values: Readonly<Record<string, AttributeValue>>): Promise<boolean> {
    try {
      await client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: LEASE,
          UpdateExpression: change,
          ConditionExpression: condition,
          ExpressionAttributeNames: Object.fromEntries(
            ['holder', 'until', 'noted']
              .filter((name) => `${change} ${condition}`.includes(`#${name}`))
              .map((name) => [`#${name}`, name]),
          ),
          ExpressionAttributeValues: { ...values },
        }),
      );
      return true;
    } catch (cause) {
      if (cause instanceof ConditionalCheckFailedException) return false;
      throw cause;
    }
  }

  return {
    async take(holder, now, until) {
      const [mine, at, end] = [{ S: holder }, { N: String(now) }, { N: String(until) }];
      for (;;) {
        const free = 'attribute_not_exists(#holder) OR #until <= :at';
        if (await update('SET #holder = :mine, #until = :end REMOVE #noted', free, { ':mine': mine, ':at': at, ':end': end }))
          return 'taken';
        if (await update('SET #noted = :mine', 'attribute_exists(#holder) AND #until > :at', { ':mine': mine, ':at': at }))
          return 'noted';
      }
    },
    renew: (holder, until) =>
      update('SET #until = :end', '#holder = :mine', { ':mine': { S: holder }, ':end': { N: String(until) } }),
    async release(holder) {
      const mine = { ':mine': { S: holder } };
      const isGiven = await update('REMOVE #holder, #until', '#holder = :mine AND attribute_not_exists(#noted)', mine);
      // When it is another's by now, there is nothing to give back.
      return isGiven || !(await update('REMOVE #noted', '#holder = :mine AND attribute_exists(#noted)', mine));
    },
    async abandon(holder) {
      await update('REMOVE #holder, #until, #noted', '#holder = :mine', { ':mine': { S: holder } });
    },
  };
}

const attributes = (members: object) =>
  Object.fromEntries(
    Object.entries(members)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => [name, attribute(value)]),
  );

function attribute(value: unknown): AttributeValue {
  switch (typeof value) {
    case 'string':
      return { S: value };
    case 'number':
      return { N: String(value) };
    case 'boolean':
      return { BOOL: value };
    default:
      return Array.isArray(value) ? { L: value.map(attribute) } : { M: attributes(value as object) };
  }
}

function plain(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.L !== undefined) return value.L.map(plain);
  return Object.fromEntries(Object.entries(value.M ?? {}).map(([name, one]) => [name, plain(one)]));
}
