// The questions that the warehouse is measured with: how the API is asked, and how DuckDB is asked the same over raw rows.

/** A field of the API that answers from the warehouse. */
type Field = 'sales' | 'retention' | 'customerSegments' | 'productPairs';

/** One question, asked in three ways that have one answer. */
export interface Question {
  readonly name: string;
  /** Whether the goal speaks of it. */
  readonly judged: boolean;
  readonly field: Field;
  /** GraphQL whose answer is kept ready. */
  readonly kept: string;
  /** GraphQL whose answer is the same, and computed. */
  readonly computed: string;
  readonly computedFrom: 'ROLLUP' | 'FACT';
  /** Members of a row that all ways must agree on, in the order of the scan's columns. */
  readonly members: readonly string[];
  /** DuckDB's SQL over `fact`: see `raw-scan.ts`. */
  readonly scan: string;
}

const MEASURES = ['revenue', 'units', 'lines', 'invoices', 'customers', 'averageInvoice'] as const;

/** In whole numbers alone; the mean is rounded with halves away from zero. */
const SCANNED = `SUM(amount) AS revenue, SUM(units), COUNT(*), COUNT(DISTINCT invoice) AS invoices, COUNT(DISTINCT customer),
  CAST(sign(SUM(amount)) * ((2 * abs(SUM(amount)) + COUNT(DISTINCT invoice)) // (2 * COUNT(DISTINCT invoice))) AS BIGINT)`;

const SALE = `invoice[1] NOT IN ('C', 'A')`;

/** Rows as `millionths` counts them: rounded, halves up. */
const ratio = (part: string, whole: string) => `(2000000 * ${part} + ${whole}) // (2 * ${whole})`;

const graphQl = (field: string, members: readonly string[]) =>
  `{ ${field} { status source asOf rows { ${members.join(' ')} } } }`;

/** @param keys - GraphQL's names of the dimensions, and what DuckDB groups by and shows */
function ofSales(
  name: string,
  judged: boolean,
  keys: readonly { readonly dimension: string; readonly member: string; readonly group: string; readonly shown?: string }[],
): Question {
  const dimensions = keys.map(({ dimension }) => dimension);
  const members = [...keys.map(({ member }) => member), ...MEASURES];
  const groupBy = `groupBy: [${dimensions.join(', ')}], limit: 1000`;
  // An order that adds nothing: the answer is the same, but not one that is kept.
  const order = [...dimensions, 'REVENUE'].map((by) => `{by: ${by}, direction: ASC}`).join(', ');
  return {
    name,
    judged,
    field: 'sales',
    kept: graphQl(`sales(${groupBy})`, members),
    computed: graphQl(`sales(${groupBy}, orderBy: [${order}])`, members),
    computedFrom: 'ROLLUP',
    members,
    scan: `SELECT ${keys.map(({ group, shown }) => shown ?? group).join(', ')}, ${SCANNED}
      FROM fact GROUP BY ${keys.map(({ group }) => group).join(', ')} ORDER BY ${keys.map((_, place) => String(place + 1)).join(', ')}`,
  };
}

const MONTH = {
  dimension: 'MONTH',
  member: 'month',
  group: `date_trunc('month', sold)`,
  shown: `strftime(date_trunc('month', sold), '%Y-%m')`,
};
const COUNTRY = { dimension: 'COUNTRY', member: 'country', group: 'country' };
const DAY = { dimension: 'DAY', member: 'day', group: 'CAST(sold AS DATE)' };

const productMembers = ['stockCode', ...MEASURES];
const products: Question = {
  name: 'top 100 products',
  judged: false,
  field: 'sales',
  kept: graphQl('sales(groupBy: [PRODUCT], orderBy: [{by: REVENUE, direction: DESC}], limit: 100)', productMembers),
  computed: graphQl(
    'sales(groupBy: [PRODUCT], orderBy: [{by: REVENUE, direction: DESC}, {by: PRODUCT, direction: ASC}], limit: 100)',
    productMembers,
  ),
  computedFrom: 'ROLLUP',
  members: productMembers,
  scan: `SELECT stock, ${SCANNED} FROM fact GROUP BY stock ORDER BY revenue DESC, stock LIMIT 100`,
};

const cohortMembers = ['cohort', 'month', 'cohortSize', 'customers', 'rate'];
const cohorts: Question = {
  name: 'cohort',
  judged: true,
  field: 'retention',
  kept: graphQl('retention', cohortMembers),
  computed: graphQl('retention(from: "1900-01")', cohortMembers),
  computedFrom: 'FACT',
  members: cohortMembers,
  scan: `WITH active AS (
      SELECT DISTINCT customer, date_trunc('month', sold) AS month FROM fact WHERE customer IS NOT NULL AND ${SALE}
    ), born AS (SELECT customer, MIN(month) AS cohort FROM active GROUP BY customer),
    size AS (SELECT cohort, COUNT(*) AS customers FROM born GROUP BY cohort),
    months AS (SELECT DISTINCT month FROM active),
    again AS (SELECT cohort, month, COUNT(*) AS customers FROM active JOIN born USING (customer) GROUP BY ALL)
    SELECT strftime(size.cohort, '%Y-%m'), strftime(months.month, '%Y-%m'), size.customers, COALESCE(again.customers, 0),
      ${ratio('COALESCE(again.customers, 0)', 'size.customers')}
    FROM size JOIN months ON months.month >= size.cohort
      LEFT JOIN again ON again.cohort = size.cohort AND again.month = months.month
    ORDER BY size.cohort, months.month`,
};

