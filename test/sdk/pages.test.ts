import { describe, expect, test } from 'vitest';
import { appSyncError, fakeApi, type Received } from './fake-api.ts';

const invoice = (invoiceNo: string) => ({ invoiceNo });
const page = (items: string[], nextToken: string | null) => ({ items: items.map(invoice), nextToken });
const DECEMBER = { from: '2010-12-01', to: '2010-12-31' };

/** An API that hands out these pages in turn, the n-th behind the token `n`. */
const paged = (pages: string[][], field: (page: object) => object = (invoices) => ({ invoices })) =>
  fakeApi(({ variables }: Received) => {
    const n = Number(variables['nextToken'] ?? 0);
    return { body: { data: field(page(pages[n] ?? [], n + 1 < pages.length ? String(n + 1) : null)) } };
  });

describe('a list', () => {
  test('gives each element once, in order, also across a page that is empty', async () => {
    const api = await paged([['1', '2'], [], ['3'], []]);

    const seen = await collect(api.connect().invoices({ ...DECEMBER, country: 'France', pageSize: 2 }));

    expect(seen).toEqual(['1', '2', '3']);
    expect(api.received.map(({ variables }) => variables)).toEqual(
      [null, '1', '2', '3'].map((nextToken) => ({ ...DECEMBER, country: 'France', limit: 2, nextToken })),
    );
  });

  test('asks for no page before it is needed, and for none after the caller has stopped', async () => {
    const api = await paged([['1', '2'], ['3'], ['4']]);

    for await (const { invoiceNo } of api.connect().invoices(DECEMBER)) if (invoiceNo === '2') break;

    expect(api.received).toHaveLength(1);
  });

  test('ends with the reason of an abort, in the middle of a page', async () => {
    const api = await paged([['1', '2', '3']]);
    const abort = new AbortController();
    const seen: string[] = [];

    const reading = (async () => {
      for await (const { invoiceNo } of api.connect().invoices({ ...DECEMBER, signal: abort.signal })) {
        seen.push(invoiceNo);
        abort.abort(new Error('enough'));
      }
    })();

    await expect(reading).rejects.toThrow('enough');
    expect(seen).toEqual(['1']);
  });

  test('ends with the reason of an abort, while a page is on its way', async () => {
    const abort = new AbortController();
    const api = await fakeApi(() => {
      abort.abort(new Error('enough'));
      return new Promise(() => undefined);
    });

    const reading = collect(api.connect().invoices({ ...DECEMBER, signal: abort.signal }));

    await expect(reading).rejects.toThrow('enough');
  });

  test('never goes round in circles', async () => {
    const api = await fakeApi(() => ({ body: { data: { invoices: page(['1'], 'the same') } } }));

    const reading = collect(api.connect().invoices(DECEMBER));

    await expect(reading).rejects.toMatchObject({ code: 'ENDLESS_PAGES', nextToken: 'the same' });
    expect(api.received).toHaveLength(2);
  });
});

describe('lines that are corrected while they are read', () => {
  const changed = {
    body: { data: null, errors: [appSyncError('ask for the same page again', 'InvoiceChanged', ['invoice', 'lines'])] },
  };
  const lines = { body: { data: { invoice: { lines: page(['1'], null) } } } };

  test('are asked for again', async () => {
    const api = await fakeApi((_, n) => (n < 2 ? changed : lines));

    const seen = await collect(api.connect().invoiceLines('536365'));

    expect(seen).toEqual(['1']);
    expect(api.received).toHaveLength(3);
  });

  test('are refused when it goes on so, after as many attempts as the policy has', async () => {
    const api = await fakeApi(() => changed);

    const reading = collect(api.connect().invoiceLines('536365'));

    await expect(reading).rejects.toMatchObject({ code: 'REQUEST_REFUSED', errors: [{ errorType: 'InvoiceChanged' }] });
    expect(api.received).toHaveLength(4);
  });

  test('are not asked for again where another error came with it', async () => {
    const errors = [...changed.body.errors, appSyncError('no', 'InvalidValue', ['customer'])];
    const api = await fakeApi(() => ({ body: { data: null, errors } }));

    await expect(collect(api.connect().invoiceLines('536365'))).rejects.toMatchObject({ code: 'REQUEST_REFUSED' });
    expect(api.received).toHaveLength(1);
  });
});

describe('the lists there are', () => {
  const two = [['1'], ['2']];

  test('the customers of a country', async () => {
    const api = await paged(two, (customers) => ({ customers }));

    const seen = await collect(api.connect().customers({ country: 'France' }));

    expect(seen).toEqual(['1', '2']);
    expect(api.received[0]).toMatchObject({ operationName: 'Customers', variables: { country: 'France', limit: 100 } });
  });

  test('the invoices of a customer', async () => {
    const api = await paged(two, (invoices) => ({ customer: { invoices } }));

    const seen = await collect(api.connect().customerInvoices('17850'));

    expect(seen).toEqual(['1', '2']);
    expect(api.received[1]).toMatchObject({
      operationName: 'CustomerInvoices',
      variables: { customerId: '17850', nextToken: '1' },
    });
  });

  test('the lines of an invoice', async () => {
    const api = await paged(two, (lines) => ({ invoice: { lines } }));

    const seen = await collect(api.connect().invoiceLines('536365', { pageSize: 500 }));

    expect(seen).toEqual(['1', '2']);
    expect(api.received[0]).toMatchObject({ operationName: 'InvoiceLines', variables: { invoiceNo: '536365', limit: 500 } });
  });

  test('none of a customer or an invoice that is not known', async () => {
    const api = await fakeApi(() => ({ body: { data: { customer: null, invoice: null } } }));
    const tillgraph = api.connect();

    const seen = [...(await collect(tillgraph.customerInvoices('nobody'))), ...(await collect(tillgraph.invoiceLines('none')))];

    expect(seen).toEqual([]);
  });
});

/** The fake's elements are invoices by number alone, whatever the list. */
async function collect(list: AsyncIterable<object>): Promise<string[]> {
  const seen: string[] = [];
  for await (const element of list) seen.push((element as { invoiceNo: string }).invoiceNo);
  return seen;
}
