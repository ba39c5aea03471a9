import { barChart } from './charts.ts';
import { postQuery } from './examples.ts';
import type { LocalOutputs } from './local-stack.ts';

interface SalesRow {
  readonly month?: string;
  readonly country?: string;
  readonly stockCode?: string;
  readonly description?: string | null;
  readonly revenue: string;
}

interface Sales {
  readonly status: string;
  readonly source: string;
  readonly elapsedMs: number;
  readonly rows: readonly SalesRow[];
}

/** The API does not answer with sales. */
export class NoSalesError extends Error {
  override readonly name = 'NoSalesError';
  readonly code = 'NO_SALES';

  constructor(readonly answer: unknown) {
    super(`the API does not answer with sales: ${JSON.stringify(answer)}`);
  }
}

const CHARTS = [
  {
    title: 'Revenue by month, pounds',
    query: 'groupBy: [MONTH]',
    fields: 'month',
    label: (row: SalesRow) => row.month ?? '',
  },
  {
    title: 'Top products by revenue, pounds',
    query: 'groupBy: [PRODUCT], orderBy: [{by: REVENUE, direction: DESC}], limit: 8',
    fields: 'stockCode description',
    label: (row: SalesRow) => `${row.stockCode ?? ''} ${row.description ?? ''}`.trim(),
  },
  {
    title: 'Top countries by revenue, pounds',
    query: 'groupBy: [COUNTRY], orderBy: [{by: REVENUE, direction: DESC}], limit: 8',
    fields: 'country',
    label: (row: SalesRow) => row.country ?? '',
  },
] as const;

/** Ask the API for sales by month, product and country, and draw the answers. @throws NoSalesError */
export async function showSales(outputs: LocalOutputs, print: (text: string) => void): Promise<void> {
  for (const { title, query, fields, label } of CHARTS) {
    const answer = (await postQuery(outputs, `{ sales(${query}) { status source elapsedMs rows { ${fields} revenue } } }`)) as {
      readonly data?: { readonly sales?: Sales } | null;
    };
    const sales = answer.data?.sales;
    if (sales?.status !== 'FINISHED') throw new NoSalesError(answer);
    const bars = sales.rows.map((row) => ({ label: label(row), pounds: row.revenue }));
    print(`\n${barChart(`${title} (${sales.source}, ${String(sales.elapsedMs)} ms)`, bars)}`);
  }
}
