import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Tillgraph } from '../../sdk/index.ts';
import type { TextRow } from '../support/csv-truth.ts';
import { pairsSql, retentionSql, segmentsSql } from '../support/customer-sql.ts';
import { clientOf } from '../support/pipeline.ts';
import type { Given } from './sales-answers.ts';

const whole = (value: string | null | undefined) => Number(value);
const millionths = (value: string | null | undefined) => Number(value) / 1_000_000;

function toSegment([recency, frequency, monetary, customers, invoices, revenue]: TextRow) {
  const scores = { recency: whole(recency), frequency: whole(frequency), monetary: whole(monetary) };
  return { ...scores, customers: whole(customers), invoices: whole(invoices), revenue };
}

function toCohortMonth([cohort, month, monthsSince, cohortSize, customers, rate]: TextRow) {
  const sizes = { cohortSize: whole(cohortSize), customers: whole(customers), rate: millionths(rate) };
  return { cohort, month, monthsSince: whole(monthsSince), ...sizes };
}

function toPair([stockCode, description, otherStockCode, otherDescription, invoices, support, confidence, lift]: TextRow) {
  const ratios = { support: millionths(support), confidence: millionths(confidence), lift: millionths(lift) };
  return { stockCode, description, otherStockCode, otherDescription, invoices: whole(invoices), ...ratios };
}

/** Customers and products of the real file through the API, against DuckDB over the CSV. */
export function describeCustomers(given: () => Given): void {
  let client: Tillgraph;
  const truthOf = (sql: string) => given().truth.rows(sql);

  beforeAll(() => {
    client = clientOf(given().stack);
  });

  afterAll(() => {
    client.close();
  });

  describe('what the API says of customers is what DuckDB finds in the CSV', () => {
    test.each([undefined, '2011-03-31', '2011-11-09'])('in segments of %s', async (asOf) => {
      const expected = (await truthOf(segmentsSql(asOf))).map(toSegment);

      const answer = await client.customerSegments({ asOf });

      expect(expected.length).toBeGreaterThan(50);
      expect(answer.rows.map(plain)).toEqual(expected);
      expect([answer.hasMore, answer.source]).toEqual([false, asOf === undefined ? 'CACHE' : 'FACT']);
    });

    test.each([
      [undefined, undefined],
      ['2011-02', '2011-05'],
      ['2011-11', undefined],
    ])('in cohorts from %s to %s', async (from, to) => {
      const expected = (await truthOf(retentionSql(from, to))).map(toCohortMonth);

      const answer = await client.retention({ from, to });

      expect(answer.rows.map(plain)).toEqual(expected);
      expect(answer.hasMore).toBe(false);
      expect(answer.source).toBe(from === undefined ? 'CACHE' : 'FACT');
    });
  });

  describe('products bought together are those that DuckDB finds in the CSV', () => {
    test.each([
      [undefined, 100, 'CACHE'],
      [undefined, 1000, 'ROLLUP'],
      ['85123A', 100, 'RAW'],
      ['22423', 1000, 'RAW'],
      ['85123a', 1000, 'RAW'],
      ['POST', 100, 'RAW'],
    ])('of %s, the first %i', async (stockCode, limit, source) => {
      const expected = (await truthOf(`FROM (${pairsSql(stockCode)}) LIMIT ${String(limit + 1)}`)).map(toPair);

      const answer = await client.productPairs({ stockCode, limit });

      expect(answer.rows.map(plain)).toEqual(expected.slice(0, limit));
      expect([answer.hasMore, answer.source]).toEqual([expected.length > limit, source]);
      expect(expected.length === 0).toBe(stockCode === 'POST');
    });
  });
}

/** Without what the client adds for itself. */
function plain(row: object): object {
  return Object.fromEntries(Object.entries(row).filter(([name]) => name !== '__typename'));
}
