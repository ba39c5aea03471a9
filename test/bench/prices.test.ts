import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { markdownTable } from '../../bench/finding.ts';
import { ASSUMED, awakePrice, ourPrice, total, usualPrice, type Price } from '../../bench/list-price.ts';
import { usualUnits } from '../../bench/usual-units.ts';
import { toStage } from '../../infra/stages.ts';

const directory = mkdtempSync(join(tmpdir(), 'prices-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

function fileOf(...rows: readonly string[]) {
  const path = join(directory, `${String(rows.length)}.csv`);
  const head = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';
  writeFileSync(path, [head, ...rows, ''].join('\r\n'));
  return { path, name: 'a test' };
}

const row = (stockCode: string, customerId = '17850') =>
  `536365,${stockCode},A MUG,6,12/1/2010 8:26,2.55,${customerId},United Kingdom`;

describe('the usual way', () => {
  test('loses the row whose stock code comes again, and writes no lines of guests to a customer', async () => {
    const file = fileOf(row('A'), row('B'), row('A'), row('C', ''));

    const units = await usualUnits(file, undefined);

    expect(units).toMatchObject({ rows: 4, lost: 1, guests: 1, writeUnits: 7, billedKilobytes: 4, deliveredKilobytes: 20 });
  });

  test('pays for the whole item with every row that it adds', async () => {
    const file = fileOf(...Array.from({ length: 100 }, (_, place) => row(`S${String(place)}`, '')));

    const { writeUnits } = await usualUnits(file, undefined);

    // About 130 bytes a row: 13 units for the last one, half of it in the mean.
    expect(writeUnits / 100).toBeGreaterThan(5);
    expect(writeUnits / 100).toBeLessThan(9);
  });

  test('costs what its rows cost at list price: a request, a function and its writes each', () => {
    const counts = {
      rows: 1e6,
      writeUnits: 10e6,
      lost: 0,
      guests: 0,
      rowBytes: 200e6,
      billedKilobytes: 1e6,
      deliveredKilobytes: 5e6,
    };

    const prices = dollarsOf(usualPrice(counts));

    expect(prices['API Gateway']).toBeCloseTo(3.5);
    expect(prices['DynamoDB writes']).toBeCloseTo(6.25);
    expect(prices['Lambda']).toBeCloseTo(0.304);
    expect(prices['Firehose']).toBeCloseTo(0.138, 3);
  });
});

const thousand = {
  rows: 1_000,
  records: 50,
  recordBytes: 200_000,
  billedKilobytes: 220,
  deliveredKilobytes: 300,
  mutations: 4,
  tableUnits: 180,
  indexUnits: 100,
  readUnits: 80,
};
const dollarsOf = (prices: readonly Price[]) => Object.fromEntries(prices.map(({ part, dollars }) => [part, dollars]));

describe('our way', () => {
  test('costs as much for a million rows, however many were counted', () => {
    const twice = Object.fromEntries(Object.entries(thousand).map(([name, count]) => [name, 2 * count])) as typeof thousand;

    const [once, doubled] = [ourPrice(thousand, 1_000), ourPrice(twice, 1_000)];

    expect(dollarsOf(once)['DynamoDB writes']).toBeCloseTo(0.175);
    expect(dollarsOf(once)['Firehose']).toBeCloseTo(0.0083, 4);
    expect(total(once)).toBeGreaterThan(0.2);
    expect(total(doubled)).toBeCloseTo(total(once));
  });

  test('wakes the warehouse once in each buffer time, at two and a half cents a time', () => {
    const [at1000, at100] = [awakePrice(thousand, 1_000), awakePrice(thousand, 100)];

    expect(dollarsOf(at1000)['Redshift']).toBeCloseTo((1e6 / 300_000) * 0.025);
    expect(total(at100)).toBeCloseTo(10 * total(at1000));
  });

  test('wakes it sooner when a buffer is full before its time', () => {
    const rowsOfBuffer = (64 * 1024 * 1024) / 200;

    const prices = dollarsOf(awakePrice(thousand, 1_000_000));

    expect(prices['Redshift']).toBeCloseTo((1e6 / rowsOfBuffer) * 0.025);
  });

  test('is priced with the warehouse that is deployed', () => {
    const { baseCapacity, bufferSeconds, bufferMegabytes } = toStage('dev').warehouse ?? {};

    expect({ baseCapacity, bufferSeconds, bufferMegabytes }).toEqual({
      baseCapacity: ASSUMED.warehouseUnits,
      bufferSeconds: ASSUMED.bufferSeconds,
      bufferMegabytes: ASSUMED.bufferMegabytes,
    });
  });
});

test('a goal that the run was too small for is not judged', () => {
  const how = 'somehow';

  const table = markdownTable([
    { what: 'speed', goal: '30 s', measured: '1 s', reached: undefined, how },
    { what: 'start', goal: '4 s', measured: '5 s', reached: false, how },
    { what: 'again', measured: '6 s', how },
  ]);

  expect(table.split('\n').slice(2)).toEqual([
    '| speed | 30 s | 1 s | not judged |',
    '| start | 4 s | 5 s | missed |',
    '| again |  | 6 s |  |',
    '',
  ]);
});
