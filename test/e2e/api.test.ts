import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getOperationAST, OperationTypeNode, parse } from 'graphql';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { consumersCaughtUp } from '@tillgraph/local-aws';
import type { Tillgraph, TransactionInput } from '../../sdk/index.ts';
import { graphqlClientOf } from '../support/graphql-client.ts';
import { setFaults } from '../support/faults.ts';
import { line, linesOf, type LineChanges } from '../support/lines.ts';
import { clientOf } from '../support/pipeline.ts';
import { newDirectory, removeDirectory, startStack, type Stack } from '../support/stack.ts';
import { sent } from '../support/stream-answers.ts';

const root = join(import.meta.dirname, '..', '..');
const directory = newDirectory();
/** Waits for batches are not what is looked at here. */
const FAST = ['--time-factor', '3000'];
let stack: Stack;
let client: Tillgraph;
let ask: ReturnType<typeof graphqlClientOf>;

beforeAll(async () => {
  stack = await startStack(directory, FAST);
  client = clientOf(stack);
  ask = graphqlClientOf(stack);
});

afterAll(async () => {
  client.close();
  await stack.stop();
  removeDirectory(directory);
});

const input = (changes: LineChanges = {}): TransactionInput => sent(line(changes));

/** Send lines and wait until every store has them. */
async function given(...lines: readonly TransactionInput[]): Promise<void> {
  const receipt = await client.sendTransactions(lines);
  expect(receipt).toMatchObject({ accepted: lines.length, failed: [] });
  await consumersCaughtUp(stack.outputs);
}

/** The operations written out in a page of the documentation, in their order. */
function examplesOf(page: string): string[] {
  if (!existsSync(join(root, page))) return [];
  return [...readFileSync(join(root, page), 'utf8').matchAll(/^```graphql\n(.*?)^```$/gms)].map(([, text = '']) => text);
}

describe('the examples of the documentation', () => {
  const examples = [...examplesOf('docs/api.md'), ...examplesOf('README.md')];

  test('run in the order in which they stand, each without an error', async () => {
    const answers: Record<string, unknown>[] = [];
    for (const text of examples) {
      const document = parse(text);
      if (getOperationAST(document)?.operation === OperationTypeNode.MUTATION) {
        answers.push(await client.mutate(document));
        await consumersCaughtUp(stack.outputs);
      } else {
        const { status, body } = await ask.byKey(text);
        expect([status, body.errors]).toEqual([200, undefined]);
        answers.push(body.data ?? {});
      }
    }

    const [receipt, ofCustomer, ofInvoice, ofNovember, ofCountry] = answers;
    expect(receipt).toEqual({ sendTransactions: { accepted: 3, failed: [] } });
    expect(ofCustomer?.['customer']).toMatchObject({
      country: 'United Kingdom',
      firstInvoiceAt: '2011-11-04T08:26:00Z',
      lastInvoiceAt: '2011-11-05T10:00:00Z',
      invoiceCount: 2,
      units: 11,
      revenue: '32.250',
      invoices: {
        items: [
          { invoiceNo: 'C990002', total: '-3.390', cancelled: true },
          {
            invoiceNo: '990001',
            total: '35.640',
            cancelled: false,
            lines: { items: [{ stockCode: '85123A', unitPrice: '2.550', amount: '15.300' }, { amount: '20.340' }] },
          },
        ],
        nextToken: null,
      },
    });
    expect(ofInvoice?.['invoice']).toMatchObject({ cancelled: true, customer: { customerId: '99001', revenue: '32.250' } });
    expect(ofNovember?.['invoices']).toMatchObject({ items: [{ invoiceNo: 'C990002' }, { invoiceNo: '990001' }] });
    expect(ofCountry?.['customers']).toEqual({
      items: [{ customerId: '99001', invoiceCount: 2, revenue: '32.250' }],
      nextToken: null,
    });
  });
});

