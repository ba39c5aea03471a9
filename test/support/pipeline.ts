import { consumersCaughtUp } from '@tillgraph/local-aws';
import { connect, connectionFrom, type Tillgraph } from '../../sdk/index.ts';
import { takeInventory } from '../../demo/inventory.ts';
import { sendThrough } from '../../ingest/replay/destination.ts';
import { replay, type ReplayOptions, type ReplayReport } from '../../ingest/replay/replay.ts';
import { printed, type ShopTruth } from './shop-truth.ts';
import type { Stack } from './stack.ts';

/** A client of a stack that a test has started. */
export const clientOf = (stack: Stack): Tillgraph => connect(connectionFrom(stack.outputs));

/** Send a file and wait until every consumer has done every record. */
export async function sendFile(stack: Stack, file: string, options: Partial<ReplayOptions> = {}): Promise<ReplayReport> {
  const client = clientOf(stack);
  try {
    const report = await replay({
      file,
      destination: sendThrough(client, stack.directory),
      rejects: `${stack.directory}/rejected.csv`,
      ...options,
    });
    await consumersCaughtUp(stack.outputs);
    return report;
  } finally {
    client.close();
  }
}

/** What all stores together must say, and what they do say, in the same words. */
export async function storesAgainst(stack: Stack, truth: ShopTruth) {
  const { raw, invoices, customers } = await takeInventory(stack.outputs);
  const known = [...truth.customers.values()];
  const sum = (pick: (customer: (typeof known)[number]) => bigint) =>
    known.reduce((total, customer) => total + pick(customer), 0n);
  const whole = { lines: truth.lines, units: truth.units, mills: truth.mills };
  const ofCustomers = {
    lines: Number(sum(({ lines }) => BigInt(lines))),
    units: Number(sum(({ units }) => BigInt(units))),
    mills: sum(({ mills }) => mills),
  };
  const plain = ({ lines, units, mills }: { lines: number; units: number; mills: bigint }) => ({ lines, units, mills });
  return {
    expected: {
      raw: whole,
      invoices: { ...whole, count: truth.invoices.size },
      customers: { ...ofCustomers, count: truth.customers.size },
      listed: ofCustomers,
    },
    held: {
      raw: plain(raw),
      invoices: { ...plain(invoices), count: invoices.invoices },
      customers: { ...plain(customers), count: customers.customers },
      listed: plain(customers.listed),
    },
  };
}

/** Every invoice and customer as the API lists them, against the truth. Walks every page. */
export async function apiAgainst(stack: Stack, truth: ShopTruth) {
  const client = clientOf(stack);
  try {
    const invoices: string[] = [];
    for await (const one of client.invoices({ from: '2000-01-01', to: '2099-12-31', pageSize: 500 }))
      invoices.push(
        [one.invoiceNo, one.invoiceDate, one.customerId ?? '', one.country, one.lineCount, one.units, one.total].join(' '),
      );
    const customers: string[] = [];
    for (const country of new Set([...truth.customers.values()].map((customer) => customer.country)))
      for await (const one of client.customers({ country, pageSize: 500 }))
        customers.push(
          [
            one.customerId,
            one.country,
            one.firstInvoiceAt,
            one.lastInvoiceAt,
            one.invoiceCount,
            one.lineCount,
            one.units,
            one.revenue,
          ].join(' '),
        );
    return {
      expected: {
        invoices: [...truth.invoices]
          .map(([no, one]) => [no, one.date, one.customerId, one.country, one.lines, one.units, printed(one.mills)].join(' '))
          .sort(),
        customers: [...truth.customers]
          .map(([id, one]) =>
            [id, one.country, one.firstAt, one.lastAt, one.invoices, one.lines, one.units, printed(one.mills)].join(' '),
          )
          .sort(),
      },
      held: { invoices: [...invoices].sort(), customers: customers.sort() },
      inOrder: invoices.map((one) => one.split(' ')).map(([no = '', date = '']) => `${date}#${no}`),
    };
  } finally {
    client.close();
  }
}
