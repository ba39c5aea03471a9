import { randomUUID } from 'node:crypto';
import {
  BatchExecuteStatementCommand,
  CancelStatementCommand,
  DescribeStatementCommand,
  DescribeTableCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  GetStatementResultV2Command,
  ListSessionsCommand,
  ListStatementsCommand,
  ListTablesCommand,
} from '@aws-sdk/client-redshift-data';
import type { BatchExecuteStatementCommandInput, ExecuteStatementCommandInput } from '@aws-sdk/client-redshift-data';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRedshift } from '../../testing/redshift-endpoint.ts';
import type { RedshiftEndpoint } from '../../testing/redshift-endpoint.ts';
import { refusalOf } from '../../testing/remote.ts';

/**
 * The same cases against our endpoint over a real PostgreSQL and, with PARITY_REMOTE=aws, against a workgroup of Redshift Serverless, which may
 * have to wake first.
 */
const TABLE = `parity_${randomUUID().slice(0, 8)}`;
const NO_RESULT = 'Query does not have result. Please check query status with DescribeStatement.';
let redshift: RedshiftEndpoint;

beforeAll(async () => {
  redshift = await openRedshift();
  await execute(`CREATE TABLE ${TABLE} (id INTEGER NOT NULL, amount DECIMAL(12,3), note VARCHAR(40))`);
}, 180_000);

afterAll(async () => {
  await execute(`DROP TABLE IF EXISTS ${TABLE}`);
  await redshift.close();
});

/** Run to the end. */
async function execute(Sql: string, more: Partial<ExecuteStatementCommandInput> = {}) {
  const place = more.SessionId === undefined ? redshift.target : {};
  const { Id, SessionId } = await redshift.client.send(
    new ExecuteStatementCommand({ ...place, Sql, WaitTimeSeconds: 30, ...more }),
  );
  return { ...(await ended(Id)), SessionId };
}

async function batch(Sqls: string[], more: Partial<BatchExecuteStatementCommandInput> = {}) {
  const input = { ...redshift.target, Sqls, WaitTimeSeconds: 30, ...more };
  return ended((await redshift.client.send(new BatchExecuteStatementCommand(input))).Id);
}

async function ended(Id: string | undefined) {
  for (;;) {
    const described = await redshift.client.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 30 }));
    if (['FINISHED', 'FAILED', 'ABORTED'].includes(described.Status ?? '')) return described;
  }
}

const resultOf = (Id: string | undefined) => redshift.client.send(new GetStatementResultCommand({ Id }));

async function count(): Promise<number | undefined> {
  const { Id } = await execute(`SELECT CAST(COUNT(*) AS BIGINT) AS n FROM ${TABLE}`);
  return (await resultOf(Id)).Records?.[0]?.[0]?.longValue;
}

describe('results', () => {
  test('each type has its kind of field and its metadata', async () => {
    const { Id, ...described } = await execute(
      `SELECT CAST(7 AS SMALLINT) AS s, CAST(7 AS INTEGER) AS i, CAST(7 AS BIGINT) AS l, CAST('2.5' AS DECIMAL(12,3)) AS d,
        CAST('1.5' AS DOUBLE PRECISION) AS f, TRUE AS b, CAST('x' AS VARCHAR(40)) AS v, CAST('2024-06-12' AS DATE) AS day,
        CAST('2024-06-12 14:30:45.123456' AS TIMESTAMP) AS t, CAST(NULL AS INTEGER) AS n`,
    );

    const { Records, ColumnMetadata, TotalNumRows } = await resultOf(Id);

    expect(described).toMatchObject({ Status: 'FINISHED', HasResultSet: true, ResultRows: 1, ResultFormat: 'JSON' });
    expect(TotalNumRows).toBe(1);
    expect(Records).toEqual([
      [
        ...[{ longValue: 7 }, { longValue: 7 }, { longValue: 7 }, { stringValue: '2.500' }, { doubleValue: 1.5 }],
        ...[{ booleanValue: true }, { stringValue: 'x' }, { stringValue: '2024-06-12' }],
        ...[{ stringValue: '2024-06-12 14:30:45.123456' }, { isNull: true }],
      ],
    ]);
    expect(
      ColumnMetadata?.map(({ name, label, typeName, precision, scale }) => [name, label, typeName, precision, scale]),
    ).toEqual([
      ['s', 's', 'int2', 5, 0],
      ['i', 'i', 'int4', 10, 0],
      ['l', 'l', 'int8', 19, 0],
      ['d', 'd', 'numeric', 12, 3],
      ['f', 'f', 'float8', 17, 17],
      ['b', 'b', 'bool', 1, 0],
      ['v', 'v', 'varchar', 40, 0],
      ['day', 'day', 'date', 13, 0],
      ['t', 't', 'timestamp', 29, 6],
      ['n', 'n', 'int4', 10, 0],
    ]);
    expect(ColumnMetadata?.map(({ isSigned, isCaseSensitive }) => [isSigned, isCaseSensitive])).toEqual([
      ...Array<boolean[]>(5).fill([true, false]),
      ...[
        [false, false],
        [false, true],
        [false, false],
        [false, false],
        [true, false],
      ],
    ]);
  });

  test('a timestamp without a fraction gets one', async () => {
    const { Id } = await execute("SELECT CAST('2022-02-22 00:00:00' AS TIMESTAMP) AS t");

    expect((await resultOf(Id)).Records).toEqual([[{ stringValue: '2022-02-22 00:00:00.0' }]]);
  });

  test('CSV', async () => {
    const { Id } = await execute(`SELECT CAST('a "b", c' AS VARCHAR(20)) AS v, CAST(1 AS INTEGER) AS i`, { ResultFormat: 'CSV' });

    const { Records, ResultFormat } = await redshift.client.send(new GetStatementResultV2Command({ Id }));

    expect(ResultFormat).toBe('CSV');
    expect(Records).toEqual([{ CSVRecords: 'v,i\r\n"a ""b"", c",1\r\n' }]);
  });

  test('a statement without a result set has none to fetch', async () => {
    const { Id, ...described } = await execute(`INSERT INTO ${TABLE} (id, note) VALUES (0, 'zero')`);

    const refused = await refusalOf(resultOf(Id));

    expect(described).toMatchObject({ Status: 'FINISHED', HasResultSet: false, ResultRows: 1 });
    expect(refused).toMatchObject({ name: 'ResourceNotFoundException', message: NO_RESULT });
  });
});

