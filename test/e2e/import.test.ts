import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { GetTableCommand, GlueClient } from '@aws-sdk/client-glue';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sparkIsMissing } from '@tillgraph/local-aws/testing/spark';
import { WarehouseReader } from '../../demo/warehouse.ts';
import { generatedCsv } from '../../ingest/replay/generator.ts';
import { csv, HEADER, row } from '../replay/fixtures.ts';
import { csvTruth } from '../support/csv-truth.ts';
import { curatedAgainstWarehouse } from '../support/curated.ts';
import { runImport, runRebuild, printedCount, type Commanded } from '../support/import-command.ts';
import { sendFile } from '../support/pipeline.ts';
import { newDirectory, removeDirectory, startStack, type Stack } from '../support/stack.ts';
import { expectedState, loadsSince, warehouseState } from '../support/warehouse-state.ts';

const missing = await sparkIsMissing();
if (missing !== undefined) console.warn(`NOT TESTED: imports, because Spark cannot be had: ${missing}`);

const ROWS = 3_000;
/** Rows that are streamed before they are imported. */
const STREAMED = 1_000;
const REJECTED = [row({ Quantity: 'six' }), row({ UnitPrice: '2.5555' }), '536365,85123A,WHITE LANTERN,6'];
/** Another shop's columns, in another order. */
const TURNED = ['Country', 'CustomerID', 'Price', 'InvoiceDate', 'Quantity', 'Description', 'StockCode', 'Invoice'];

