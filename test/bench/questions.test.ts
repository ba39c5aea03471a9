import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { percentile } from '../../bench/load.ts';
import { comparable, questions } from '../../bench/questions.ts';
import { RawScan } from '../../bench/raw-scan.ts';
import { processorTime } from '../../bench/machine.ts';

const directory = mkdtempSync(join(tmpdir(), 'questions-'));
let scan: RawScan;

beforeAll(async () => {
  const path = join(directory, 'rows.csv');
  const rows = [
    '1,A,MUG,2,12/1/2010 8:26,2.55,17850,United Kingdom',
    '1,B,CUP \u00a3,1,12/1/2010 8:26,0.001,17850,United Kingdom',
    'C2,A,MUG,-1,1/5/2011 9:00,2.55,17850,United Kingdom',
    '3,A,MUG,1,1/6/2011 9:00,1,,France',
    '3,POST,POSTAGE,1,1/6/2011 9:00,18,,France',
    '4,A,MUG,1,2/7/2011 9:00,1,17850.0,France',
    '5,A,NOT ASKED FOR,1,2/7/2011 9:00,1,17850,France',
  ];
  const head = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';
  writeFileSync(path, Buffer.from([head, ...rows, ''].join('\r\n'), 'latin1'));
  scan = await RawScan.open({ path, name: 'a test' }, 6, ['POST']);
});

afterAll(() => {
  scan.close();
  rmSync(directory, { recursive: true });
});

const question = (name: string) => questions.find((one) => one.name === name)!;

describe('DuckDB over raw rows', () => {
  test.each([
    ['month', ['2010-12|5101|3|2|1|1|5101', '2011-01|16450|1|3|2|1|8225', '2011-02|1000|1|1|1|1|1000']],
    ['country', ['France|20000|3|3|2|1|10000', 'United Kingdom|2551|2|3|2|1|1276']],
    ['cohort', ['2010-12|2010-12|1|1|1000000', '2010-12|2011-02|1|1|1000000']],
    ['RFM', ['1|1|1|1|2|3551']],
    ['pairs', ['A|B|1|333333|333333|1000000', 'B|A|1|333333|1000000|1000000']],
  ])('answers by %s, in whole thousandths and millionths', async (name, rows) => {
    expect(await scan.rows(question(name).scan)).toEqual(rows);
  });
});

test('an answer of the API is compared in the same terms', () => {
  const row = { country: 'EIRE', revenue: '-0.500', units: -1, lines: 2, invoices: 1, customers: 0, averageInvoice: '1234.567' };

  expect(comparable(question('country'), row)).toBe('EIRE|-500|-1|2|1|0|1234567');
  expect(
    comparable(question('cohort'), { cohort: '2010-12', month: '2011-01', cohortSize: 3, customers: 1, rate: 0.333333 }),
  ).toBe('2010-12|2011-01|3|1|333333');
});

test('a p99 is the value that one in a hundred exceeds', () => {
  const hundred = Array.from({ length: 100 }, (_, place) => 100 - place);

  expect([percentile(hundred, 0.5), percentile(hundred, 0.99), percentile([7], 0.99)]).toEqual([50, 99, 7]);
});

test.runIf(process.platform === 'linux')('the work of a process counts what it started, ended or not', async () => {
  const { spawnSync } = await import('node:child_process');
  const before = processorTime(process.pid);

  spawnSync(process.execPath, ['-e', 'const end = Date.now() + 200; while (Date.now() < end);']);

  const after = processorTime(process.pid);
  expect(after!.started - before!.started).toBeGreaterThan(0.05);
  expect(processorTime(2 ** 30)).toBeUndefined();
});
