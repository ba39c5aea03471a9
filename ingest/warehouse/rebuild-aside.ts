import type { StatementBatch } from './data-api.ts';

/**
 * What a rebuild fills beside what people read. Products, customers and countries are not among them: they only gain rows, and keep their
 * numbers.
 */
const TABLES = ['sales_line', 'fact_invoice', 'agg_sales'] as const;

const OF_READERS = new RegExp(`\\bmart\\.(${TABLES.join('|')})\\b`, 'g');
const TELLS_FRESHNESS = /\bUPDATE mart\.freshness\b/;

const emptied = (schema: 'mart' | 'rebuild') => TABLES.map((table) => `DELETE FROM ${schema}.${table}`);

/** A load that fills the tables of a rebuild. What readers see is as fresh as it was, so it says nothing of that. */
export const loadAside = ({ name, statements }: StatementBatch): StatementBatch => ({
  name: `${name} aside`,
  statements: statements.filter((sql) => !TELLS_FRESHNESS.test(sql)).map((sql) => sql.replaceAll(OF_READERS, 'rebuild.$1')),
});

/** What a rebuild begins with: its own tables empty, and nothing that waits for a load, because all of it comes again. */
export const EMPTY_ASIDE: readonly string[] = ['DELETE FROM intake.landing', ...emptied('rebuild')];

/**
 * What a rebuild ends with, for one transaction: who reads sees everything as it was before, or everything as it is now.
 *
 * @remarks The refresh is in it, so that products and pairs change with the rest. It is made to think that it never was: loads that
 * brought no line would leave it nothing to do.
 */
export const swapStatements = (load: StatementBatch, refresh: StatementBatch): readonly string[] => [
  ...emptied('mart'),
  ...TABLES.map((table) => `INSERT INTO mart.${table} SELECT * FROM rebuild.${table}`),
  ...emptied('rebuild'),
  ...load.statements.filter((sql) => TELLS_FRESHNESS.test(sql)),
  'UPDATE mart.freshness SET refreshed_load_id = NULL',
  ...refresh.statements,
];
