import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { AnswerTooLargeError, type AnswerStore } from '../warehouse/answers.ts';
import type { LoadStateStore } from '../warehouse/load-state.ts';

/** The key of the loader's own item, among those of the questions. */
const STATE = { question: { S: 'STATE' } };

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
