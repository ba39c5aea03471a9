import { gzipSync } from 'node:zlib';
import { GetPartitionsCommand, GetTableCommand } from '@aws-sdk/client-glue';
import { describe, expect, test, vi } from 'vitest';
import { BUCKET, DATABASE, QUOTED, bulk, crawl, crawled, csv, givenCatalog, row, tablesIn } from '../../testing/given-catalog.ts';
import { MemoryObjects } from '../../testing/given-redshift.ts';

describe('what crawlers get wrong', () => {
  const sales = Array.from({ length: 1200 }, (_, index) => row(String(536365 + index)));

  test('an invoice number is a number when no cancellation is among the first thousand rows', async () => {
    const { columns } = await crawled({ 'bulk/2010.csv': csv(...sales, row('C536379')) });

    expect(columns['invoiceno']).toBe('bigint');
  });

  test('the same column is a text when the sample has a cancellation', async () => {
    const { columns } = await crawled({ 'bulk/2010.csv': csv(row('C536379'), ...sales) });

    expect(columns['invoiceno']).toBe('string');
  });

  test('a stock code is a number until one has a letter, and its leading zeros are lost', async () => {
    const { columns } = await crawled({ 'bulk/2010.csv': csv(row('536365'), row('536366', { stockCode: '00855' })) });
    const { columns: lettered } = await crawled({ 'bulk/2010.csv': csv(row('536365'), row('536366', { stockCode: '85123A' })) });

    expect([columns['stockcode'], lettered['stockcode']]).toEqual(['bigint', 'string']);
  });

  test('a customer is a float when a spreadsheet has written the file, and guests do not show', async () => {
    const { columns } = await crawled({
      'bulk/2010.csv': csv(
        row('536365', { customer: '17850.0' }),
        row('536366', { customer: '' }),
        row('536367', { customer: '' }),
      ),
    });

    expect(columns['customerid']).toBe('double');
  });

  test('money is a float, and a date is a text', async () => {
    const { columns } = await crawled({ 'bulk/2010.csv': csv(row('536365'), row('536366')) });

    expect([columns['unitprice'], columns['invoicedate']]).toEqual(['double', 'string']);
  });

  test('a comma within quotes is understood by the classifier, and not by the SerDe that it names', async () => {
    const body = csv(row('536365', { description: '"HEART, WHITE"' }), row('536366'));

    const { tables } = await crawled({ 'bulk/2010.csv': body });

    expect(Object.keys(tables[0]?.columns ?? {})).toHaveLength(8);
    expect(tables[0]?.storage?.SerdeInfo).toEqual({
      SerializationLibrary: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe',
      Parameters: { 'field.delim': ',' },
    });
    expect(tables[0]?.parameters).toMatchObject({ areColumnsQuoted: 'false' });
  });

  test('a file of nothing but texts has no header: its names are a row of data', async () => {
    const { tables } = await crawled({ 'bulk/countries.csv': 'Country,Continent\nFrance,Europe\nJapan,Asia\n' });

    expect(tables).toMatchObject([{ columns: { col0: 'string', col1: 'string' } }]);
    expect(tables[0]?.parameters).not.toHaveProperty(['skip.header.line.count']);
  });

  test('a packed file beside a plain one is another table', async () => {
    const body = csv(row('536365'), row('536366'));

    const { tables } = await crawled({ 'bulk/2010.csv': body, 'bulk/2011.csv.gz': gzipSync(body) });

    expect(tables.map(({ name, parameters }) => [name, parameters['compressionType']])).toEqual([
      ['2010_csv', 'none'],
      ['2011_csv_gz', 'gzip'],
    ]);
  });

  test('files of different columns are a table each', async () => {
    const { tables } = await crawled({
      'bulk/sales.csv': csv(row('536365'), row('536366')),
      'bulk/stock.csv': 'StockCode,Weight\n85123A,120\n71053,80\n',
    });

    expect(tables.map(({ name, storage }) => [name, storage?.Location])).toEqual([
      ['sales_csv', 's3://shop/bulk/sales.csv'],
      ['stock_csv', 's3://shop/bulk/stock.csv'],
    ]);
  });
});

