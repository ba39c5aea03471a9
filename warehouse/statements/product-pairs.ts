import { boundedAnswer, type AnswerColumn } from './bounded-answer.ts';
import { lift, ratio } from './ratio.ts';
import type { FieldRow, Statement } from './statement.ts';

/** Two products bought together, as the API returns it. */
export interface ProductPairRow {
  readonly stockCode: string;
  readonly description?: string | undefined;
  readonly otherStockCode: string;
  readonly otherDescription?: string | undefined;
  readonly invoices: number;
  readonly support: number;
  readonly confidence: number;
  readonly lift: number;
}

/** Of one product, or of all. */
export interface ProductPairsQuestion {
  readonly stockCode?: string | undefined;
  /** 1 to 1,000. */
  readonly limit: number;
}

/** The columns of an answer, in their order. */
export const PAIR_COLUMNS: readonly AnswerColumn[] = [
  { name: 'stock_code', type: 'VARCHAR(160)', value: 'g.stock_code' },
  { name: 'description', type: 'VARCHAR(800)', value: 'g.description' },
  { name: 'other_stock_code', type: 'VARCHAR(160)', value: 'g.other_stock_code' },
  { name: 'other_description', type: 'VARCHAR(800)', value: 'g.other_description' },
  { name: 'invoices', type: 'BIGINT', value: 'g.invoices' },
  { name: 'support', type: 'DOUBLE PRECISION', value: 'g.support' },
  { name: 'confidence', type: 'DOUBLE PRECISION', value: 'g.confidence' },
  { name: 'lift', type: 'DOUBLE PRECISION', value: 'g.lift' },
];

/** What is bought together most often: of all products from the finished pairs, of one product from its baskets. */
export function productPairsStatement({ stockCode, limit }: ProductPairsQuestion): Statement {
  return stockCode === undefined ? allPairs(limit) : pairsOf(stockCode, limit);
}

function allPairs(limit: number): Statement {
  const sql = boundedAnswer({
    columns: PAIR_COLUMNS,
    from: 'mart.agg_product_pair g',
    asOf: 'f.refreshed_as_of',
    order: ORDER,
    limit,
  });
  return { name: 'product-pairs', sql, parameters: [], source: 'ROLLUP' };
}

const ORDER = [
  'invoices DESC NULLS LAST',
  'lift DESC NULLS LAST',
  'stock_code ASC NULLS LAST',
  'other_stock_code ASC NULLS LAST',
];

const BOUGHT = "l.cancelled = FALSE AND SUBSTRING(l.invoice_no, 1, 1) <> 'A' AND l.quantity > 0";

/**
 * A basket is a sale: neither a cancellation nor an adjustment. What counts in it was bought, and is a product.
 *
 * @remarks Baskets of the other products are counted for those alone that can come among the first: most lines are of others.
 */
function pairsOf(stockCode: string, limit: number): Statement {
  const computed: Readonly<Record<string, string>> = {
    support: ratio('g.invoices', 'g.all_baskets'),
    confidence: ratio('g.invoices', 'g.mine_baskets'),
    lift: lift('g.invoices', 'g.all_baskets', 'g.mine_baskets', 'g.other_baskets'),
  };
  const sql = `WITH mine AS (
SELECT l.invoice_no
FROM mart.sales_line l JOIN mart.dim_product p ON p.stock_code = l.stock_code
WHERE l.stock_code = CAST(:stock_code AS VARCHAR(256)) AND ${BOUGHT} AND p.service = FALSE
GROUP BY l.invoice_no
), beside AS (
SELECT i.stock_code, COUNT(*) AS baskets
FROM (
SELECT l.invoice_no, l.stock_code
FROM mine m JOIN mart.sales_line l ON l.invoice_no = m.invoice_no JOIN mart.dim_product p ON p.stock_code = l.stock_code
WHERE l.stock_code <> CAST(:stock_code AS VARCHAR(256)) AND ${BOUGHT} AND p.service = FALSE
GROUP BY l.invoice_no, l.stock_code
) i
GROUP BY i.stock_code
), pair AS (
SELECT r.stock_code, r.baskets
FROM (SELECT b.stock_code, b.baskets, RANK() OVER (ORDER BY b.baskets DESC) AS place FROM beside b) r
WHERE r.place <= ${limit + 1}
), other AS (
SELECT i.stock_code, COUNT(*) AS baskets
FROM (
SELECT l.invoice_no, l.stock_code
FROM pair p JOIN mart.sales_line l ON l.stock_code = p.stock_code
WHERE ${BOUGHT}
GROUP BY l.invoice_no, l.stock_code
) i
GROUP BY i.stock_code
), whole AS (
SELECT COUNT(DISTINCT i.invoice_no) AS baskets
FROM mart.fact_invoice i
WHERE i.cancelled = FALSE AND SUBSTRING(i.invoice_no, 1, 1) <> 'A'
), base AS (
SELECT COUNT(*) AS baskets
FROM mine m
), cell AS (
SELECT q.stock_code, q.description, r.stock_code AS other_stock_code, r.description AS other_description, p.baskets AS invoices, w.baskets AS all_baskets, b.baskets AS mine_baskets, o.baskets AS other_baskets
FROM pair p CROSS JOIN whole w CROSS JOIN base b JOIN other o ON o.stock_code = p.stock_code JOIN mart.dim_product r ON r.stock_code = p.stock_code JOIN mart.dim_product q ON q.stock_code = CAST(:stock_code AS VARCHAR(256))
)
${boundedAnswer({
  columns: PAIR_COLUMNS.map(({ name, type, value }) => ({ name, type, value: computed[name] ?? value })),
  from: 'cell g',
  asOf: 'f.as_of',
  order: ORDER,
  limit,
})}`;
  return { name: 'product-pairs-of-one', sql, parameters: [{ name: 'stock_code', value: stockCode }], source: 'RAW' };
}

export function toPairRow(row: FieldRow): ProductPairRow {
  return {
    stockCode: row[0]?.stringValue ?? '',
    description: row[1]?.stringValue,
    otherStockCode: row[2]?.stringValue ?? '',
    otherDescription: row[3]?.stringValue,
    invoices: row[4]?.longValue ?? 0,
    support: row[5]?.doubleValue ?? 0,
    confidence: row[6]?.doubleValue ?? 0,
    lift: row[7]?.doubleValue ?? 0,
  };
}
