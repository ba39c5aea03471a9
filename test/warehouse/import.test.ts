import { gzipSync } from 'node:zlib';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { TransactionLine } from '../../domain/transaction-line.ts';
import { linesOf } from '../support/lines.ts';
import { givenShop, type Shop } from './given-shop.ts';
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
const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

describe('an import', () => {
  const lines: TransactionLine[] = linesOf('536380', 4, { description: 'two\nlines, "quoted"' });

  test('is copied from its staged files and accounted for, and changes nothing the second time', async () => {
    const loader = givenShopLoader(shop);
    const plain = lines.map((one) => ({ ...one, description: 'a "quoted", one, é' }));

    expect(await loader.import('file.csv', plain)).toBe('settled');
    const first = await shop.rows('SELECT * FROM mart.sales_line ORDER BY line_id');
    await loader.import('file.csv', plain);

    expect(first.map((row) => row[3])).toEqual(plain.map(({ description }) => description));
    expect(await shop.rows('SELECT * FROM mart.sales_line ORDER BY line_id')).toEqual(first);
    const told = [...shop.objects.bodies.keys()].filter((key) => key.startsWith('import/loaded/')).sort();
    expect(told.map((key) => JSON.parse(shop.objects.text(key)) as unknown)).toMatchObject([
      { status: 'LOADED', loadId: 1, lines: { in: 4, new: 4, unchanged: 0, rejected: 0 } },
      { status: 'LOADED', loadId: 2, lines: { in: 4, new: 0, unchanged: 4, rejected: 0 } },
    ]);
    expect([...shop.objects.bodies.keys()].filter((key) => key.startsWith('import/manifests/'))).toEqual([]);
  });

  test('has texts that databases write for no value, and keeps them as texts', async () => {
    const loader = givenShopLoader(shop);
    const texts = linesOf('536381', 3).map((one, place) => ({
      ...one,
      description: ['\\N', 'NULL', '\\0'][place] ?? '',
      country: ['\\N', 'NULL', '\\0'][place] ?? '',
    }));

    await loader.import('file.csv', texts);

    expect(await shop.rows('SELECT description, country FROM mart.sales_line ORDER BY line_id')).toEqual(
      texts.map(({ description, country }) => [description, country]),
    );
  });

  test('that was copied but not loaded when the loader stopped is loaded once by the next', async () => {
    const loader = givenShopLoader(shop);
    const manifest = loader.stage('file.csv', lines);
    const session = await shop.session('etl');
    for (const sql of [
      'BEGIN',
      `COPY intake.landing (${COLUMNS},source) FROM 's3://bucket/${manifest}' IAM_ROLE default FORMAT AS CSV GZIP MANIFEST`,
      `INSERT INTO intake.import (manifest, copied_at) VALUES ('${manifest}', GETDATE())`,
      'COMMIT',
    ])
      await session.run(sql);

    await loader.request();

    const [key = ''] = [...shop.objects.bodies.keys()].filter((one) => one.startsWith('import/loaded/'));
    expect(JSON.parse(shop.objects.text(key))).toMatchObject({ lines: { in: 4, rejected: 4, repeated: 0 } });
    expect(await shop.rows('SELECT source_object, reason FROM intake.reject WHERE line_number IS NULL')).toEqual(
      lines.map(() => [manifest, matching(/^description: write at most 200 characters without control characters/)]),
    );
  });

  test('of which one row cannot be read is refused as a whole', async () => {
    const loader = givenShopLoader(shop);
    const manifest = loader.stage('file.csv', lines);
    shop.objects.put('import/staged/file.csv/1/part-0.csv.gz', gzipSync(`a,b\n`));

    await loader.request();

    expect(await shop.rows('SELECT COUNT(*) FROM intake.landing')).toEqual([['0']]);
    const refused = manifest.replace('manifests', 'refused');
    expect(shop.objects.bodies.has(refused)).toBe(true);
    expect(JSON.parse(shop.objects.text(manifest.replace('manifests', 'loaded')))).toMatchObject({
      status: 'REFUSED',
      reason: matching(/sys_load_error_detail/),
    });
  });
});
