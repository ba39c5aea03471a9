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

/**
 * What is bought together most often: of all products from the finished pairs, of one product from its baskets.
 *
 * @param stockCode - the one product
 * @param limit - 1 to 1,000
 */
export function pairsStatement(stockCode: string | undefined, limit: number): Statement {
  return stockCode === undefined ? allPairs(limit) : pairsOf(stockCode, limit);
}

function allPairs(limit: number): Statement {
  const sql = `SELECT ${PAIR}, CAST(g.support AS DOUBLE PRECISION) AS support, CAST(g.confidence AS DOUBLE PRECISION) AS confidence, CAST(g.lift AS DOUBLE PRECISION) AS lift, CAST(f.refreshed_as_of AS TIMESTAMP) AS as_of
FROM mart.freshness f LEFT JOIN mart.agg_product_pair g ON TRUE
${order(limit)}`;
  return { name: 'product-pairs', sql, parameters: [], source: 'ROLLUP' };
}

const PAIR =
  'CAST(g.stock_code AS VARCHAR(160)) AS stock_code, CAST(g.description AS VARCHAR(800)) AS description, CAST(g.other_stock_code AS VARCHAR(160)) AS other_stock_code, CAST(g.other_description AS VARCHAR(800)) AS other_description, CAST(g.invoices AS BIGINT) AS invoices';

function order(limit: number): string {
  return `ORDER BY invoices DESC NULLS LAST, lift DESC NULLS LAST, stock_code ASC NULLS LAST, other_stock_code ASC NULLS LAST\nLIMIT ${limit + 1}`;
}

const BOUGHT = "l.cancelled = FALSE AND SUBSTRING(l.invoice_no, 1, 1) <> 'A' AND l.quantity > 0";

/**
 * A basket is a sale: neither a cancellation nor an adjustment. What counts in it was bought, and is a product.
 *
 * @remarks Baskets of the other products are counted for those alone that can come among the first: most lines are of others.
 */
function pairsOf(stockCode: string, limit: number): Statement {
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
FROM pair p JOIN whole w ON TRUE JOIN base b ON TRUE JOIN other o ON o.stock_code = p.stock_code JOIN mart.dim_product r ON r.stock_code = p.stock_code JOIN mart.dim_product q ON q.stock_code = CAST(:stock_code AS VARCHAR(256))
)
SELECT ${PAIR}, ${ratio('g.invoices', 'g.all_baskets')} AS support, ${ratio('g.invoices', 'g.mine_baskets')} AS confidence, ${lift('g.invoices', 'g.all_baskets', 'g.mine_baskets', 'g.other_baskets')} AS lift, CAST(f.as_of AS TIMESTAMP) AS as_of
FROM mart.freshness f LEFT JOIN cell g ON TRUE
${order(limit)}`;
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