test('the declared table of the same lines keeps its types, whatever a crawler infers', async () => {
  const columns = [
    { Name: 'invoiceno', Type: 'string' },
    { Name: 'unitprice', Type: 'decimal(12,3)' },
  ];
  const declared = { Name: 'bulk', StorageDescriptor: { Location: `s3://${BUCKET}/bulk/`, Columns: columns } };
  const objects = new MemoryObjects();
  objects.put('bulk/2010.csv', csv(row('536365'), row('536366')));
  const tables = [{ databaseName: DATABASE, input: declared }];
  const { client, lines } = await givenCatalog({ objects, definition: { crawlers: [bulk()], tables } });

  await crawl(client);

  const { Table } = await client.send(new GetTableCommand({ DatabaseName: DATABASE, Name: 'bulk' }));
  expect(Table?.StorageDescriptor?.Columns).toEqual(columns);
  expect(lines).toContainEqual(expect.stringContaining('bulk stands in the template'));
});

test('a table whose name is taken by another place gets a hash behind it', async () => {
  const objects = new MemoryObjects();
  objects.put('bulk/2010.csv', csv(row('536365'), row('536366')));
  const tables = [{ databaseName: DATABASE, input: { Name: 'bulk', StorageDescriptor: { Location: 's3://elsewhere/bulk/' } } }];
  const { client } = await givenCatalog({ objects, definition: { crawlers: [bulk()], tables } });

  await crawl(client);

  expect((await tablesIn(client)).map(({ name }) => name)).toEqual(['bulk', expect.stringMatching(/^bulk_[0-9a-f]{32}$/)]);
});

describe('a folder of CSV files', () => {
  test('is one table with what Glue writes of it', async () => {
    const body = csv(row('536365'), row('536366'));

    const { tables, end } = await crawled({ 'bulk/a.csv': body, 'bulk/b.csv': body }, { tablePrefix: 'files_' });

    const size = 2 * body.length;
    expect(tables).toMatchObject([
      {
        name: 'files_bulk',
        storage: { Location: 's3://shop/bulk/', NumberOfBuckets: -1, Compressed: false },
        parameters: {
          UPDATED_BY_CRAWLER: 'bulk-files',
          classification: 'csv',
          delimiter: ',',
          'skip.header.line.count': '1',
          objectCount: '2',
          sizeKey: String(size),
          averageRecordSize: String(Math.floor(body.length / 3)),
          recordCount: String(Math.floor(size / Math.floor(body.length / 3))),
        },
      },
    ]);
    expect(end.LastCrawl).toMatchObject({ Status: 'SUCCEEDED', LogGroup: '/aws-glue/crawlers', LogStream: 'bulk-files' });
  });

  test('has types that are wide enough for all of its files', async () => {
    const { columns, tables } = await crawled({
      'bulk/a.csv': csv(row('536365'), row('536366')),
      'bulk/b.csv': csv(row('C536367'), row('536368', { customer: '17850.0' })),
    });

    expect(tables).toHaveLength(1);
    expect([columns['invoiceno'], columns['customerid']]).toEqual(['string', 'double']);
  });

  test('is read with quotes by a classifier that names them', async () => {
    const body = csv(row('536365', { description: '"HEART, ""WHITE"""' }), row('536366'));

    const { tables } = await crawled({ 'bulk/2010.csv': body }, { classifiers: ['quoted'] });

    expect(tables[0]?.storage?.SerdeInfo).toEqual({
      SerializationLibrary: 'org.apache.hadoop.hive.serde2.OpenCSVSerde',
      Parameters: { quoteChar: '"', separatorChar: ',' },
    });
    expect(tables[0]?.parameters).toMatchObject({ areColumnsQuoted: 'true', 'skip.header.line.count': '1' });
  });

  test('has a header of nothing but texts when the classifier says that it has one', async () => {
    const { columns } = await crawled(
      { 'bulk/countries.csv': 'Country,Continent\nFrance,Europe\n' },
      { classifiers: ['quoted'] },
    );

    expect(columns).toEqual({ country: 'string', continent: 'string' });
  });

  test('has the names that the classifier gives', async () => {
    const classifier = { ...QUOTED, containsHeader: 'ABSENT' as const, header: ['Invoice', 'Quantity'] };

    const { columns } = await crawled({ 'bulk/a.csv': '536365,6\nC536366,-1\n' }, { classifiers: ['quoted'] }, [classifier]);

    expect(columns).toEqual({ invoice: 'string', quantity: 'bigint' });
  });

  test.each([
    ['semicolons', 'a;b\n1;2\n3;4\n', ';'],
    ['tabs', 'a\tb\n1\t2\n3\t4\n', '\t'],
    ['pipes', 'a|b\n1|2\n3|4\n', '|'],
  ])('is recognized with %s', async (_, body, delimiter) => {
    const { tables } = await crawled({ 'bulk/a.csv': body });

    expect(tables).toMatchObject([{ columns: { a: 'bigint', b: 'bigint' }, parameters: { delimiter } }]);
  });

  test('shows its columns also when an archive is cut off', async () => {
    const packed = gzipSync(csv(...Array.from({ length: 5000 }, (_, index) => row(String(536365 + index)))));

    const { tables } = await crawled({ 'bulk/a.csv.gz': packed.subarray(0, packed.length / 2) });

    expect(tables).toMatchObject([{ columns: { invoiceno: 'bigint' }, parameters: { compressionType: 'gzip' } }]);
  });

  test('that cannot be read is a table without columns', async () => {
    const { tables } = await crawled({ 'bulk/a.csv': 'one\ntwo\n' });

    expect(tables).toMatchObject([{ columns: {}, parameters: { classification: 'UNKNOWN' } }]);
  });

  test('is crawled without what is excluded', async () => {
    const body = csv(row('536365'), row('536366'));
    const s3Targets = [{ Path: `s3://${BUCKET}/bulk`, Exclusions: ['*.{tmp,part}', 'old/**'] }];

    const { tables } = await crawled({ 'bulk/a.csv': body, 'bulk/b.tmp': 'x', 'bulk/old/2009/a.csv': 'y' }, { s3Targets });

    expect(tables).toMatchObject([{ name: 'bulk', keys: [], parameters: { objectCount: '1' } }]);
    expect(tables[0]?.parameters['exclusions']).toBe('["s3://shop/bulk/*.{tmp,part}","s3://shop/bulk/old/**"]');
  });
});

