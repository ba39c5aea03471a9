import { spawnSync } from 'node:child_process';
import type { TypedDocumentNode } from '@apollo/client/core';
import { parse } from 'graphql';
import { describe, expect, expectTypeOf, test, vi } from 'vitest';
import {
  connect,
  CustomersDocument,
  SendTransactionDocument,
  type CustomersQuery,
  type CustomerTotalsFragment,
  type InvoiceTotalsFragment,
  type LineDetailFragment,
} from '../../sdk/index.ts';
import { fakeApi, IDENTITY, line } from './fake-api.ts';

const customer = { customerId: '17850', country: 'France' };
const invoice = { invoiceNo: '536365', country: 'France' };

describe('a connection', () => {
  test.each([
    [{ url: 'localhost:4000', apiKey: 'a' }, 'write the url as in'],
    [{ url: 'graphql', apiKey: 'a' }, 'write the url as in'],
    [{ url: 'http://127.0.0.1:4000/graphql' }, 'give connect() an apiKey to read, credentials to send'],
    [{ url: 'http://127.0.0.1:4000/graphql', credentials: IDENTITY.credentials }, 'give connect() the region'],
  ])('that cannot be is refused at once: %o', (options, words) => {
    expect(() => connect(options)).toThrow(expect.objectContaining({ code: 'INVALID_CONNECTION' }) as Error);
    expect(() => connect(options)).toThrow(words);
  });

  test('to AppSync needs no region: its address has it', async () => {
    const url = 'https://abc.appsync-api.ap-south-1.amazonaws.com/graphql';
    const signed: unknown[] = [];
    const fetch = (_url: unknown, request?: RequestInit) => {
      signed.push(new Headers(request?.headers).get('authorization'));
      return Promise.resolve(Response.json({ data: { customer: null } }));
    };

    await connect({ url, credentials: IDENTITY.credentials, fetch }).customer('17850');

    expect(signed).toEqual([expect.stringContaining('/ap-south-1/appsync/aws4_request')]);
  });

  test('that is closed ends what is under way, and starts nothing more', async () => {
    let tillgraph = connect({ url: 'http://127.0.0.1:9', apiKey: 'none' });
    const api = await fakeApi(() => {
      tillgraph.close();
      return new Promise(() => undefined);
    });
    tillgraph = api.connect();

    const underWay = tillgraph.customer('17850');

    await expect(underWay).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(tillgraph.customer('17850')).rejects.toMatchObject({ code: 'CLOSED' });
    expect(api.received).toHaveLength(1);
  });
});

describe('a question', () => {
  test('about a customer brings the totals, and invoices where they are wanted', async () => {
    const withInvoices = { ...customer, invoices: { items: [invoice], nextToken: null } };
    const api = await fakeApi(({ query }) => ({
      body: { data: { customer: query.includes('invoices(') ? withInvoices : customer } },
    }));
    const tillgraph = api.connect();

    const plain = await tillgraph.customer('17850');
    const wide = await tillgraph.customer('17850', { invoices: 10 });

    expect(plain).toEqual(customer);
    expect(wide).toEqual(withInvoices);
    expect(api.received[1]?.variables).toEqual({ customerId: '17850', invoices: 10 });
    expectTypeOf(plain).toEqualTypeOf<CustomerTotalsFragment | null>();
    expectTypeOf(wide?.invoices.items[0]).toEqualTypeOf<InvoiceTotalsFragment | undefined>();
  });

  test('about an invoice brings the totals, and lines where they are wanted', async () => {
    const withLines = { ...invoice, lines: { items: [{ lineId: 'a' }], nextToken: null } };
    const api = await fakeApi(({ query }) => ({ body: { data: { invoice: query.includes('lines(') ? withLines : invoice } } }));
    const tillgraph = api.connect();

    const plain = await tillgraph.invoice('536365');
    const wide = await tillgraph.invoice('536365', { lines: 3 });

    expect(plain).toEqual(invoice);
    expect(wide).toEqual(withLines);
    expectTypeOf(plain).toEqualTypeOf<InvoiceTotalsFragment | null>();
    expectTypeOf(wide?.lines.items[0]).toEqualTypeOf<LineDetailFragment | undefined>();
  });

  test('of any other kind has the type of its document', async () => {
    const customers = { items: [customer], nextToken: null };
    const api = await fakeApi(() => ({ body: { data: { customers } } }));
    const tillgraph = api.connect();

    const answer = await tillgraph.query(CustomersDocument, { country: 'France' });

    expect(answer).toEqual({ customers });
    expectTypeOf(answer).toEqualTypeOf<CustomersQuery>();
    // @ts-expect-error a document that needs variables is not asked without
    expectTypeOf(() => tillgraph.query(CustomersDocument)).returns.resolves.toEqualTypeOf<CustomersQuery>();
    await expect(tillgraph.mutate(SendTransactionDocument, { input: line('a') })).resolves.toEqual({ customers });
  });

  test('without variables needs none', async () => {
    const api = await fakeApi(() => ({ body: { data: { __typename: 'Query' } } }));
    const document = parse('{ __typename }') as TypedDocumentNode<{ __typename: string }, Record<string, never>>;

    const answer = await api.connect().query(document);

    expect(answer).toEqual({ __typename: 'Query' });
  });

  test('goes over the wire as it is written, and each time anew: nothing is cached', async () => {
    const api = await fakeApi((_request, n) => ({ body: { data: { customer: { ...customer, lineCount: n } } } }));
    const tillgraph = api.connect();

    const seen = [await tillgraph.customer('17850'), await tillgraph.customer('17850')];

    expect(seen.map((one) => one?.lineCount)).toEqual([0, 1]);
    expect(api.received[0]?.query).not.toContain('__typename');
  });

  test('that two ask at once is two questions, so that one may stop', async () => {
    const first = new AbortController();
    const api = await fakeApi((_request, n) => {
      if (n < 1) return new Promise(() => undefined);
      first.abort(new Error('enough'));
      return { body: { data: { customer } } };
    });
    const tillgraph = api.connect();

    const [stopped, answered] = await Promise.allSettled([
      tillgraph.customer('17850', { signal: first.signal }),
      tillgraph.customer('17850'),
    ]);

    expect(stopped).toMatchObject({ status: 'rejected', reason: { message: 'enough' } });
    expect(answered).toMatchObject({ status: 'fulfilled', value: customer });
  });
});

test('many calls share one signal without a warning', async () => {
  const api = await fakeApi(() => ({ body: { data: { customer: null } } }));
  const tillgraph = api.connect();
  const warn = vi.spyOn(process, 'emitWarning');
  const { signal } = new AbortController();

  await Promise.all(Array.from({ length: 20 }, () => tillgraph.customer('17850', { signal })));

  expect(warn).not.toHaveBeenCalled();
});

test('the client is loaded without Apollo, GraphQL or React', () => {
  const forbid = `export const resolve = (name, context, next) => { if (/^(react|react-dom|graphql|rxjs|@apollo)(\\/|$)/.test(name)) throw new Error('asks for ' + name); return next(name, context) }`;
  const register = `import { register } from 'node:module'; register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(forbid)}`)});`;
  const flags = [
    '--import',
    'tsx',
    '--import',
    `data:text/javascript,${encodeURIComponent(register)}`,
    '--input-type=module',
    '--eval',
  ];

  const { status, stderr } = spawnSync(process.execPath, [
    ...flags,
    `await import(${JSON.stringify(new URL('../../sdk/index.ts', import.meta.url).href)})`,
  ]);

  expect(String(stderr)).toBe('');
  expect(status).toBe(0);
});
