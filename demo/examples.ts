import type { LocalOutputs } from './local-stack.ts';

interface CustomerOfInvoice {
  readonly data?: {
    readonly invoices?: { readonly items: readonly { readonly invoiceNo: string; readonly customerId: string | null }[] };
  };
}

/** Ask a few questions over plain HTTP with the API key, as any tool could, and print question and answer. */
export async function printExamples(outputs: LocalOutputs, print: (text: string) => void): Promise<void> {
  const newest = (await postQuery(
    outputs,
    '{ invoices(from: "2000-01-01", to: "2099-12-31", limit: 50) { items { invoiceNo customerId } } }',
  )) as CustomerOfInvoice;
  const items = newest.data?.invoices?.items ?? [];
  const known = items.find(({ customerId }) => customerId !== null) ?? items[0];
  if (known === undefined) return;
  const questions = [
    `{
  customer(customerId: "${known.customerId ?? ''}") {
    country invoiceCount revenue
    invoices(limit: 2) { items { invoiceNo total } }
  }
}`,
    `{
  invoice(invoiceNo: "${known.invoiceNo}") {
    invoiceDate lineCount total
    lines(limit: 2) { items { description quantity amount } }
  }
}`,
    `{
  invoices(from: "2011-01-01", to: "2011-12-31", country: "France", limit: 2) {
    items { invoiceNo invoiceDate total }
  }
}`,
  ];
  for (const question of questions) print(`\n${question}\n${JSON.stringify(await postQuery(outputs, question), null, 2)}\n`);
}

/** Ask the API as any tool could. */
export async function postQuery(outputs: LocalOutputs, query: string): Promise<unknown> {
  const answer = await fetch(outputs.graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': outputs.apiKey },
    body: JSON.stringify({ query }),
  });
  return answer.json();
}