describe('statements', () => {
  test('an error of the engine is in the description', async () => {
    const described = await execute('SELECT * FROM there_is_no_such_table');

    expect(described).toMatchObject({ Status: 'FAILED', HasResultSet: false, ResultRows: -1 });
    expect(described.Error).toMatch(/^ERROR: relation "there_is_no_such_table" does not exist/);
  });

  test('parameters are texts that the engine casts', async () => {
    const Parameters = [
      { name: 'id', value: '7' },
      { name: 'note', value: "it's" },
    ];
    await execute(`INSERT INTO ${TABLE} (id, amount, note) VALUES (:id, CAST(:id AS DECIMAL(12,3)), :note)`, { Parameters });

    const { Id, QueryParameters } = await execute(`SELECT amount, note FROM ${TABLE} WHERE id = :id AND note = :note`, {
      Parameters,
    });

    expect((await resultOf(Id)).Records).toEqual([[{ stringValue: '7.000' }, { stringValue: "it's" }]]);
    expect(QueryParameters).toEqual(expect.arrayContaining(Parameters));
  });

  test('a parameter that no statement has is refused', async () => {
    const refused = await refusalOf(execute("SELECT ':id'", { Parameters: [{ name: 'id', value: '1' }] }));

    expect(refused).toMatchObject({
      name: 'ValidationException',
      message: 'Parameters list contains unused parameters. Unused parameters: [id]',
    });
  });

  test('the same request with the same token runs once', async () => {
    const ClientToken = randomUUID();
    const before = (await count()) ?? 0;

    const first = await execute(`INSERT INTO ${TABLE} (id) VALUES (1)`, { ClientToken });
    const again = await execute(`INSERT INTO ${TABLE} (id) VALUES (1)`, { ClientToken });

    expect(again.Id).toBe(first.Id);
    expect(await count()).toBe(before + 1);
  });

  test('what is unknown, or over, or nowhere', async () => {
    const { client, target } = redshift;
    const Id = '00000000-0000-4000-8000-000000000000';
    const { Id: over } = await execute('SELECT 1');

    const refusals = await Promise.all([
      refusalOf(client.send(new DescribeStatementCommand({ Id }))),
      refusalOf(client.send(new DescribeStatementCommand({ Id: 'nonsense' }))),
      refusalOf(client.send(new CancelStatementCommand({ Id: over }))),
      refusalOf(client.send(new ExecuteStatementCommand({ Sql: 'SELECT 1', Database: target.Database }))),
      refusalOf(client.send(new ExecuteStatementCommand({ ...target, Sql: 'SELECT 1', WorkgroupName: TABLE.replace('_', '-') }))),
    ]);

    expect(refusals).toMatchObject([
      { name: 'ResourceNotFoundException', message: 'Query does not exist.' },
      {
        name: 'ValidationException',
        message: 'id must satisfy regex pattern: ^[a-z0-9]{8}(-[a-z0-9]{4}){3}-[a-z0-9]{12}(:\\d+)?$',
      },
      {
        name: 'ValidationException',
        message: `Could not cancel a query that is already in FINISHED state with ID: ${String(over)}`,
      },
      { name: 'ValidationException', message: 'Either ClusterIdentifier or WorkgroupName needs to be specified.' },
      { name: 'ValidationException', message: "Redshift endpoint doesn't exist in this region." },
    ]);
  });

  test('finished statements are listed by the beginning of their name', async () => {
    const { Id } = await execute('SELECT 1', { StatementName: `${TABLE}-listed` });

    const { Statements } = await redshift.client.send(new ListStatementsCommand({ StatementName: `${TABLE}-li` }));

    expect(Statements).toMatchObject([
      { Id, Status: 'FINISHED', QueryString: 'SELECT 1', StatementName: `${TABLE}-listed`, IsBatchStatement: false },
    ]);
  });
});

