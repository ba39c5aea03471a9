import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import type { TransactionLine } from '../../domain/transaction-line.ts';
import type { Tillgraph } from '../../sdk/index.ts';
import { clientOf } from '../support/pipeline.ts';
import { asTheDoorsWrite } from '../support/records-judged.ts';
import type { Stack } from '../support/stack.ts';
import { answersOf, latestVersions, lineText, type Answers } from './model.ts';
import { pounds } from './warehouse-lines.ts';

const AT_ONCE = 8;

/** Do something with every key, several at a time. */
async function withEach(keys: readonly string[], work: (key: string) => Promise<void>): Promise<void> {
  const waiting = [...keys];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) await work(key);
    }),
  );
}

const mills = (text: string) => String(BigInt(text.replace('.', '')));

/** Every one of these invoices and customers, as the API answers; what it does not know is left out. */
export async function apiAnswers(stack: Stack, invoiceNos: readonly string[], customerIds: readonly string[]): Promise<Answers> {
  const client = clientOf(stack);
  const lines: Record<string, string> = {};
  const invoices: Record<string, Answers['invoices'][string]> = {};
  const customers: Record<string, Answers['customers'][string]> = {};
  const listed: Record<string, Answers['listed'][string]> = {};
  try {
    await withEach(invoiceNos, async (invoiceNo) => {
      const invoice = await client.invoice(invoiceNo);
      if (invoice === null) return;
      invoices[invoiceNo] = {
        ...{ lines: invoice.lineCount, units: String(invoice.units), mills: mills(invoice.total) },
        ...{ date: invoice.invoiceDate, customerId: invoice.customerId ?? undefined, country: invoice.country },
      };
      for await (const line of client.invoiceLines(invoiceNo)) {
        const { lineId, stockCode, quantity, unitPrice, invoiceDate, country } = line;
        const text = lineText({
          ...{ stockCode, description: line.description ?? '', quantity, unitPrice },
          ...{ invoiceDate, customerId: line.customerId ?? '', country, sentAt: Date.parse(line.sentAt) },
        });
        const key = `${invoiceNo} ${lineId}`;
        lines[key] = Object.hasOwn(lines, key) ? `${String(lines[key])} and ${text}` : text;
      }
    });
    await withEach(customerIds, async (customerId) => {
      const customer = await client.customer(customerId);
      if (customer === null) return;
      customers[customerId] = {
        ...{ lines: customer.lineCount, units: String(customer.units), mills: mills(customer.revenue) },
        ...{ invoices: customer.invoiceCount, first: customer.firstInvoiceAt, last: customer.lastInvoiceAt },
        country: customer.country,
      };
      for await (const invoice of client.customerInvoices(customerId))
        listed[`${customerId} ${invoice.invoiceDate} ${invoice.invoiceNo}`] = {
          ...{ lines: invoice.lineCount, units: String(invoice.units), mills: mills(invoice.total) },
          country: invoice.country,
        };
    });
  } finally {
    client.close();
  }
  return { lines, invoices, customers, listed };
}

/** What the API must answer. It tells of a customer's latest invoice the date alone. */
export function expectedApiAnswers(accepted: readonly TransactionLine[]): Answers {
  const answers = answersOf(latestVersions(accepted));
  const customers = Object.entries(answers.customers).map(([id, sums]) => [id, { ...sums, last: sums.last.slice(0, 20) }]);
  return { ...answers, customers: Object.fromEntries(customers) as Answers['customers'] };
}

/** Sums of sales by group, as the API answers. */
export async function apiSales(client: Tillgraph): Promise<{ sales: Record<string, string> }> {
  const sales: Record<string, string> = {};
  for (const groupBy of [[], ['MONTH'], ['COUNTRY']] as const) {
    const { rows } = await client.sales({ groupBy: [...groupBy], limit: 1000 });
    for (const { month, country, revenue, units, lines, invoices, customers } of rows)
      sales[`${groupBy.join('')} ${month ?? country ?? ''}`] = [revenue, units, lines, invoices, customers].join(' ');
  }
  return { sales };
}

/** What it must answer. */
export function expectedSales(accepted: readonly TransactionLine[]): { sales: Record<string, string> } {
  const groups = new Map<string, TransactionLine[]>();
  for (const line of latestVersions(accepted)) {
    for (const key of [' ', `MONTH ${line.invoiceDate.slice(0, 7)}`, `COUNTRY ${line.country}`]) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [line]);
      else group.push(line);
    }
  }
  const sums = [...groups].map(([key, lines]): [string, string] => {
    const revenue = lines.reduce((sum, line) => sum + BigInt(line.quantity) * BigInt(line.unitPrice.replace('.', '')), 0n);
    const units = lines.reduce((sum, line) => sum + line.quantity, 0);
    const invoices = new Set(lines.map(({ invoiceNo }) => invoiceNo)).size;
    const customers = new Set(lines.flatMap(({ customerId }) => customerId ?? [])).size;
    return [key, [pounds(revenue), units, lines.length, invoices, customers].join(' ')];
  });
  return { sales: Object.fromEntries(sums) };
}

/** Every object below a prefix of the bucket. */
export async function objectsBelow({ outputs }: Stack, Prefix: string): Promise<Map<string, Buffer>> {
  const { region, credentials, endpoints } = outputs;
  const client = new S3Client({ region, credentials, endpoint: endpoints.s3 });
  const Bucket = outputs.stack['BucketName'];
  const objects = new Map<string, Buffer>();
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix })) {
    for (const { Key = '' } of Contents) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
      objects.set(Key, Buffer.from((await Body?.transformToByteArray()) ?? []));
    }
  }
  client.destroy();
  return objects;
}

/** The raw layer as a set of texts. */
export async function rawTexts(stack: Stack): Promise<{ raw: Record<string, string> }> {
  const objects = await objectsBelow(stack, 'raw/');
  const texts = [...objects.values()].flatMap((body) => gunzipSync(body).toString('utf8').split('\n').slice(0, -1));
  return { raw: Object.fromEntries(texts.map((text) => [text.slice(0, 1_000), 'once'])) };
}

export const expectedRaw = (accepted: readonly TransactionLine[]): { raw: Record<string, string> } => ({
  raw: Object.fromEntries(accepted.map((line) => [asTheDoorsWrite(line), 'once'])),
});
