import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  BatchCreatePartitionCommand,
  BatchDeletePartitionCommand,
  EntityNotFoundException,
  GetDatabaseCommand,
  GetDatabasesCommand,
  GetPartitionCommand,
  GetPartitionsCommand,
  GetTableCommand,
  GetTablesCommand,
  type GlueClient,
  InvalidInputException,
  paginateGetTables,
  ValidationException,
} from '@aws-sdk/client-glue';
import { expect, test } from 'vitest';
import type { CatalogTableDefinition } from './definition.ts';
import { ACCOUNT, DATABASE, givenCatalog } from '../../testing/given-catalog.ts';
import { newDirectory } from '../../testing/directories.ts';
import { ManualClock } from '../../testing/manual-clock.ts';

/** A table of the template, with a type for each of its columns. */
function table(name: string, columns: Readonly<Record<string, string>> = { line_id: 'string' }): CatalogTableDefinition {
  return {
    databaseName: DATABASE,
    input: {
      Name: name,
      TableType: 'EXTERNAL_TABLE',
      Parameters: { classification: 'parquet' },
      PartitionKeys: [{ Name: 'month', Type: 'string' }],
      StorageDescriptor: {
        Location: `s3://shop/curated/${name}/`,
        Columns: Object.entries(columns).map(([Name, Type]) => ({ Name, Type })),
      },
    },
  };
}

test('what the template declares stands in the catalog, with its times and versions', async () => {
  const tables = [table('lines', { quantity: 'int', unit_price: 'decimal(12,3)' })];
  const { client } = await givenCatalog({ definition: { tables }, clock: new ManualClock(Date.UTC(2011, 11, 9)) });

  const { Table } = await client.send(new GetTableCommand({ DatabaseName: DATABASE, Name: 'lines' }));
  const { Database } = await client.send(new GetDatabaseCommand({ Name: DATABASE }));

  expect(Table).toMatchObject({
    Name: 'lines',
    DatabaseName: DATABASE,
    CatalogId: ACCOUNT,
    VersionId: '0',
    CreateTime: new Date(Date.UTC(2011, 11, 9)),
    PartitionKeys: [{ Name: 'month', Type: 'string' }],
    StorageDescriptor: {
      Location: 's3://shop/curated/lines/',
      Columns: [
        { Name: 'quantity', Type: 'int' },
        { Name: 'unit_price', Type: 'decimal(12,3)' },
      ],
      Compressed: false,
      SortColumns: [],
    },
  });
  expect(Database).toMatchObject({ Name: DATABASE, CreateTime: new Date(Date.UTC(2011, 11, 9)), CatalogId: ACCOUNT });
});

test('names are found however they are written, as Glue folds them', async () => {
  const { client } = await givenCatalog({ definition: { tables: [table('Lines')] } });

  const { Table } = await client.send(new GetTableCommand({ DatabaseName: 'SALES', Name: 'LINES' }));

  expect([Table?.DatabaseName, Table?.Name]).toEqual([DATABASE, 'lines']);
});

test.each([
  ['a database', new GetDatabaseCommand({ Name: 'Toys' }), EntityNotFoundException, 'Database toys not found.'],
  ['tables of no database', new GetTablesCommand({ DatabaseName: 'toys' }), EntityNotFoundException, 'Database toys not found.'],
  ['a table', new GetTableCommand({ DatabaseName: DATABASE, Name: 'toys' }), EntityNotFoundException, 'Entity Not Found'],
  [
    'too large a page',
    new GetTablesCommand({ DatabaseName: DATABASE, MaxResults: 101 }),
    ValidationException,
    /less than or equal to 100/,
  ],
  ['no database', new GetTablesCommand({ DatabaseName: undefined }), ValidationException, /'databaseName' failed .* not be null/],
  [
    'a foreign token',
    new GetTablesCommand({ DatabaseName: DATABASE, NextToken: 'x' }),
    InvalidInputException,
    /Invalid NextToken/,
  ],
  ['a pattern', new GetTablesCommand({ DatabaseName: DATABASE, Expression: '(' }), InvalidInputException, /regular expression/],
])('%s that there is not is an error in the words of Glue', async (_, command, kind, message) => {
  const { client } = await givenCatalog();

  const failure = await client.send(command as GetTableCommand).catch((error: unknown) => error);

  expect(failure).toBeInstanceOf(kind);
  expect(failure).toHaveProperty('message', expect.stringMatching(message));
});

test('tables come in pages, in the order of their names, and a pattern chooses among them', async () => {
  const names = ['lines', 'raw_lines', 'raw_rejects', 'staged'];
  const { client } = await givenCatalog({ definition: { tables: [...names].reverse().map((name) => table(name)) } });

  const pages: (string | undefined)[][] = [];
  for await (const { TableList = [] } of paginateGetTables({ client, pageSize: 3 }, { DatabaseName: DATABASE }))
    pages.push(TableList.map(({ Name }) => Name));
  const { TableList: raw = [] } = await client.send(new GetTablesCommand({ DatabaseName: DATABASE, Expression: 'RAW_.*' }));

  expect(pages).toEqual([names.slice(0, 3), names.slice(3)]);
  expect(raw.map(({ Name }) => Name)).toEqual(['raw_lines', 'raw_rejects']);
});

