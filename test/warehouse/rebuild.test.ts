import { gzipSync } from 'node:zlib';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MOST_STATEMENTS } from '../../ingest/warehouse/data-api.ts';
import { batchOf } from '../../ingest/warehouse/load-batch.ts';
import { swapStatements } from '../../ingest/warehouse/rebuild-aside.ts';
import { line, linesOf } from '../support/lines.ts';
import { filesOf, givenShop, type Shop } from './given-shop.ts';
import { givenShopLoader } from './given-shop-loader.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await givenShop();
});
beforeEach(async () => {
  await shop.empty();
  shop.objects.bodies.clear();
});

const COLUMNS = 'lineid,invoiceno,stockcode,description,quantity,invoicedate,unitprice,customerid,country,sentat';
const ndjson = (lines: readonly object[]) => lines.map((one) => `${JSON.stringify(one)}\n`).join('');

/** What came on the stream: raw writer and Firehose each put it, and Firehose copies its own. @param where - either may be late, or gone */
async function deliver(
  name: string,
  body: string,
  where: { readonly isInRaw?: boolean; readonly isStaged?: boolean } = {},
): Promise<void> {
  const { isInRaw = true, isStaged = true } = where;
  if (isInRaw) shop.objects.put(`raw/v=1/dt=2026-11-22/hour=10/${name}.ndjson.gz`, gzipSync(body));
  shop.objects.put(`firehose/2026/11/22/10/${name}`, body);
  const url = `s3://bucket/firehose/2026/11/22/10/${name}`;
  shop.objects.put(`firehose/manifests/${name}`, JSON.stringify({ entries: [{ url, mandatory: true }] }));
  const loader = await shop.session('landing_writer');
  await loader.run(
    `COPY intake.landing (${COLUMNS}) FROM 's3://bucket/firehose/manifests/${name}' CREDENTIALS 'aws_iam_role=arn:aws:iam::000000000000:role/x'
     MANIFEST JSON 'auto ignorecase' ACCEPTINVCHARS TRUNCATECOLUMNS MAXERROR 100000`,
  );
  if (!isStaged) shop.objects.bodies.delete(`firehose/2026/11/22/10/${name}`);
}

const TABLES = {
  'mart.sales_line': '*',
  'mart.fact_invoice': '*',
  'mart.agg_sales': '*',
  'mart.agg_product_pair': '*',
  'mart.dim_product': '*',
  'mart.dim_customer': '*',
  'mart.dim_country': '*',
  'intake.landing': '*',
  'intake.reject': 'reason, line_number, lineid, invoiceno, quantity, country, sentat',
  'bi.fact_sales': '*',
};

/** Every row that people can see, as text. */
async function state(): Promise<Record<string, string[]>> {
  const entries: [string, string[]][] = [];
  for (const [table, columns] of Object.entries(TABLES)) {
    const rows = await shop.rows(`SELECT ${columns} FROM ${table}`);
    entries.push([table, rows.map((row) => row.map((value) => value ?? 'NULL').join('|')).sort()]);
  }
  return Object.fromEntries(entries);
}

/** A hard life: late and early copies, corrections, lines that are refused, files before and after the stream. */
async function givenLife(loader: ReturnType<typeof givenShopLoader>) {
  const early = linesOf('536370', 5, { sentAt: 1_700_000_000_000 });
  const late = linesOf('536371', 4, { customerId: undefined, country: 'EIRE', stockCode: 'POST', sentAt: 1_700_000_000_001 });
  const corrected = { ...line({ ...early[0], quantity: 100, country: 'France' }), sentAt: 1_700_000_000_500 };
  const wrong = { ...line({ lineId: 'wrong' }), quantity: 'six' };
  await loader.import('first.csv', [...early.slice(0, 3), ...linesOf('536380', 3, { description: 'a "quoted", one' })]);
  await deliver('a', ndjson([...early, wrong]), { isStaged: false });
  await loader.request();
  await deliver('b', `${ndjson(late)}this is no JSON\n${ndjson([corrected, wrong])}`);
  await loader.request();
  await loader.import('second.csv', [...late, ...linesOf('536390', 2), { ...line({ lineId: 'x' }), country: '' }]);
  await deliver('c', ndjson([...linesOf('536400', 2), ...early]), { isInRaw: false });
  await loader.request();
}