const segmentMembers = ['recency', 'frequency', 'monetary', 'customers', 'invoices', 'revenue'];
const segments: Question = {
  name: 'RFM',
  judged: true,
  field: 'customerSegments',
  kept: graphQl('customerSegments', segmentMembers),
  computed: graphQl('customerSegments(asOf: "2199-12-31")', segmentMembers),
  computedFrom: 'FACT',
  members: segmentMembers,
  scan: `WITH customer AS (
      SELECT customer, SUM(amount) AS revenue, COUNT(DISTINCT CASE WHEN ${SALE} THEN invoice END) AS invoices,
        MAX(CASE WHEN ${SALE} THEN CAST(sold AS DATE) END) AS day
      FROM fact WHERE customer IS NOT NULL GROUP BY customer
    ), scored AS (
      SELECT revenue, invoices, NTILE(5) OVER (ORDER BY day, customer) AS r, NTILE(5) OVER (ORDER BY invoices, customer) AS f,
        NTILE(5) OVER (ORDER BY revenue, customer) AS m
      FROM customer WHERE invoices > 0
    )
    SELECT r, f, m, COUNT(*), SUM(invoices), SUM(revenue) FROM scored GROUP BY r, f, m ORDER BY r DESC, f DESC, m DESC`,
};

const pairMembers = ['stockCode', 'otherStockCode', 'invoices', 'support', 'confidence', 'lift'];
const pairs: Question = {
  name: 'pairs',
  judged: true,
  field: 'productPairs',
  kept: graphQl('productPairs', pairMembers),
  // One more than is kept, of which the first hundred are compared.
  computed: graphQl('productPairs(limit: 101)', pairMembers),
  computedFrom: 'ROLLUP',
  members: pairMembers,
  // A pair cannot stand on more baskets than either product: rare products are left out first, as our own refresh does. And each pair is
  // counted from one side only.
  scan: `WITH basket AS (SELECT COUNT(DISTINCT invoice) AS n FROM fact WHERE ${SALE}),
    item AS (SELECT DISTINCT invoice, stock FROM fact WHERE units > 0 AND ${SALE} AND stock NOT IN (SELECT code FROM service)),
    bought AS (SELECT stock, COUNT(*) AS times FROM item GROUP BY stock HAVING COUNT(*) * 100 >= (SELECT n FROM basket)),
    often AS MATERIALIZED (SELECT invoice, stock FROM item SEMI JOIN bought USING (stock)),
    half AS MATERIALIZED (
      SELECT a.stock, b.stock AS other, COUNT(*) AS times FROM often a JOIN often b ON a.invoice = b.invoice AND a.stock < b.stock
      GROUP BY ALL HAVING COUNT(*) * 100 >= (SELECT n FROM basket)
    ),
    pair AS (FROM half UNION ALL SELECT other, stock, times FROM half)
    SELECT pair.stock, other, pair.times, ${ratio('pair.times', 'n')}, ${ratio('pair.times', 'a.times')},
      ${ratio('pair.times * n', '(a.times * b.times)')} AS lift
    FROM pair JOIN bought a ON a.stock = pair.stock JOIN bought b ON b.stock = other, basket
    ORDER BY pair.times DESC, lift DESC, pair.stock, other LIMIT 100`,
};

export const questions: readonly Question[] = [
  ofSales('month', true, [MONTH]),
  ofSales('country', true, [COUNTRY]),
  cohorts,
  segments,
  pairs,
  ofSales('day', false, [DAY]),
  ofSales('month and country', false, [MONTH, COUNTRY]),
  products,
];

/** Questions that have no answer ready and none in a rollup. @param stockCode - a product */
export const otherQuestions = (stockCode: string) =>
  ({
    FACT: [
      graphQl('sales(groupBy: [MONTH], where: {guests: false})', ['month', ...MEASURES]),
      graphQl('sales(groupBy: [WEEKDAY, HOUR])', ['weekday', 'hour', ...MEASURES]),
      cohorts.computed,
      segments.computed,
    ],
    RAW: [
      graphQl(`sales(groupBy: [MONTH], where: {stockCode: ${JSON.stringify(stockCode)}})`, ['month', ...MEASURES]),
      graphQl(`productPairs(stockCode: ${JSON.stringify(stockCode)})`, pairMembers),
    ],
  }) as const;

/** Members that are ratios of counts, with six places. */
const RATIOS: ReadonlySet<string> = new Set(['rate', 'support', 'confidence', 'lift']);
/** Members that are pounds with three places. */
const POUNDS: ReadonlySet<string> = new Set(['revenue', 'averageInvoice']);

/** A row of the API in the terms of the scan: money in thousandths, ratios in millionths. */
export const comparable = ({ members }: Question, row: Readonly<Record<string, unknown>>): string =>
  members
    .map((member) => {
      const value = row[member];
      if (RATIOS.has(member)) return String(Math.round(Number(value) * 1e6));
      return POUNDS.has(member) ? String(BigInt(String(value).replace('.', ''))) : String(value);
    })
    .join('|');