describe('who may ask', () => {
  const QUESTION = '{ invoice(invoiceNo: "500001") { invoiceNo } }';
  const SEND = 'mutation ($input: TransactionInput!) { sendTransaction(input: $input) { accepted } }';

  beforeAll(() => given(input({ invoiceNo: '500001' })));

  test('a query is answered by API key and by IAM alike', async () => {
    const answers = [await ask.byKey(QUESTION), await ask.signed(QUESTION)];

    for (const answer of answers) expect(answer).toEqual({ status: 200, body: { data: { invoice: { invoiceNo: '500001' } } } });
  });

  test('a mutation by API key is unauthorized, and nothing of it is stored', async () => {
    const { status, body } = await ask.byKey(SEND, { input: input({ invoiceNo: '500002' }) });
    await consumersCaughtUp(stack.outputs);

    expect([status, body]).toEqual([
      200,
      {
        data: null,
        errors: [
          expect.objectContaining({
            path: ['sendTransaction'],
            errorType: 'Unauthorized',
            message: 'Not Authorized to access sendTransaction on type Mutation',
            locations: [{ line: 1, column: 40, sourceName: null }],
          }),
        ],
      },
    ]);
    expect(await client.invoice('500002')).toBeNull();
  });

  test.each([
    ['nothing', {}],
    ['a wrong key', { 'x-api-key': 'da2-wrongwrongwrongwrongwrong' }],
    ['an empty key', { 'x-api-key': '' }],
    ['a word for a signature', { authorization: 'Bearer me' }],
  ])('a request with %s is not let in', async (_, headers) => {
    const { status, body } = await ask.plainly(QUESTION, headers);

    expect([status, body]).toEqual([
      401,
      { errors: [{ errorType: 'UnauthorizedException', message: expect.any(String) as string }] },
    ]);
  });

  test.each([
    ['of an hour ago', { date: new Date(Date.now() - 3_600_000) }],
    ['of tomorrow', { date: new Date(Date.now() + 86_400_000) }],
    ['with another secret', { credentials: { accessKeyId: 'AKIALOCAL', secretAccessKey: 'not the secret' } }],
    ['of another body', { body: '{"query":"{ other }"}' }],
    ['for another region', { region: 'eu-west-1' }],
    ['for another service', { service: 'execute-api' }],
  ])('a signature %s is not let in', async (_, spoilt) => {
    const { status, body } = await ask.signed(SEND, { input: input({ invoiceNo: '500003' }) }, spoilt);
    await consumersCaughtUp(stack.outputs);

    expect([401, 403]).toContain(status);
    expect(body).toEqual({ errors: [{ errorType: expect.any(String) as string, message: expect.any(String) as string }] });
    expect(await client.invoice('500003')).toBeNull();
  });

  test('the schema may be asked for here, and describes itself', async () => {
    const { body } = await ask.byKey('{ __type(name: "Customer") { fields { name description } } }');

    const { fields } = (body.data as { __type: { fields: { name: string; description: string }[] } }).__type;
    expect(fields.map(({ name }) => name)).toContain('revenue');
    expect(fields.every(({ description }) => description.length > 10)).toBe(true);
  });
});