/** What each kind of reader can sum up, in one statement. */
const SEEN_BY = {
  bi_reader: 'SELECT COUNT(*), SUM(quantity), SUM(net_amount) FROM bi.fact_sales',
  api_reader: `SELECT
    (SELECT COUNT(*) FROM mart.sales_line), (SELECT SUM(revenue) FROM mart.fact_invoice),
    (SELECT SUM(lines) FROM mart.agg_sales WHERE grouping_name = 'PRODUCT'),
    (SELECT SUM(lines) FROM mart.agg_sales WHERE grouping_name = 'DAY'),
    (SELECT COUNT(*) FROM mart.agg_product_pair), (SELECT COUNT(as_of) FROM mart.freshness)`,
} as const;

describe('a warehouse that is made anew', () => {
  test('is as it was, to the row and to the numbers of things, and so are the answers', async () => {
    const loader = givenShopLoader(shop);
    await givenLife(loader);
    const before = await state();
    const answers = new Map(loader.stored);

    const outcome = await loader.run({ source: 'tillgraph.rebuild' });

    expect(outcome).toBe('settled');
    expect(before['mart.sales_line']).toHaveLength(16);
    expect(before['intake.reject']).toHaveLength(3);
    expect(await state()).toEqual(before);
    const shown = (all: ReadonlyMap<string, object>) =>
      Object.fromEntries([...all].map(([key, answer]) => [key, (answer as { rows: unknown }).rows]));
    expect(shown(loader.stored)).toEqual(shown(answers));
    expect(loader.logged.at(-1)).toMatchObject({ entry: { outcome: 'settled', imports: [/first/, /second/].map(matching) } });
  });

  test('is right again whatever was wrong in it', async () => {
    const loader = givenShopLoader(shop);
    await givenLife(loader);
    const before = await state();
    const administrator = await shop.session();
    for (const sql of [
      "DELETE FROM mart.sales_line WHERE invoice_no = '536371'",
      "UPDATE mart.sales_line SET quantity = 7000 WHERE invoice_no = '536380'",
      "INSERT INTO mart.fact_invoice SELECT * FROM mart.fact_invoice WHERE invoice_no = '536370'",
      "UPDATE mart.agg_sales SET revenue = 1 WHERE grouping_name = 'TOTAL'",
      'DELETE FROM mart.agg_product_pair',
    ])
      await administrator.run(sql);

    await loader.run({ source: 'tillgraph.rebuild' });

    expect(await state()).toEqual(before);
  });

  test('is read all the while as it was before or as it is now, and never a part of it', async () => {
    const loader = givenShopLoader(shop);
    await givenLife(loader);
    const lines = Array.from({ length: 20 }, (_, place) => linesOf(`53${String(7000 + place)}`, 2));
    for (const [place, some] of lines.entries()) await deliver(`more-${String(place)}`, ndjson(some), { isStaged: false });
    await loader.request();
    await (await shop.session()).run("DELETE FROM mart.sales_line WHERE invoice_no = '537003'");
    const readers = await Promise.all(
      (['bi_reader', 'api_reader'] as const).map(async (role) => ({ role, session: await shop.session(role) })),
    );
    const read = async ({ role, session }: (typeof readers)[number]) =>
      (await session.run(SEEN_BY[role])).rows.map((row) => row.join('|')).join();
    const before = await Promise.all(readers.map(read));
    const seen = readers.map((): string[] => []);
    let isOver = false;
    const reading = readers.map(async (reader, place) => {
      while (!isOver) seen[place]?.push(await read(reader));
    });

    await loader.run({ source: 'tillgraph.rebuild' });
    isOver = true;
    await Promise.all(reading);

    const after = await Promise.all(readers.map(read));
    for (const [place, answers] of seen.entries()) {
      expect(answers.length).toBeGreaterThan(10);
      expect([before[place], after[place]]).toEqual(expect.arrayContaining([...new Set(answers)]));
      expect(before[place]).not.toEqual(after[place]);
    }
    for (const table of ['sales_line', 'fact_invoice', 'agg_sales'])
      expect((await shop.rows(`SELECT COUNT(*) FROM rebuild.${table}`))[0]?.map(Number)).toEqual([0]);
  });

  test('is put in place by no more statements than one transaction of the Data API takes', () => {
    const swap = swapStatements(batchOf('load', filesOf('load')), batchOf('refresh', filesOf('refresh')));

    // Three more prove and record that it happens once.
    expect(swap.length + 3).toBeLessThanOrEqual(MOST_STATEMENTS);
    expect(swap.filter((sql) => sql.includes('UPDATE mart.freshness'))).toHaveLength(3);
  });

  test('leaves out no line that was waiting to be loaded', async () => {
    const loader = givenShopLoader(shop);
    await givenLife(loader);
    await deliver('d', ndjson(linesOf('536410', 2)), { isInRaw: false });

    await loader.run({ source: 'tillgraph.rebuild' });

    expect(await shop.rows("SELECT COUNT(*) FROM mart.sales_line WHERE invoice_no = '536410'")).toEqual([['2']]);
  });

  test('has all but the one raw object that cannot be read', async () => {
    const loader = givenShopLoader(shop);
    await deliver('a', ndjson(linesOf('536370', 2)), { isStaged: false });
    await deliver('b', ndjson(linesOf('536371', 2)), { isStaged: false });
    await loader.request();
    shop.objects.put('raw/v=1/dt=2026-11-22/hour=10/a.ndjson.gz', gzipSync('x'.repeat(1000)).subarray(0, 20));

    await loader.run({ source: 'tillgraph.rebuild' });

    expect(await shop.rows('SELECT DISTINCT invoice_no FROM mart.sales_line')).toEqual([['536371']]);
    expect(loader.logged.at(-1)).toMatchObject({
      level: 'ERROR',
      entry: { problems: [expect.stringMatching(/^raw\/v=1\/.*a\.ndjson\.gz was not copied: /)] },
    });
  });
});

