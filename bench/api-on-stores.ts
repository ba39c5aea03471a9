import { connect, connectionFrom, type Tillgraph } from '../sdk/index.ts';
import { startChild } from './child.ts';
import type { FreshStack } from './fresh-stack.ts';
import type { HandWrittenSettings } from './hand-written-server.ts';
import { compareUnderLoad, type Load } from './load.ts';

/** Our API and a hand-written one, on the same stores. */
export interface ApiOnStores {
  readonly ours: Load;
  readonly handWritten: Load;
  readonly customers: number;
}

const QUERY = `query CustomerWithInvoices($id: ID!) {
  customer(customerId: $id) {
    customerId
    country
    invoiceCount
    revenue
    invoices(limit: 10) {
      items { invoiceNo invoiceDate total lines { items { stockCode description quantity unitPrice amount } } }
    }
  }
}`;

/** Customers that are asked for in rotation. */
const CUSTOMERS = 20;

/** @param seconds - how long a round of load is */
export async function apiOnStores({ outputs, outputsFile, pid }: FreshStack, seconds: number): Promise<ApiOnStores> {
  const client = connect(connectionFrom(outputsFile));
  const bodies = (await goodCustomers(client)).map((id) => ({ query: QUERY, variables: { id } }));
  client.close();

  const given: HandWrittenSettings = {
    region: outputs.region,
    credentials: outputs.credentials,
    dynamodb: outputs.endpoints.dynamodb,
    customersTable: outputs.stack['CustomersTableName'] ?? '',
    invoicesTable: outputs.stack['InvoicesTableName'] ?? '',
    apiKey: outputs.apiKey,
  };
  const rival = await startChild<{ readonly url: string }>('hand-written-server.ts', given);
  try {
    const headers = { 'x-api-key': outputs.apiKey };
    const targets = [
      { url: outputs.graphqlUrl, headers, pids: [pid] },
      // The tables of both are in the stack's process.
      { url: rival.ready.url, headers, pids: [rival.pid, pid] },
    ] as const;
    const [ours, handWritten] = await compareUnderLoad(...targets, bodies, seconds);
    return { ours, handWritten, customers: bodies.length };
  } finally {
    await rival.stop();
  }
}

/** Those with ten invoices or more, as far as there are so many; else those that come next. */
async function goodCustomers(client: Tillgraph): Promise<string[]> {
  const seen: { readonly customerId: string; readonly invoiceCount: number }[] = [];
  let good = 0;
  for await (const customer of client.customers({ country: 'United Kingdom' })) {
    seen.push(customer);
    if (customer.invoiceCount >= 10) good += 1;
    if (good === CUSTOMERS) break;
  }
  return seen
    .sort((one, other) => other.invoiceCount - one.invoiceCount)
    .slice(0, CUSTOMERS)
    .map(({ customerId }) => customerId);
}