describe('what is refused', () => {
  beforeAll(() =>
    given(
      ...['61001', '61002', '61003'].map((customerId) =>
        input({ invoiceNo: `5${customerId}`, customerId, country: 'Lummerland', lineId: customerId }),
      ),
    ),
  );

  test('the error for a page of 501 names field, type and what to write, outside its extensions', async () => {
    const { status, body } = await ask.byKey('{ customers(country: "Lummerland", limit: 501) { nextToken } }');

    expect([status, body.data]).toEqual([200, null]);
    expect(body.errors).toEqual([
      {
        path: ['customers'],
        data: null,
        errorType: 'InvalidValue',
        errorInfo: { field: 'limit', value: 501 },
        locations: [{ line: 1, column: 3, sourceName: null }],
        message: 'limit: write a number from 1 to 500: got 501',
      },
    ]);
  });

  test('a bad argument further down leaves the rest of the answer', async () => {
    const { body } = await ask.byKey(
      '{ good: customer(customerId: "61001") { country } bad: customer(customerId: "61001") { invoices(limit: 0) { nextToken } } }',
    );

    expect(body.data).toEqual({ good: { country: 'Lummerland' }, bad: null });
    expect(body.errors).toMatchObject([{ path: ['bad', 'invoices'], errorType: 'InvalidValue' }]);
  });

  test('a token of another list, of another argument, or of nobody', async () => {
    const page = async (country: string, nextToken: string | null) =>
      (
        await ask.byKey(
          'query ($country: String!, $nextToken: String) { customers(country: $country, limit: 1, nextToken: $nextToken) { items { customerId } nextToken } }',
          { country, nextToken },
        )
      ).body;
    const { nextToken } = ((await page('Lummerland', null)).data as { customers: { nextToken: string } }).customers;

    const further = await page('Lummerland', nextToken);
    const refused = [await page('Norway', nextToken), await page('Lummerland', 'nobody'), await page('Lummerland', '')];

    expect(further.data).toMatchObject({ customers: { items: [{ customerId: '61002' }] } });
    for (const body of refused)
      expect(body.errors).toMatchObject([{ errorType: 'InvalidToken', errorInfo: { field: 'nextToken' }, path: ['customers'] }]);
  });

  test.each([
    '{ customer(customerId: "17850") { shoeSize } }',
    '{ customer { country } }',
    '{ invoices(from: "yesterday", to: "2011-11-30") { nextToken } }',
  ])('a document that does not fit the schema is refused whole: %s', async (query) => {
    const { status, body } = await ask.byKey(query);

    expect([status, body.data]).toEqual([200, null]);
    expect(body.errors).toMatchObject([{ path: null, message: expect.any(String) as string }]);
    expect(body.errors?.[0]).not.toHaveProperty('extensions');
  });

  test('what is no GraphQL is refused with 400, and the log has the status and not the query', async () => {
    const { status, body } = await ask.byKey('{ invoices(from: "2011-11-30"');

    const [logName = ''] = readdirSync(join(directory, 'logs')).filter((name) => name.endsWith('-graphql.log'));
    const log = () => readFileSync(join(directory, 'logs', logName), 'utf8');
    await expect.poll(log).toContain('"logType":"RequestSummary","statusCode":400');
    expect(log()).not.toContain('2011-11-30');

    expect([status, body.errors]).toEqual([
      400,
      [{ errorType: 'MalformedHttpRequestException', message: 'Unable to parse GraphQL query.' }],
    ]);
  });

  test.each([
    ['{ invoices(from: "2011-11-30", to: "2011-11-01") { nextToken } }', 'from'],
    ['{ invoice(invoiceNo: "no such number") { total } }', 'invoiceNo'],
    ['{ customer(customerId: "") { revenue } }', 'customerId'],
    ['{ customers(country: " ") { nextToken } }', 'country'],
  ])('a value that cannot be is refused with the name of its field: %s', async (query, field) => {
    const { status, body } = await ask.byKey(query);

    expect(status).toBe(200);
    expect(body.errors).toMatchObject([{ errorType: 'InvalidValue', errorInfo: { field } }]);
    expect(body.errors?.[0]?.message).toMatch(new RegExp(`^${field}: write .+: got "`));
  });

  test('what nobody has sent is null or empty, and no error', async () => {
    const { body } = await ask.byKey(
      '{ customer(customerId: "0") { country } invoice(invoiceNo: "0") { total } customers(country: "Atlantis") { items { country } nextToken } }',
    );

    expect(body).toEqual({ data: { customer: null, invoice: null, customers: { items: [], nextToken: null } } });
  });
});