const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

describe('what the raw layer has and the warehouse has not', () => {
  const compare = { source: 'tillgraph.compare' };
  const key = (name: string) => `raw/v=1/dt=2026-11-22/hour=10/${name}.ndjson.gz`;
  const audit = () =>
    shop.rows('SELECT lines_in, lines_new, lines_changed, lines_unchanged FROM intake.load_audit ORDER BY load_id');

  test('is loaded, and nothing beside it: lines that are known, older versions, equal ones', async () => {
    const loader = givenShopLoader(shop);
    const known = linesOf('536370', 3, { customerId: undefined, sentAt: 1_700_000_000_000 });
    const [first, second] = [known[0]!, known[1]!];
    const corrected = { ...first, quantity: 100, sentAt: 1_700_000_000_500 };
    await deliver('a', ndjson([...known, corrected]));
    await loader.request();
    const missed = [...linesOf('536371', 2, { sentAt: 999_999_999_999 }), { ...second, quantity: 7, sentAt: 1_700_000_000_001 }];
    shop.objects.put(key('b'), gzipSync(ndjson([...missed, first])));

    await loader.run(compare);

    expect(loader.logged.at(-1)).toMatchObject({ level: 'WARN', entry: { missed: 3, loads: 1 } });
    expect((await audit()).at(-1)?.map(Number)).toEqual([3, 2, 1, 0]);
    const rows = await shop.rows('SELECT line_id, quantity FROM mart.sales_line ORDER BY line_id');
    const truth = [corrected, { ...second, quantity: 7 }, known[2]!, ...missed.slice(0, 2)];
    expect(rows.map(([id, quantity]) => [id, Number(quantity)])).toEqual(
      truth.map(({ lineId, quantity }) => [lineId, quantity]).sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
    );
    const before = await audit();
    shop.objects.put(key('c'), gzipSync(ndjson([...missed, ...known, corrected])));
    await givenShopLoader(shop).run(compare);
    expect(await audit()).toEqual(before);
  });

  test('is found beside an object that cannot be read, whatever a line in it says', async () => {
    const loader = givenShopLoader(shop);
    shop.objects.put(key('a'), gzipSync(ndjson(linesOf('536370', 2))));
    shop.objects.put(key('b'), 'no gzip');
    shop.objects.put(key('c'), gzipSync(`${ndjson([{ ...line({ lineId: 'odd' }), sentAt: 'x', quantity: 'six' }])}no JSON\n`));

    await loader.run(compare);

    expect(loader.logged.at(-1)?.entry['problems']).toEqual([expect.stringContaining(`${key('b')} was not compared`)]);
    expect((await shop.rows('SELECT COUNT(*) FROM mart.sales_line'))[0]?.map(Number)).toEqual([2]);
  });
});