const TABLE = { DatabaseName: DATABASE, TableName: 'lines' };
const month = (value: string) => ({
  Values: [value],
  StorageDescriptor: { Location: `s3://shop/curated/lines/month=${value}/` },
});
const monthsOf = async (client: GlueClient) => {
  const { Partitions = [] } = await client.send(new GetPartitionsCommand(TABLE));
  return Partitions.map(({ Values }) => Values?.[0]);
};

test('a declared table has the partitions that were registered, and no others', async () => {
  const { client } = await givenCatalog({ definition: { tables: [table('lines')] } });
  const before = await monthsOf(client);

  const first = await client.send(
    new BatchCreatePartitionCommand({ ...TABLE, PartitionInputList: ['2011-01', '2010-12'].map(month) }),
  );
  const second = await client.send(
    new BatchCreatePartitionCommand({ ...TABLE, PartitionInputList: ['2011-01', '2011-02'].map(month) }),
  );

  const { Partition } = await client.send(new GetPartitionCommand({ ...TABLE, PartitionValues: ['2011-02'] }));
  expect(before).toEqual([]);
  expect(first.Errors).toEqual([]);
  expect(second.Errors).toMatchObject([
    {
      PartitionValues: ['2011-01'],
      ErrorDetail: { ErrorCode: 'AlreadyExistsException', ErrorMessage: 'Partition already exists.' },
    },
  ]);
  expect(await monthsOf(client)).toEqual(['2010-12', '2011-01', '2011-02']);
  expect(Partition?.StorageDescriptor?.Location).toBe('s3://shop/curated/lines/month=2011-02/');
});

test('partitions outlive a restart and another version of their table, and go one by one', async () => {
  const directory = newDirectory('glue');
  const first = await givenCatalog({ directory, definition: { tables: [table('lines')] } });
  const PartitionInputList = ['2010-12', '2011-01'].map(month);
  await first.client.send(new BatchCreatePartitionCommand({ ...TABLE, PartitionInputList }));
  await first.close();

  const { client } = await givenCatalog({ directory, definition: { tables: [table('lines', { line_id: 'binary' })] } });
  const PartitionsToDelete = [{ Values: ['2010-12'] }, { Values: ['1999-01'] }];
  const { Errors } = await client.send(new BatchDeletePartitionCommand({ ...TABLE, PartitionsToDelete }));

  expect(Errors).toMatchObject([{ PartitionValues: ['1999-01'], ErrorDetail: { ErrorCode: 'EntityNotFoundException' } }]);
  expect(await monthsOf(client)).toEqual(['2011-01']);
});

test.each([
  ['more than 100 at once', Array.from({ length: 101 }, (_, index) => month(String(index))), /less than or equal to 100/],
  ['one with too many values', [{ Values: ['2010', '12'] }], /number of partition keys do not match/],
  ['one without values', [{}], /must be a list of partitions with Values/],
])('of partitions to register, %s is refused whole', async (_, PartitionInputList, message) => {
  const { client } = await givenCatalog({ definition: { tables: [table('lines')] } });

  const failure = await client
    .send(new BatchCreatePartitionCommand({ ...TABLE, PartitionInputList }))
    .catch((error: unknown) => error);

  expect(failure).toHaveProperty('message', expect.stringMatching(message));
  expect(await monthsOf(client)).toEqual([]);
});

test('a table declared otherwise gets a new version; one declared no longer is removed', async () => {
  const [directory, clock] = [newDirectory('glue'), new ManualClock()];
  const start = clock.now();
  const first = await givenCatalog({ directory, clock, definition: { tables: [table('lines'), table('raw')] } });
  await first.close();
  clock.advance(60_000);

  const { client } = await givenCatalog({ directory, clock, definition: { tables: [table('lines', { line_id: 'binary' })] } });

  const { TableList } = await client.send(new GetTablesCommand({ DatabaseName: DATABASE }));
  expect(TableList).toMatchObject([
    { Name: 'lines', VersionId: '1', CreateTime: new Date(start), UpdateTime: new Date(start + 60_000) },
  ]);
  expect(TableList?.[0]?.StorageDescriptor?.Columns).toEqual([{ Name: 'line_id', Type: 'binary' }]);
});

test('what a kill left half written is not read', async () => {
  const directory = newDirectory('glue');
  await (await givenCatalog({ directory, definition: { tables: [table('lines')] } })).close();
  writeFileSync(join(directory, 'catalog.json.next'), '{"databases": {"sal');

  const { client } = await givenCatalog({ directory, definition: { tables: [table('lines')] } });

  const { DatabaseList } = await client.send(new GetDatabasesCommand({}));
  expect(DatabaseList).toMatchObject([{ Name: DATABASE }]);
  expect(existsSync(join(directory, 'catalog.json.next'))).toBe(false);
  expect(readdirSync(directory)).toEqual(['catalog.json']);
});
