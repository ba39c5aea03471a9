// The questions about customers and products in DuckDB's SQL over the tables `line` and `product` of csv-truth.ts.

/** Stock codes that are no goods. */
const SERVICES = [
  ...['POST', 'DOT', 'C2', '23444', '23574', 'M', 'm', 'D', 'S', 'B', 'BANK CHARGES', 'AMAZONFEE', 'CRUK'],
  ...['gift_0001_10', 'gift_0001_20', 'gift_0001_30', 'gift_0001_40', 'gift_0001_50'],
];

/** Whether a stock code is that of a service, as SQL. */
export const IS_SERVICE = `stock_code IN (${SERVICES.map((code) => `'${code}'`).join(', ')})`;

/** In millionths, halves up. Both are whole numbers, the second above zero. */
const millionths = (part: string, whole: string) =>
  `(1000000 * (${part}) // (${whole}) + CASE WHEN 2 * (1000000 * (${part}) % (${whole})) >= (${whole}) THEN 1 ELSE 0 END)`;

/** Recency, frequency, monetary, customers, invoices and revenue of each cell, the best first. */
export const segmentsSql = (asOf = '9999-12-31') => `WITH customer AS (
  SELECT customer_id, MAX(day) FILTER (sale) AS last_day, COUNT(DISTINCT invoice_no) FILTER (sale) AS invoices, SUM(amount) AS revenue
  FROM line WHERE customer_id IS NOT NULL AND day <= DATE '${asOf}' GROUP BY customer_id HAVING COUNT(*) FILTER (sale) > 0
)
SELECT recency, frequency, monetary, COUNT(*) AS customers, SUM(invoices) AS invoices, CAST(SUM(revenue) AS DECIMAL(18, 3)) AS revenue
FROM (
  SELECT *, ntile(5) OVER (ORDER BY last_day, customer_id) AS recency, ntile(5) OVER (ORDER BY invoices, customer_id) AS frequency,
    ntile(5) OVER (ORDER BY revenue, customer_id) AS monetary
  FROM customer
)
GROUP BY recency, frequency, monetary ORDER BY recency DESC, frequency DESC, monetary DESC`;

/** Cohort, month, months since, size, customers and rate in millionths, of the cohorts of a range of months. */
export const retentionSql = (from = '0000-00', to = '9999-12') => `WITH active AS (
  SELECT DISTINCT customer_id, date_trunc('month', day) AS month FROM line WHERE sale AND customer_id IS NOT NULL
), born AS (
  SELECT customer_id, MIN(month) AS cohort FROM active GROUP BY customer_id
), cohort AS (
  SELECT cohort, COUNT(*) AS size FROM born GROUP BY cohort
), cell AS (
  SELECT cohort, size, unnest(range(cohort, (SELECT MAX(month) FROM active) + INTERVAL 1 MONTH, INTERVAL 1 MONTH)) AS month FROM cohort
)
SELECT strftime(cell.cohort, '%Y-%m') AS cohort, strftime(cell.month, '%Y-%m') AS month,
  datediff('month', cell.cohort, cell.month) AS months_since, size, COUNT(active.customer_id) AS customers,
  ${millionths('COUNT(active.customer_id)', 'size')} AS rate
FROM cell JOIN born ON born.cohort = cell.cohort
LEFT JOIN active ON active.customer_id = born.customer_id AND active.month = cell.month
WHERE strftime(cell.cohort, '%Y-%m') BETWEEN '${from}' AND '${to}'
GROUP BY cell.cohort, cell.month, size ORDER BY cell.cohort, cell.month`;

/** Baskets, what is in them, and how often it is. Numbers for products, because pairs of texts take DuckDB half a minute. */
const BASKETS = `basket AS (
  SELECT DISTINCT invoice_no FROM line WHERE sale
), item AS (
  SELECT DISTINCT dense_rank() OVER (ORDER BY invoice_no) AS invoice, dense_rank() OVER (ORDER BY stock_code) AS number, stock_code
  FROM line WHERE sale AND quantity > 0 AND NOT ${IS_SERVICE}
), bought AS (
  SELECT number, stock_code, COUNT(*) AS times FROM item GROUP BY ALL
)`;

const pairs = (join: string, having: string) => `WITH ${BASKETS}, both_of AS (
  SELECT one.number, other.number AS other_number, COUNT(*) AS times
  FROM item AS one JOIN item AS other ON one.invoice = other.invoice AND one.number <> other.number ${join}
  GROUP BY ALL ${having}
)
SELECT one.stock_code, mine.description, other.stock_code AS other_code, theirs.description AS other_description,
  both_of.times AS invoices, ${millionths('both_of.times', 'baskets')} AS support,
  ${millionths('both_of.times', 'one.times')} AS confidence, ${millionths('both_of.times * baskets', 'one.times * other.times')} AS lift
FROM both_of JOIN bought AS one ON one.number = both_of.number JOIN bought AS other ON other.number = both_of.other_number
JOIN product AS mine ON mine.stock_code = one.stock_code JOIN product AS theirs ON theirs.stock_code = other.stock_code
CROSS JOIN (SELECT COUNT(*) AS baskets FROM basket)`;

/** Pairs of all products in at least one basket of a hundred, with the columns of `pairsSql`. */
export const PAIR_TABLE = `CREATE TABLE pair AS ${pairs('', 'HAVING COUNT(*) * 100 >= (SELECT COUNT(*) FROM basket)')}`;

/**
 * Product, other product (each with its description), invoices, and support, confidence and lift in millionths; the most invoices first.
 *
 * @param stockCode - absent: the table `pair`
 */
export function pairsSql(stockCode?: string): string {
  const from = stockCode === undefined ? 'pair' : `(${pairs(`AND one.stock_code = '${stockCode}'`, '')})`;
  return `FROM ${from} ORDER BY invoices DESC, lift DESC, stock_code, other_code`;
}
