import { BatchCreatePartitionCommand, GetPartitionsCommand, paginateGetPartitions } from '@aws-sdk/client-glue';
import { describe, expect, test } from 'vitest';
import { partitionFilter } from './partition-filter.ts';
import { DATABASE, givenCatalog } from '../../testing/given-catalog.ts';

const TABLE = { DatabaseName: DATABASE, TableName: 'lines' };
const KEYS = [
  { Name: 'month', Type: 'string' },
  { Name: 'no', Type: 'int' },
  { Name: 'price', Type: 'decimal(12,3)' },
  { Name: 'day', Type: 'date' },
  { Name: 'at', Type: 'timestamp' },
];

async function givenPartitions(values: readonly (readonly string[])[], keys: readonly object[]) {
  const input = {
    Name: 'lines',
    TableType: 'EXTERNAL_TABLE',
    PartitionKeys: [...keys],
    StorageDescriptor: { Location: 's3://shop/lines/', Columns: [{ Name: 'line_id', Type: 'string' }] },
  };
  const { client } = await givenCatalog({ definition: { tables: [{ databaseName: DATABASE, input: input as never }] } });
  const list = values.map((Values) => ({ Values: [...Values], StorageDescriptor: input.StorageDescriptor }));
  await client.send(new BatchCreatePartitionCommand({ ...TABLE, PartitionInputList: list }));
  return client;
}

test.each([1, 2, 5, 10])('of %s segments, each partition is in exactly one, page by page', async (TotalSegments) => {
  const months = Array.from({ length: 100 }, (_, index) => [`month-${String(index)}`]);
  const client = await givenPartitions(months, [{ Name: 'month', Type: 'string' }]);

  const segments: (string | undefined)[][] = [];
  for (let SegmentNumber = 0; SegmentNumber < TotalSegments; SegmentNumber += 1) {
    const found: (string | undefined)[] = [];
    const segment = { ...TABLE, Segment: { SegmentNumber, TotalSegments } };
    for await (const { Partitions = [] } of paginateGetPartitions({ client, pageSize: 7 }, segment))
      found.push(...Partitions.map(({ Values }) => Values?.[0]));
    segments.push(found);
  }

  expect(segments.flat().sort()).toEqual(months.flat().sort());
  expect(segments.every((found) => found.length > 0)).toBe(true);
});

test.each([
  [{ SegmentNumber: 2, TotalSegments: 2 }, 'InvalidInputException', 'SegmentNumber must be less than'],
  [{ SegmentNumber: -1, TotalSegments: 2 }, 'ValidationException', "'-1' at 'segment.segmentNumber' failed"],
  [{ SegmentNumber: 0, TotalSegments: 11 }, 'ValidationException', 'less than or equal to 10'],
  [{ SegmentNumber: 0, TotalSegments: 0 }, 'ValidationException', 'greater than or equal to 1'],
  [{ SegmentNumber: 0, TotalSegments: undefined }, 'ValidationException', "null at 'segment.totalSegments'"],
  [{ SegmentNumber: 0.5, TotalSegments: 2 }, 'InvalidInputException', 'whole number'],
])('the segment %j is refused', async (Segment, name, message) => {
  const client = await givenPartitions([['2010-12']], [{ Name: 'month', Type: 'string' }]);

  const failure = client.send(new GetPartitionsCommand({ ...TABLE, Segment }));

  await expect(failure).rejects.toMatchObject({ name, message: expect.stringContaining(message) as string });
});

test('an expression chooses, in one segment or all, and columns can be left out', async () => {
  const months = ['2010-12', '2011-01', '2011-02'].map((month) => [month]);
  const client = await givenPartitions(months, [{ Name: 'month', Type: 'string' }]);

  const { Partitions = [] } = await client.send(
    new GetPartitionsCommand({ ...TABLE, Expression: "MONTH >= '2011'", ExcludeColumnSchema: true }),
  );

  expect(Partitions.map(({ Values }) => Values)).toEqual([['2011-01'], ['2011-02']]);
  expect(Partitions[0]?.StorageDescriptor).toMatchObject({ Location: 's3://shop/lines/' });
  expect(Partitions[0]?.StorageDescriptor?.Columns).toBeUndefined();
});

