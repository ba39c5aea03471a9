import { readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { BatchGetItemCommand, DynamoDBClient, GetItemCommand, QueryCommand, type AttributeValue } from '@aws-sdk/client-dynamodb';
import { buildSchema, execute, parse, validate, type DocumentNode } from 'graphql';
import { HEADER, INVOICE_PREFIX, PROFILE } from '../domain/keys.ts';
import { toPounds } from '../domain/pounds.ts';
import type { StoredLine, StoredLines } from '../domain/stored-line.ts';
import { report, settings } from './child.ts';

// What somebody would write by hand for `customer { invoices { lines } }`: node:http, graphql-js, the SDK; documents parsed once.

/** What the server is told. */
export interface HandWrittenSettings {
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly dynamodb: string;
  readonly customersTable: string;
  readonly invoicesTable: string;
  readonly apiKey: string;
}

type Item = Record<string, AttributeValue>;

const { region, credentials, dynamodb, customersTable, invoicesTable, apiKey } = settings() as HandWrittenSettings;
const client = new DynamoDBClient({ region, credentials, endpoint: dynamodb });

const directives = 'directive @aws_api_key on OBJECT | FIELD_DEFINITION\ndirective @aws_iam on OBJECT | FIELD_DEFINITION\n';
const scalars = 'scalar AWSDate\nscalar AWSDateTime\n';
const schemaText = readFileSync(join(import.meta.dirname, '..', 'schema', 'schema.graphql'), 'utf8');
const schema = buildSchema(directives + scalars + schemaText);

const text = (item: Item, name: string) => item[name]?.S ?? '';
const number = (item: Item, name: string) => Number(item[name]?.N ?? 0);

/** Objects with methods: graphql-js calls them with a field's arguments. */
const root = {
  async customer({ customerId }: { customerId: string }) {
    const Key = { customerId: { S: customerId }, sk: { S: PROFILE } };
    const { Item: item } = await client.send(new GetItemCommand({ TableName: customersTable, Key }));
    return item === undefined ? null : new Customer(item);
  },
};

class Customer {
  readonly customerId: string;
  readonly country: string;
  readonly invoiceCount: number;
  readonly revenue: string;

  constructor(item: Item) {
    this.customerId = text(item, 'customerId');
    this.country = text(item, 'homeCountry');
    this.invoiceCount = number(item, 'invoiceCount');
    this.revenue = text(item, 'revenue');
  }

  async invoices({ limit }: { limit?: number }) {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: customersTable,
        KeyConditionExpression: 'customerId = :customer and begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':customer': { S: this.customerId }, ':prefix': { S: INVOICE_PREFIX } },
        ScanIndexForward: false,
        Limit: limit ?? 50,
      }),
    );
    return { items: Items.map((item) => new Invoice(item)) };
  }
}

class Invoice {
  readonly customerId: string;
  readonly invoiceNo: string;
  readonly invoiceDate: string;
  readonly total: string;

  constructor(item: Item) {
    const dated = text(item, 'sk').slice(INVOICE_PREFIX.length);
    this.customerId = text(item, 'customerId');
    this.invoiceNo = dated.slice(21);
    this.invoiceDate = dated.slice(0, 20);
    this.total = text(item, 'total');
  }

  /** The first page, of the customer's own lines. */
  async lines({ limit = 50 }: { limit?: number }) {
    const Key = { invoiceNo: { S: this.invoiceNo }, sk: { S: HEADER } };
    const { Item: header = {} } = await client.send(new GetItemCommand({ TableName: invoicesTable, Key, ConsistentRead: true }));
    const keys: string[] = [];
    let lines = 0;
    for (const [key, count] of JSON.parse(header['chunks']?.S ?? '[]') as [string, number][]) {
      if (lines >= limit) break;
      keys.push(key);
      lines += count;
    }
    const items = [...(await this.chunks(keys)), ...(lines < limit ? [header] : [])];
    const stored = items.flatMap((item) => {
      const { lines: all, settings } = JSON.parse(text(item, 'lines')) as StoredLines;
      return all.map((line) => ({ line, customerId: settings[line[6] ?? 0]?.[1] }));
    });
    const own = stored.slice(0, limit).filter(({ customerId }) => customerId === this.customerId);
    return { items: own.map(({ line }) => toLine(line)) };
  }

  private async chunks(keys: readonly string[]): Promise<Item[]> {
    if (keys.length === 0) return [];
    const Keys = keys.map((sk) => ({ invoiceNo: { S: this.invoiceNo }, sk: { S: sk } }));
    const RequestItems = { [invoicesTable]: { Keys, ConsistentRead: true } };
    const { Responses = {} } = await client.send(new BatchGetItemCommand({ RequestItems }));
    const found = new Map((Responses[invoicesTable] ?? []).map((item) => [text(item, 'sk'), item]));
    return keys.map((key) => found.get(key) ?? {});
  }
}

const toLine = ([, stockCode, description, quantity, mills]: StoredLine) => ({
  stockCode,
  description: description === '' ? null : description,
  quantity,
  unitPrice: toPounds(mills),
  amount: toPounds(quantity * mills),
});

const documents = new Map<string, DocumentNode>();

function documentOf(query: string): DocumentNode {
  let document = documents.get(query);
  if (document === undefined) {
    document = parse(query);
    const [problem] = validate(schema, document);
    if (problem !== undefined) throw problem;
    documents.set(query, document);
  }
  return document;
}

const server = http.createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    answer(request, Buffer.concat(chunks)).then(
      (body) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
        response.end(body);
      },
      (error: unknown) => {
        console.error(error);
        response.writeHead(500).end();
      },
    );
  });
});

async function answer({ headers }: http.IncomingMessage, body: Buffer): Promise<string> {
  if (headers['x-api-key'] !== apiKey) throw new Error('another key');
  const { query, variables } = JSON.parse(body.toString('utf8')) as { query: string; variables?: Record<string, unknown> };
  const document = documentOf(query);
  return JSON.stringify(await execute({ schema, document, rootValue: root, variableValues: variables ?? {} }));
}

server.listen(0, '127.0.0.1', () => {
  report({ url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/graphql` });
});
