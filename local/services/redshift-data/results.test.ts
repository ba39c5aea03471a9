import {
  ExecuteStatementCommand,
  GetStatementResultCommand,
  GetStatementResultV2Command,
  paginateGetStatementResult,
} from '@aws-sdk/client-redshift-data';
import { expect, test } from 'vitest';
import { givenDataApi, refusalOf, sql, wire } from '../../testing/given-data-api.ts';
import { column, rows } from '../../testing/memory-redshift.ts';

const TYPES = [
  ['i', 'int4', '7', { longValue: 7 }],
  ['l', 'int8', '-9', { longValue: -9 }],
  ['s', 'int2', '0', { longValue: 0 }],
  ['f', 'float8', '1.5e+20', { doubleValue: 1.5e20 }],
  ['g', 'float4', 'NaN', { doubleValue: NaN }],
  ['d', 'numeric', '123.450', { stringValue: '123.450' }],
  ['t', 'bool', 't', { booleanValue: true }],
  ['u', 'bool', 'f', { booleanValue: false }],
  ['v', 'varchar', 'a "quoted"\né', { stringValue: 'a "quoted"\né' }],
  ['w', 'varchar', '', { stringValue: '' }],
  ['x', 'date', '2024-06-12', { stringValue: '2024-06-12' }],
  ['y', 'timestamp', '2024-06-12 14:30:45.123456', { stringValue: '2024-06-12 14:30:45.123456' }],
  ['z', 'timestamptz', '2024-06-12 19:30:45.123456+00', { stringValue: '2024-06-12 19:30:45.123456+00' }],
  ['n', 'int4', null, { isNull: true }],
] as const;

test('each type has its kind of field, and NULL is not nothing', async () => {
  const { client, redshift } = await givenDataApi();
  redshift.scripts.set('SELECT types', () =>
    rows(
      TYPES.map(([name, type]) => column(name, type)),
      [TYPES.map(([, , text]) => text)],
    ),
  );

  const { Id } = await client.send(new ExecuteStatementCommand(sql('SELECT types')));
  const { Records } = await client.send(new GetStatementResultCommand({ Id }));

  expect(Records).toEqual([TYPES.map(([, , , field]) => field)]);
});

// Redshift Management Guide, "Calling the Data API": the last of its examples with parameters, and ResultSize in that of a batch.
test('on the wire a result is as the guide shows it', async () => {
  const { url, redshift } = await givenDataApi();
  const event = { schemaName: 'public', tableName: 'event' };
  redshift.scripts.set('select * from event where eventid=:id', () =>
    rows(
      [
        column('eventid', 'int4', { ...event, nullable: 0 }),
        column('eventname', 'varchar', { ...event, precision: 200 }),
        column('starttime', 'timestamp', { ...event, precision: 29, scale: 6 }),
      ],
      [['1', 'event 1', '2022-02-22 00:00:00']],
    ),
  );
  const Parameters = [{ name: 'id', value: '1' }];
  const submitted = await wire(url, 'ExecuteStatement', sql('select * from event where eventid=:id', { Parameters }));

  const { body } = await wire(url, 'GetStatementResult', { Id: submitted.body.Id });

  const common = { isCurrency: false, length: 0, schemaName: 'public', tableName: 'event' };
  expect(body).toEqual({
    Records: [[{ longValue: 1 }, { stringValue: 'event 1' }, { stringValue: '2022-02-22 00:00:00.0' }]],
    ColumnMetadata: [
      {
        ...common,
        isCaseSensitive: false,
        isSigned: true,
        label: 'eventid',
        name: 'eventid',
        nullable: 0,
        precision: 10,
        scale: 0,
        typeName: 'int4',
      },
      {
        ...common,
        isCaseSensitive: true,
        isSigned: false,
        label: 'eventname',
        name: 'eventname',
        nullable: 1,
        precision: 200,
        scale: 0,
        typeName: 'varchar',
      },
      {
        ...common,
        isCaseSensitive: false,
        isSigned: false,
        label: 'starttime',
        name: 'starttime',
        nullable: 1,
        precision: 29,
        scale: 6,
        typeName: 'timestamp',
      },
    ],
    TotalNumRows: 1,
  });
});

test('"select 1" has eleven bytes, as in the guide', async () => {
  const { url, redshift } = await givenDataApi();
  redshift.scripts.set('select 1;', () => rows([column('?column?', 'int4')], [['1']]));
  const { body } = await wire(url, 'ExecuteStatement', sql('select 1;'));

  const described = await wire(url, 'DescribeStatement', { Id: body.Id });

  expect(described.body).toMatchObject({ ResultRows: 1, ResultSize: 11 });
});

test('a BIGINT keeps its digits on the wire, also where JavaScript would lose them', async () => {
  const { url, redshift } = await givenDataApi();
  redshift.scripts.set('SELECT big', () => rows([column('n', 'int8')], [['9223372036854775807']]));
  const { body } = await wire(url, 'ExecuteStatement', sql('SELECT big'));

  const { text } = await wire(url, 'GetStatementResult', { Id: body.Id });

  expect(text).toContain('"Records":[[{"longValue":9223372036854775807}]]');
});