describe('batches', () => {
  test('all or nothing', async () => {
    const before = await count();

    const good = await batch([`INSERT INTO ${TABLE} (id) VALUES (2)`, `DELETE FROM ${TABLE} WHERE id = 2`, 'SELECT 1']);
    const bad = await batch([`INSERT INTO ${TABLE} (id) VALUES (3)`, 'SELECT * FROM there_is_no_such_table', 'SELECT 1']);

    expect(good).toMatchObject({ Status: 'FINISHED', HasResultSet: true });
    expect(good.SubStatements?.map(({ Id }) => Id)).toEqual([1, 2, 3].map((n) => `${String(good.Id)}:${String(n)}`));
    expect((await resultOf(`${String(good.Id)}:3`)).Records).toEqual([[{ longValue: 1 }]]);
    expect(bad.Status).toBe('FAILED');
    expect(bad.Error).toMatch(/^Query #2 failed with ERROR: relation "there_is_no_such_table" does not exist/);
    expect(bad.SubStatements?.map(({ Status }) => Status)).toEqual(['FINISHED', 'FAILED', 'ABORTED']);
    expect(bad.SubStatements?.[2]?.Error).toBe('Connection or an prior query failed.');
    expect(await count()).toBe(before);
  });

  test('each for itself with AUTO_COMMIT', async () => {
    const before = (await count()) ?? 0;

    const mixed = await batch([`INSERT INTO ${TABLE} (id) VALUES (4)`, 'SELECT * FROM there_is_no_such_table', 'SELECT 1'], {
      ExecutionMode: 'AUTO_COMMIT',
    });

    expect(mixed).toMatchObject({ Status: 'FAILED', ExecutionMode: 'AUTO_COMMIT' });
    expect(mixed.SubStatements?.map(({ Status }) => Status)).toEqual(['FINISHED', 'FAILED', 'FINISHED']);
    expect(await count()).toBe(before + 1);
  });

  test('the batch itself has no result', async () => {
    const { Id } = await batch(['SELECT 1']);

    expect(await refusalOf(resultOf(Id))).toMatchObject({
      name: 'ValidationException',
      message: 'BatchExecuteStatement result can only be retrieved with sub-statement id.',
    });
  });
});

describe('sessions', () => {
  test('a temporary table lives as long as its session', async () => {
    const { SessionId } = await execute(`CREATE TEMP TABLE ${TABLE}_kept (n INTEGER)`, { SessionKeepAliveSeconds: 60 });

    const inside = await execute(`SELECT n FROM ${TABLE}_kept`, { SessionId });
    const outside = await execute(`SELECT n FROM ${TABLE}_kept`);
    const { Sessions } = await redshift.client.send(new ListSessionsCommand({ SessionId }));

    expect([inside.Status, outside.Status]).toEqual(['FINISHED', 'FAILED']);
    expect(inside.SessionId).toBe(SessionId);
    expect(Sessions).toMatchObject([{ SessionId, Status: 'AVAILABLE', SessionAliveSeconds: 60 }]);
  });

  test('a session that never was is invalid', async () => {
    const SessionId = '00000000-0000-4000-8000-000000000000';

    expect(await refusalOf(execute('SELECT 1', { SessionId }))).toMatchObject({
      name: 'ValidationException',
      message: `Session with Id: ${SessionId} is invalid`,
    });
  });
});

describe('the catalogue', () => {
  test('a table is listed and described', async () => {
    const { client, target } = redshift;

    const { Tables } = await client.send(new ListTablesCommand({ ...target, SchemaPattern: 'public', TablePattern: TABLE }));
    const { ColumnList } = await client.send(new DescribeTableCommand({ ...target, Schema: 'public', Table: TABLE }));

    expect(Tables).toEqual([{ name: TABLE, schema: 'public', type: 'TABLE' }]);
    expect(ColumnList).toMatchObject([
      { name: 'id', typeName: 'int4', nullable: 0, schemaName: 'public', tableName: TABLE },
      { name: 'amount', typeName: 'numeric', precision: 12, scale: 3, nullable: 1 },
      { name: 'note', typeName: 'varchar', precision: 40, nullable: 1 },
    ]);
  });
});