test('lines of JSON are a table with the types of their values', async () => {
  const line = (sentAt: number) =>
    `{"lineId":"536365-1","quantity":6,"unitPrice":"2.55","sentAt":${String(sentAt)},"gift":false}\n`;

  const { tables } = await crawled({ 'bulk/a.ndjson.gz': gzipSync(line(1) + line(1_291_191_960_000)) });

  expect(tables).toMatchObject([
    {
      columns: { lineid: 'string', quantity: 'int', unitprice: 'string', sentat: 'bigint', gift: 'boolean' },
      parameters: { classification: 'json', compressionType: 'gzip' },
    },
  ]);
  expect(tables[0]?.storage?.SerdeInfo?.Parameters).toEqual({ paths: 'gift,lineId,quantity,sentAt,unitPrice' });
});

test('Parquet is refused by name, instead of a table without columns', async () => {
  const { end, tables } = await crawled({ 'bulk/a.parquet': 'PAR1…PAR1' });

  expect(tables).toEqual([]);
  expect(end.LastCrawl).toMatchObject({
    Status: 'FAILED',
    ErrorMessage: expect.stringContaining('bulk/a.parquet is Parquet') as string,
  });
});

test('a bucket that there is not fails the crawl, and the next one may do better', async () => {
  const objects = new MemoryObjects();
  const list = vi.spyOn(objects, 'list').mockRejectedValueOnce(new Error('The specified bucket does not exist'));
  const { client } = await givenCatalog({ objects, definition: { crawlers: [bulk()] } });

  const [first, second] = [await crawl(client), await crawl(client)];

  expect(first.LastCrawl).toMatchObject({ Status: 'FAILED', ErrorMessage: 'The specified bucket does not exist' });
  expect(second.LastCrawl).toMatchObject({ Status: 'SUCCEEDED' });
  expect(list).toHaveBeenCalledTimes(2);
});

describe('folders within folders', () => {
  const body = csv(row('536365'), row('536366'));

  test('that are alike are partitions of one table', async () => {
    const { client, tables } = await crawled({ 'bulk/dt=2010-12-01/EU/a.csv': body, 'bulk/dt=2010-12-02/UK/a.csv': body });

    const { Partitions = [] } = await client.send(new GetPartitionsCommand({ DatabaseName: DATABASE, TableName: 'bulk' }));
    expect(tables).toMatchObject([{ name: 'bulk', keys: ['dt', 'partition_1'] }]);
    expect(Partitions.map(({ Values, StorageDescriptor }) => [Values, StorageDescriptor?.Location])).toEqual([
      [['2010-12-01', 'EU'], 's3://shop/bulk/dt=2010-12-01/EU/'],
      [['2010-12-02', 'UK'], 's3://shop/bulk/dt=2010-12-02/UK/'],
    ]);
  });

  test('that are not alike are a table each', async () => {
    const { tables } = await crawled({ 'bulk/sales/a.csv': body, 'bulk/stock/a.csv': 'StockCode,Weight\n1,120\n2,80\n' });

    expect(tables.map(({ name, storage }) => [name, storage?.Location])).toEqual([
      ['sales', 's3://shop/bulk/sales/'],
      ['stock', 's3://shop/bulk/stock/'],
    ]);
  });
});