describe('a predicate', () => {
  const HERE = ['2011-12', '9', '2.550', '2011-12-09', '2011-12-09 12:50:00.5'];

  test.each([
    "month = '2011-12'",
    "month = '2011-12' AND no = 9",
    "month = 'other' or no = 9",
    "month = '2011-12' OR no = 1 AND no = 2",
    "NOT (month = 'other' OR no <> 9)",
    "month != 'other'",
    'no > 8 and no < 10 and no >= 9 and no <= 9',
    "no = '9'",
    'no = 09',
    'no IN (1, 9)',
    'no not in (1, 2)',
    'no BETWEEN 9 AND 9',
    'no NOT BETWEEN 10 AND 100',
    'no > -10',
    'price = 2.55',
    "price in ('2.5500', 3e2)",
    'price > 2.5499999999999999999999',
    'price < 1e3',
    "day = '2011-12-09'",
    "day between '2011-12-01' and '2011-12-31'",
    "at > '2011-12-09 12:50:00'",
    "at = '2011-12-09 12:50:00.500000000'",
    "month LIKE '2011%'",
    "month like '____-12'",
    "month LIKE '%1%-%2'",
    "month NOT LIKE '%11-1'",
    "month like '2011-1_'",
    'month IS NOT NULL',
    '"month" = \'2011-12\' and `no` = 9',
    "((month)) = (('2011-12'))",
    'month > 2011',
    ' ',
  ])('%s holds', (expression) => {
    expect(partitionFilter(expression, KEYS)(HERE)).toBe(true);
  });

  test.each([
    "month = '2011-1'",
    "month = 'it''s'",
    'no = 10',
    'no > 9 or no < 9',
    'no not in (9)',
    'no not between 1 and 9',
    'no between 10 and 1',
    'price = 2.5500000000000000000001',
    "day > '2011-12-09'",
    "at < '2011-12-09 12:50:00.5'",
    "month LIKE '2011'",
    "month LIKE '_'",
    "month LIKE '2011.12'",
    'month IS NULL',
    "not month = '2011-12'",
  ])('%s does not hold', (expression) => {
    expect(partitionFilter(expression, KEYS)(HERE)).toBe(false);
  });

  test.each([
    ['nothing = 1', "Unknown column 'nothing'"],
    ["no = 'nine'", '"nine" is not an integer.'],
    ['no in (2.5)', '"2.5" is not an integer.'],
    ["no LIKE '9'", "Integral data type doesn't support operation 'LIKE'"],
    ["price = 'much'", 'much is not a decimal.'],
    ["price LIKE '2%'", "Decimal data type doesn't support operation 'LIKE'"],
    ["day = '2011-02-30'", '2011-02-30 is not a date.'],
    ["at = '2011-12-09T12:50:00'", 'is not a timestamp.'],
    ['other = 1.5', "Unknown type : 'double'"],
    ["month IS 'x' AND not parsable", 'Unsupported expression'],
    ["month = '2011-12", 'Unsupported expression'],
    ['month = month', 'Unsupported expression'],
    ["month not = 'a'", 'Unsupported expression'],
    ["upper(month) = 'A'", 'Unsupported expression'],
    ["month = 'a'; drop table lines", 'Unsupported expression'],
    ["(month = 'a'", 'Unsupported expression'],
    ["month = 'a')", 'Unsupported expression'],
    ['month in ()', 'Unsupported expression'],
    ['month', 'Unsupported expression'],
    ['and', 'Unsupported expression'],
    ['('.repeat(2000), 'Unsupported expression'],
  ])('%s is refused in the words of Glue', (expression, message) => {
    expect(() => partitionFilter(expression, [...KEYS, { Name: 'other', Type: 'double' }])).toThrow(message);
  });

  test('is about what is stored: a value of another type is an error, and null is unknown', () => {
    const filter = partitionFilter('no = 9', KEYS);
    const none = ['2011-12', '__HIVE_DEFAULT_PARTITION__', ...HERE.slice(2)];

    expect(() => filter(['2011-12', 'nine'])).toThrow(expect.objectContaining({ code: 'InvalidStateException' }) as Error);
    expect(['no = 9', 'no <> 9', 'not no = 9', 'no is null'].map((text) => partitionFilter(text, KEYS)(none))).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  test('with many wildcards is decided at once', () => {
    const filter = partitionFilter(`month LIKE '${'%a'.repeat(900)}b'`, KEYS);
    const start = performance.now();

    expect(filter(['a'.repeat(5000)])).toBe(false);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