test('a result with more than a megabyte comes in pages, complete and in order', async () => {
  const { client, redshift } = await givenDataApi();
  const values = Array.from({ length: 3000 }, (_, index) => [String(index), 'x'.repeat(1000)]);
  redshift.scripts.set('SELECT much', () => rows([column('n', 'int4'), column('text', 'varchar')], values));
  const { Id } = await client.send(new ExecuteStatementCommand(sql('SELECT much')));

  const pages = [];
  for await (const page of paginateGetStatementResult({ client }, { Id })) pages.push(page);
  const refused = await refusalOf(client.send(new GetStatementResultCommand({ Id, NextToken: 'bm9wZQ==' })));

  const found = pages.flatMap(({ Records }) => Records ?? []).map(([n]) => n?.longValue);
  expect(found).toEqual(values.map(([n]) => Number(n)));
  expect(pages.length).toBe(4);
  expect(pages.map(({ TotalNumRows }) => TotalNumRows)).toEqual([3000, 3000, 3000, 3000]);
  expect(refused).toMatchObject({ name: 'ValidationException', message: 'NextToken is invalid.' });
});

test('a result asked for as CSV is fetched as CSV, and only so', async () => {
  const { client, redshift } = await givenDataApi();
  redshift.scripts.set('SELECT csv', () =>
    rows(
      [column('a', 'varchar'), column('b', 'int4'), column('c', 'bool')],
      [
        ['one, "two"', null, 't'],
        ['', '2', 'f'],
      ],
    ),
  );
  const csv = await client.send(new ExecuteStatementCommand(sql('SELECT csv', { ResultFormat: 'CSV' })));
  const json = await client.send(new ExecuteStatementCommand(sql('SELECT csv')));

  const answer = await client.send(new GetStatementResultV2Command({ Id: csv.Id }));
  const refusals = await Promise.all([
    refusalOf(client.send(new GetStatementResultCommand({ Id: csv.Id }))),
    refusalOf(client.send(new GetStatementResultV2Command({ Id: json.Id }))),
  ]);

  expect(answer).toMatchObject({
    ResultFormat: 'CSV',
    TotalNumRows: 2,
    ColumnMetadata: [{ name: 'a' }, { name: 'b' }, { name: 'c' }],
  });
  expect(answer.Records).toEqual([{ CSVRecords: 'a,b,c\r\n"one, ""two""",,true\r\n,2,false\r\n' }]);
  expect(refusals.map(({ name }) => name)).toEqual(['ValidationException', 'ValidationException']);
});

test('an empty result is a result', async () => {
  const { client, redshift } = await givenDataApi();
  redshift.scripts.set('SELECT none', () => rows([column('n', 'int4')], []));

  const { Id, HasResultSet } = await client.send(new ExecuteStatementCommand(sql('SELECT none')));
  const answer = await client.send(new GetStatementResultCommand({ Id }));

  expect(HasResultSet).toBe(true);
  expect(answer).toMatchObject({ Records: [], TotalNumRows: 0, ColumnMetadata: [{ name: 'n' }] });
});

test.each([
  ['a row of more than 64 KB', [['x'.repeat(65_537)]], 'ERROR: Packet for query is too large (65537 > 65536).'],
  [
    'a result that is too large',
    Array.from({ length: 30 }, () => ['x'.repeat(50_000)]),
    'ERROR: Database response exceeded size limit (1000000 bytes).',
  ],
])('%s fails', async (_, values, message) => {
  const { url, redshift } = await givenDataApi({ resultLimits: { rowBytes: 65_536, resultBytes: 1_000_000 } });
  redshift.scripts.set('SELECT large', () => rows([column('text', 'varchar')], values));

  const { body } = await wire(url, 'ExecuteStatement', sql('SELECT large'));
  const described = await wire(url, 'DescribeStatement', { Id: body.Id });

  expect(described.body).toMatchObject({ Status: 'FAILED', Error: message, HasResultSet: false });
});

test('results are kept for a day, or until newer ones need the room; the newest always', async () => {
  const { client, redshift, clock } = await givenDataApi({ storeLimits: { statements: 100, resultBytes: 2_000 } });
  redshift.scripts.set('SELECT large', () => rows([column('text', 'varchar')], [['x'.repeat(1_500)]]));
  const older = await client.send(new ExecuteStatementCommand(sql('SELECT large')));
  const newer = await client.send(new ExecuteStatementCommand(sql('SELECT large')));

  const kept = await client.send(new GetStatementResultCommand({ Id: newer.Id }));
  const dropped = await refusalOf(client.send(new GetStatementResultCommand({ Id: older.Id })));
  clock.pass(24 * 3_600_000);
  const expired = await refusalOf(client.send(new GetStatementResultCommand({ Id: newer.Id })));

  expect(kept.TotalNumRows).toBe(1);
  expect([dropped, expired]).toMatchObject(
    ['1795305600', '1795392000'].map((time) => ({
      name: 'ValidationException',
      message: `Could not retrieve the query result as it has expired after ${time}.`,
    })),
  );
});

test('of too many statements the oldest that ended is forgotten, with its token', async () => {
  const { client, redshift } = await givenDataApi({ storeLimits: { statements: 2, resultBytes: 10_000 } });
  const first = await client.send(new ExecuteStatementCommand(sql('SELECT 1', { ClientToken: 'a' })));
  await client.send(new ExecuteStatementCommand(sql('SELECT 2')));
  await client.send(new ExecuteStatementCommand(sql('SELECT 3')));

  const refused = await refusalOf(client.send(new GetStatementResultCommand({ Id: first.Id })));
  const again = await client.send(new ExecuteStatementCommand(sql('SELECT 1', { ClientToken: 'a' })));

  expect(refused).toMatchObject({ name: 'ResourceNotFoundException', message: 'Query does not exist.' });
  expect(again.Id).not.toBe(first.Id);
  expect(redshift.log).toHaveLength(4);
});