describe.runIf(missing === undefined)('files that are imported', () => {
  const directory = newDirectory();
  const made = Buffer.concat([...generatedCsv({ rows: ROWS, seed: 11 })]);
  const latin = Array.from({ length: 30 }, (_, place) => ({
    stockCode: `L${String(place)}`,
    description: `CAFÉ SIGN £${String(place)}`,
  }));
  const path = (name: string) => join(directory, name);
  const [small, turned, short, broken] = ['small.csv', 'turned.csv', 'short.csv', 'broken.csv.gz'].map(path) as [
    string,
    string,
    string,
    string,
  ];
  let stack: Stack;
  let first: Commanded;

  beforeAll(async () => {
    mkdirSync(directory, { recursive: true });
    writeFileSync(path('made.csv'), made);
    writeFileSync(small, Buffer.concat([made, Buffer.from(`${REJECTED.join('\r\n')}\r\n`)]));
    const rows = latin.map((one) => ['France', '12345', '1.5', '6/1/2011 10:15', '2', one.description, one.stockCode, '900001']);
    writeFileSync(turned, `${[TURNED, ...rows].map((cells) => cells.join(',')).join('\n')}\n`, 'latin1');
    writeFileSync(short, csv(row()).replace(HEADER, HEADER.replace('Country', 'Land')));
    writeFileSync(broken, gzipSync(made).subarray(0, 5_000));
    const inUsualOrder = rows.map((cells) => [...cells].reverse().join(','));
    writeFileSync(path('truth.csv'), Buffer.concat([made, Buffer.from(`${inUsualOrder.join('\r\n')}\r\n`, 'latin1')]));

    stack = await startStack(path('stack'), ['--time-factor', '3000']);
    await sendFile(stack, path('made.csv'), { rows: STREAMED });
    await using(stack, (warehouse) => warehouse.caughtUp());
    first = await runImport(stack, [small, turned, short, broken]);
  }, 300_000);

  afterAll(async () => {
    await stack.stop();
    removeDirectory(directory);
  });

  const truth = async () => {
    const counted = await csvTruth(path('truth.csv'));
    const state = await expectedState(counted);
    counted.close();
    return state;
  };

  test('are in the warehouse, each line once, whatever of them was streamed before', async () => {
    expect(first, first.shown).toMatchObject({ exitCode: 1 });
    expect(printedCount(first.printed, 'rows read')).toBe(ROWS + REJECTED.length + latin.length);
    expect(printedCount(first.printed, 'rows rejected')).toBe(REJECTED.length);
    expect(printedCount(first.printed, 'new')).toBe(ROWS - STREAMED + latin.length);
    expect(printedCount(first.printed, 'unchanged')).toBe(STREAMED);
    expect(await warehouseState(stack)).toEqual(await truth());
  });

  test('leave aside, with the reason and beside the file, what is no line', () => {
    const rejects = readFileSync(`${small}.rejected.csv`, 'utf8');

    expect(rejects.split('\r\n')).toHaveLength(REJECTED.length + 2);
    expect(rejects).toContain('quantity: write a whole number');
    expect(rejects).toContain('2.5555');
    expect(first.printed).toContain(`rejected rows, each with its reason: ${small}.rejected.csv`);
  });

  test('are refused as a whole, with the reason, when they cannot be read', () => {
    expect(first.printed).toContain(`${short} is refused, nothing of it was loaded: the header misses Country`);
    expect(first.printed).toMatch(/broken\.csv\.gz is refused, nothing of it was loaded: .*breaks off/);
  });

  test('are not sent, read or loaded a second time', async () => {
    const before = await loadsSince(stack, 0);

    const again = await runImport(stack, [small, turned]);

    expect(again, again.shown).toMatchObject({ exitCode: 2 });
    expect(again.printed).toContain('nothing was loaded now');
    expect(again.printed).toContain(`rejected rows, each with its reason: ${small}.rejected.csv`);
    expect((await loadsSince(stack, before.loadId)).lines.in).toBe(0);
  });

  test('are no news to the stream', async () => {
    const before = await loadsSince(stack, 0);

    await sendFile(stack, path('made.csv'));

    expect(await warehouseState(stack)).toEqual(await truth());
    expect((await loadsSince(stack, before.loadId)).lines).toMatchObject({ new: 0, rejected: 0 });
  });

  test('are in Parquet too, typed as the catalog says, each line once', async () => {
    const { region, credentials, endpoints, stack: outputs } = stack.outputs;
    const glue = new GlueClient({ region, credentials, endpoint: endpoints['glue'] ?? '' });
    const declared = await glue.send(new GetTableCommand({ DatabaseName: outputs['CatalogDatabaseName'], Name: 'lines' }));
    glue.destroy();

    const { held, expected, types, sources } = await curatedAgainstWarehouse(stack, path('downloaded'));

    expect(held).toEqual(expected);
    expect(sources).toEqual(['bulk/small.csv', 'bulk/turned.csv']);
    for (const { Name = '', Type = '' } of declared.Table?.StorageDescriptor?.Columns ?? [])
      expect([Name, types[Name]]).toEqual([Name, DUCKDB_TYPES[Type] ?? Type]);
  });

  test('make the same warehouse when it is rebuilt from the bucket', async () => {
    const rebuilt = await runRebuild(stack);

    expect(rebuilt, rebuilt.shown + rebuilt.printed).toMatchObject({ exitCode: 0 });
    expect(await warehouseState(stack)).toEqual(await truth());
  }, 300_000);

  test('are looked for by the clock too, and the command says when', async () => {
    const { exitCode, printed } = await runImport(stack, ['--schedule']);

    expect(exitCode, printed).toBe(0);
    expect(printed).toMatch(/^import \S+: cron\(.*\), UTC\n {2}as declared +here, 3000 times as fast\n(?: {2}\d{4}-.*Z\n){3}/m);
  });
});

/** Types of the catalog as DuckDB names them. */
const DUCKDB_TYPES: Readonly<Record<string, string>> = {
  string: 'VARCHAR',
  int: 'INTEGER',
  timestamp: 'TIMESTAMP WITH TIME ZONE',
  'decimal(12,3)': 'DECIMAL(12,3)',
  'decimal(18,3)': 'DECIMAL(18,3)',
  boolean: 'BOOLEAN',
};

async function using<T>(stack: Stack, ask: (warehouse: WarehouseReader) => Promise<T>): Promise<T> {
  const warehouse = new WarehouseReader(stack.outputs);
  try {
    return await ask(warehouse);
  } finally {
    warehouse.close();
  }
}
