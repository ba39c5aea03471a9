import { WarehouseReader } from '../../demo/warehouse.ts';
import type { SalesDimension } from '../../warehouse/statements/sales-dimensions.ts';
import { DIMENSIONS } from '../warehouse/sales-truth.ts';
import type { CsvTruth } from './csv-truth.ts';
import { IS_SERVICE } from './customer-sql.ts';
import { duckdbDigest, flag, redshiftDigest, text } from './digests.ts';
import { SALES_COLUMNS, salesSql } from './sales-sql.ts';
import type { Stack } from './stack.ts';

/** Of each table and each part of it: how many rows, and a digest of them. */
type State = Readonly<Record<string, string>>;

/** A table as the warehouse holds it, and as a CSV file says it must be. Columns are texts in SQL. */
interface Table {
  readonly name: string;
  readonly held: { readonly from: string; readonly part: string; readonly columns: readonly string[] };
  readonly truth: { readonly from: string; readonly part: string; readonly columns: readonly string[] };
}

const LINE = ['line_id', 'invoice_no', 'stock_code', 'description', 'quantity', 'unit_price', 'amount', 'day', 'hour'].map(text);
const OWNER = ['customer_id', 'country', flag('cancelled')];
const CALENDAR = ['day', 'hour', 'year', 'quarter', 'month', 'week', 'weekday'];
const INVOICE = ['invoice_no', ...CALENDAR, 'revenue', 'units', 'lines'].map(text);
const SALES = SALES_COLUMNS.map((column) => (column === 'cancelled' ? flag(column) : text(column)));
const PLACE = [...CALENDAR, 'invoice_no', 'customer_id', 'country', 'cancelled'].join(', ');

const groupings: readonly (readonly SalesDimension[])[] = [[], ...DIMENSIONS.map((one) => [one]), ['MONTH', 'COUNTRY']];
const rollup = (groupBy: readonly SalesDimension[]) =>
  `SELECT '${groupBy.length === 0 ? 'TOTAL' : groupBy.join('_')}' AS grouping_name, * FROM (${salesSql({ groupBy, where: {}, orderBy: [] })})`;

/**
 * Everything that is true, whatever way it came: neither numbers given in the order of arrival, nor when a line was sent.
 * Pairs and everything else that a refresh makes must be refreshed.
 */
const TABLES: readonly Table[] = [
  {
    name: 'sales_line',
    held: {
      from: 'mart.sales_line',
      part: 'LEFT(CAST(day AS VARCHAR(10)), 7)',
      columns: [...LINE, ...OWNER, `TO_CHAR(invoice_ts, 'YYYY-MM-DD HH24:MI:SS')`],
    },
    truth: { from: 'line', part: 'month', columns: [...LINE, ...OWNER, `strftime(ts, '%Y-%m-%d %H:%M:%S')`] },
  },
  {
    name: 'fact_invoice',
    held: { from: 'mart.fact_invoice', part: 'month', columns: [...INVOICE, ...OWNER] },
    truth: {
      from: `(SELECT ${PLACE}, CAST(SUM(amount) AS DECIMAL(18, 3)) AS revenue, SUM(quantity) AS units, COUNT(*) AS lines
        FROM line GROUP BY ${PLACE})`,
      part: 'month',
      columns: [...INVOICE, ...OWNER],
    },
  },
  {
    name: 'agg_sales',
    held: { from: 'mart.agg_sales', part: 'grouping_name', columns: SALES },
    truth: { from: `(${groupings.map(rollup).join(' UNION ALL ')})`, part: 'grouping_name', columns: SALES },
  },
  {
    name: 'agg_product_pair',
    held: {
      from: 'mart.agg_product_pair',
      part: `'all'`,
      columns: [
        ...['stock_code', 'description', 'other_stock_code', 'other_description', text('invoices')],
        ...['support', 'confidence', 'lift'].map((ratio) => text(`CAST(ROUND(${ratio} * 1000000) AS BIGINT)`)),
      ],
    },
    truth: {
      from: 'pair',
      part: `'all'`,
      columns: [
        ...['stock_code', 'description', 'other_code', 'other_description'],
        ...['invoices', 'support', 'confidence', 'lift'].map(text),
      ],
    },
  },
  {
    name: 'dim_product',
    held: { from: 'mart.dim_product', part: flag('service'), columns: ['stock_code', 'description'] },
    truth: {
      from: `(SELECT *, ${IS_SERVICE} AS service FROM product)`,
      part: flag('service'),
      columns: ['stock_code', 'description'],
    },
  },
  {
    name: 'dim_customer',
    held: { from: 'mart.dim_customer', part: `'all'`, columns: ['customer_id'] },
    truth: {
      from: `(SELECT DISTINCT customer_id FROM line UNION SELECT NULL)`,
      part: `'all'`,
      columns: ['customer_id'],
    },
  },
  {
    name: 'dim_country',
    held: { from: 'mart.dim_country', part: `'all'`, columns: ['country'] },
    truth: { from: '(SELECT DISTINCT country FROM line)', part: `'all'`, columns: ['country'] },
  },
];

function toState(name: string, rows: readonly (readonly (string | null)[])[]): State {
  return Object.fromEntries(
    rows.map(([part, count, digest]) => [`${name} ${String(part)}`, `${String(count)} rows, ${String(digest)}`]),
  );
}

/** What the warehouse must hold of a CSV file. */
export async function expectedState(truth: CsvTruth): Promise<State> {
  let state: State = { landing: '0', reject: '0' };
  for (const {
    name,
    truth: { from, part, columns },
  } of TABLES) {
    const sql = `SELECT ${part} AS part, COUNT(*), ${duckdbDigest(columns)} FROM ${from} GROUP BY part`;
    state = { ...state, ...toState(name, await truth.rows(sql)) };
  }
  return state;
}

/** What it holds, once everything that is in the stream has been loaded and refreshed. */
export async function warehouseState(stack: Stack): Promise<State> {
  const warehouse = new WarehouseReader(stack.outputs);
  try {
    await warehouse.caughtUp(true);
    const [[landing, reject] = []] = await warehouse.ask(
      'SELECT (SELECT COUNT(*) FROM intake.landing), (SELECT COUNT(*) FROM intake.reject)',
    );
    let state: State = { landing: String(landing), reject: String(reject) };
    for (const {
      name,
      held: { from, part, columns },
    } of TABLES) {
      const sql = `SELECT ${part} AS part, COUNT(*), ${redshiftDigest(columns)} FROM ${from} GROUP BY 1`;
      state = { ...state, ...toState(name, await warehouse.ask(sql)) };
    }
    return state;
  } finally {
    warehouse.close();
  }
}

/** What became of the lines of all loads after one. */
export async function loadsSince(stack: Stack, loadId: number) {
  const warehouse = new WarehouseReader(stack.outputs);
  try {
    const [row = []] = await warehouse.ask(
      `SELECT CAST(MAX(load_id) AS BIGINT), CAST(SUM(lines_in) AS BIGINT), CAST(SUM(lines_new) AS BIGINT),
        CAST(SUM(lines_changed) AS BIGINT), CAST(SUM(lines_rejected) AS BIGINT), CAST(SUM(lines_repeated + lines_unchanged) AS BIGINT)
      FROM intake.load_audit WHERE load_id > ${String(loadId)}`,
    );
    const [last, all, added, changed, rejected, seen] = row.map(Number);
    return { loadId: last ?? 0, lines: { in: all, new: added, changed, rejected, seen } };
  } finally {
    warehouse.close();
  }
}