describe('lines on their way', () => {
  const SEND =
    'mutation ($input: [TransactionInput!]!) { sendTransactions(input: $input) { accepted failed { index lineId code } } }';

  const streamFaults = (rules: readonly object[]) => setFaults(stack.outputs.endpoints.kinesis, rules);

  afterEach(() => streamFaults([]));

  test('a bad one is refused alone, by name, and the rest is stored', async () => {
    const lines = linesOf('520001', 5).map(sent);
    const spoilt = lines.map((one, place) => (place === 2 ? { ...one, unitPrice: '2.5555' } : one));

    const { body } = await ask.signed(SEND, { input: spoilt });
    await consumersCaughtUp(stack.outputs);

    const [bad] = spoilt.slice(2);
    expect(body.data).toEqual({
      sendTransactions: { accepted: 4, failed: [{ index: 2, lineId: bad?.lineId, code: 'InvalidValue' }] },
    });
    expect(body.errors).toMatchObject([
      {
        path: ['sendTransactions'],
        errorType: 'InvalidValue',
        errorInfo: { index: 2, lineId: bad?.lineId, field: 'unitPrice', value: '2.5555' },
      },
    ]);
    expect(await client.invoice('520001')).toMatchObject({ lineCount: 4 });
  });

  test('lines that a busy stream did not take are named, and sending those completes the invoices', async () => {
    const lines = ['520010', '520011', '520012', '520013'].flatMap((invoiceNo) => linesOf(invoiceNo, 3).map(sent));
    await streamFaults([{ operation: 'PutRecords', effect: 'partial', times: 1 }]);

    const first = await client.sendTransactions(lines, { retry: false });
    const again = await client.sendTransactions(
      first.failed.map(({ index }) => lines[index]!),
      { retry: false },
    );
    await consumersCaughtUp(stack.outputs);

    expect(first.failed.length).toBeGreaterThan(0);
    expect(first.accepted).toBe(lines.length - first.failed.length);
    expect(
      first.failed.every(
        ({ code, index, lineId }) => /Throttled|StreamUnavailable/.test(code) && lines[index]?.lineId === lineId,
      ),
    ).toBe(true);
    expect(again).toMatchObject({ accepted: first.failed.length, failed: [] });
    for (const invoiceNo of ['520010', '520011', '520012', '520013'])
      expect(await client.invoice(invoiceNo)).toMatchObject({ lineCount: 3 });
  });

  test('a request that the stream throttles is refused line by line, and the client resends it', async () => {
    const lines = linesOf('520020', 3).map(sent);
    await streamFaults([{ operation: 'PutRecords', effect: 'throttle', times: 2 }]);

    const { body } = await ask.signed(SEND, { input: lines });
    const receipt = await client.sendTransactions(lines);

    expect(body).toEqual({
      data: {
        sendTransactions: {
          accepted: 0,
          failed: lines.map(({ lineId }, index) => ({ index, lineId, code: 'Throttled' })),
        },
      },
    });
    expect(receipt).toMatchObject({ accepted: 3, failed: [], resent: 3 });
  });

  test('a line that is sent again and again counts once', async () => {
    const one = input({ invoiceNo: '520030', customerId: '62030' });

    for (let time = 0; time < 3; time++) await given(one);

    expect(await client.customer('62030')).toMatchObject({ invoiceCount: 1, lineCount: 1, units: 6, revenue: '15.300' });
  });

  test('two hundred emoji are a description', async () => {
    const description = '🕯'.repeat(200);

    await given(input({ invoiceNo: '520040', description }));

    const invoice = await client.invoice('520040', { lines: 1 });
    expect(invoice?.lines.items).toMatchObject([{ description }]);
  });
});

describe('what the shop must see', () => {
  test('a customer lives where the latest invoice was written, although it arrived first', async () => {
    const later = { invoiceNo: '530002', customerId: '63001', country: 'Norway', invoiceDate: '2011-06-02T10:00:00Z' };
    const earlier = { invoiceNo: '530001', customerId: '63001', country: 'Denmark', invoiceDate: '2011-06-01T10:00:00Z' };

    await given(input({ ...later, lineId: 'later' }));
    await given(input({ ...earlier, lineId: 'earlier' }));

    expect(await client.customer('63001')).toMatchObject({
      country: 'Norway',
      firstInvoiceAt: earlier.invoiceDate,
      lastInvoiceAt: later.invoiceDate,
    });
    const { body } = await ask.byKey(
      '{ norway: customers(country: "Norway") { items { customerId } } denmark: customers(country: "Denmark") { items { customerId } } }',
    );
    expect(body.data).toEqual({ norway: { items: [{ customerId: '63001' }] }, denmark: { items: [] } });
  });

  test("a guest's invoice has no customer, and no customer has it", async () => {
    await given(input({ invoiceNo: '530010', customerId: undefined, country: 'Utopia' }));

    const { body } = await ask.byKey(
      '{ invoice(invoiceNo: "530010") { customerId customer { country } total } customers(country: "Utopia") { items { customerId } } }',
    );
    expect(body).toEqual({
      data: { invoice: { customerId: null, customer: null, total: '15.300' }, customers: { items: [] } },
    });
  });
});
