import { once } from 'node:events';
import { connect } from 'node:net';
import pg from 'pg';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import type { RedshiftService } from './service.ts';
import type { MemoryObjects } from '../../testing/given-redshift.ts';
import { DATABASE, PASSWORD, givenWarehouse } from '../../testing/given-redshift.ts';

let service: RedshiftService;
let objects: MemoryObjects;
beforeAll(async () => {
  ({ service, objects } = await givenWarehouse());
});

async function givenClient(): Promise<pg.Client> {
  const client = new pg.Client(`postgres://admin:${PASSWORD}@127.0.0.1:${String(service.port)}/${DATABASE}`);
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

const rowsOf = async (client: pg.Client, sql: string, values?: unknown[]) =>
  (await client.query<unknown[]>({ text: sql, values: values ?? [], rowMode: 'array' })).rows;

/** What is said to a start with these parameters, after the password. */
async function answerToStart(parameters: Readonly<Record<string, string>>, password: string): Promise<string> {
  const socket = connect(service.port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  const body = Buffer.from(`\0\x03\0\0${Object.entries(parameters).flat().join('\0')}\0\0`, 'latin1');
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  // A driver asks for encryption first, and in pieces of one byte everything is as it is in one.
  const asked = Buffer.concat([Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]), length, body]);
  for (const byte of asked) socket.write(Buffer.from([byte]));
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
  while (!answer.includes('\0\0\0\x03')) await once(socket, 'data');
  const word = Buffer.from(`${password}\0`);
  socket.write(Buffer.concat([Buffer.from([0x70, 0, 0, 0, word.length + 4]), word]));
  while (!answer.includes('Z\0\0\0\x05') && !answer.includes('VFATAL')) await once(socket, 'data');
  return answer;
}

test('a driver logs in with Redshift’s parameters, and learns Redshift’s version', async () => {
  const parameters = {
    ...{
      user: 'admin',
      database: DATABASE,
      client_protocol_version: '2',
      driver_version: 'Redshift JDBC Driver 2.1',
      os_version: 'x',
    },
    ...{ plugin_name: '', application_name: 'a b', client_encoding: 'utf-8' },
  };

  expect(await answerToStart(parameters, PASSWORD)).toContain('server_version\x008.0.2\x00');
  expect(await answerToStart(parameters, 'wrong')).toContain('password authentication failed for user "admin"');
  expect(await answerToStart({ ...parameters, database: 'nosuch' }, PASSWORD)).toContain('database "nosuch" does not exist');
  expect(await answerToStart({ user: 'admin', database: DATABASE }, PASSWORD)).not.toContain('8.0.2');
});

test('every program speaks the dialect of Redshift, with values and without', async () => {
  const client = await givenClient();

  await client.query('CREATE TABLE sold (day DATE SORTKEY, n INTEGER, name VARCHAR(9)) DISTSTYLE EVEN');
  await client.query('INSERT INTO sold VALUES ($1, $2, $3), ($1, 2, $4)', ['2011-12-09', 1, 'a', 'a ']);

  expect(await rowsOf(client, 'SELECT TOP 1 DATEADD(day, $1, day)::VARCHAR(10), AVG(n) OVER () FROM sold', [1])).toEqual([
    ['2011-12-10', '1'],
  ]);
  expect(await rowsOf(client, `WITH x AS (SELECT * FROM sold) SELECT COUNT(*) FROM x WHERE name = $1`, ['a'])).toEqual([['2']]);
  expect(await rowsOf(client, 'SELECT VERSION()')).toEqual([[expect.stringMatching(/^PostgreSQL 8\.0\.2 .* Redshift 1\./)]]);
  await expect(client.query('CREATE INDEX i ON sold (n)')).rejects.toMatchObject({ code: '0A000' });
  await expect(client.query('SELECT $1::INTEGER FROM sold RETURNING n', [1])).rejects.toMatchObject({ code: '0A000' });
  await expect(client.query('SELECT nosuch FROM sold')).rejects.toMatchObject({ code: '42703' });
  expect(await rowsOf(client, 'SELECT COUNT(*) FROM sold')).toEqual([['2']]);
});

test('several statements in one message are one transaction', async () => {
  const client = await givenClient();

  await expect(client.query('CREATE TABLE half (n INTEGER SORTKEY); INSERT INTO half VALUES (1); SELECT 1 / 0')).rejects.toThrow(
    /zero/,
  );
  const results: unknown = await client.query(
    `CREATE TABLE half (n INTEGER SORTKEY); SELECT ';' AS a; INSERT INTO half VALUES (7)`,
  );

  expect((results as pg.QueryResult[]).map(({ command, rowCount }) => [command, rowCount])).toEqual([
    ['CREATE', null],
    ['SELECT', 1],
    ['INSERT', 1],
  ]);
  expect(await rowsOf(client, 'SELECT n FROM half')).toEqual([[7]]);
});

test('a COPY belongs to the transaction that it is in, and says what was wrong', async () => {
  const client = await givenClient();
  objects.put('clients/1', '{"n":1}\n{"n":2}\n');
  await client.query('CREATE TABLE copied (n INTEGER)');
  const copy = `COPY copied FROM 's3://bucket/clients/' IAM_ROLE default JSON 'auto'`;

  await client.query('BEGIN');
  expect(await client.query(copy)).toMatchObject({ command: 'COPY', rowCount: 2 });
  expect(await rowsOf(client, 'SELECT COUNT(*) FROM copied')).toEqual([['2']]);
  await client.query('ROLLBACK');
  expect(await rowsOf(client, 'SELECT COUNT(*) FROM copied')).toEqual([['0']]);
  await client.query(copy);
  objects.put('clients/2', '{"n":"x"}\n');
  await expect(client.query(copy)).rejects.toThrow(/Load into table 'copied' failed/);

  expect(await rowsOf(client, 'SELECT COUNT(*) FROM copied')).toEqual([['2']]);
  expect(
    await rowsOf(client, `SELECT line_number, TRIM(colname), err_code FROM stl_load_errors WHERE filename LIKE '%clients/2%'`),
  ).toEqual([['1', 'n', 1207]]);
});

test('the catalog shows how tables were made, and nothing of what they are made of here', async () => {
  const client = await givenClient();
  await client.query('CREATE TABLE made (a INTEGER ENCODE raw, b VARCHAR(5) DISTKEY, c DATE NOT NULL) COMPOUND SORTKEY (c, a)');
  await client.query('CREATE MATERIALIZED VIEW summed AS SELECT COUNT(*) AS n FROM made');
  await client.query('INSERT INTO made VALUES (1, NULL, $1)', ['2011-12-09']);

  expect(
    await rowsOf(
      client,
      `SELECT "column", type, encoding, distkey, sortkey, "notnull" FROM pg_table_def WHERE tablename = 'made'`,
    ),
  ).toEqual([
    ['a', 'integer', 'none', false, 2, false],
    ['b', 'character varying(5)', 'lzo', true, 0, false],
    ['c', 'date', 'none', false, 1, true],
  ]);
  expect(await rowsOf(client, `SELECT diststyle, sortkey1, sortkey_num FROM svv_table_info WHERE "table" = 'made'`)).toEqual([
    ['KEY(b)', 'c', 2],
  ]);
  expect(await rowsOf(client, `SELECT reldiststyle FROM pg_class WHERE relname = 'made'`)).toEqual([[1]]);
  expect(
    await rowsOf(
      client,
      `SELECT view_definition ILIKE 'create materialized view%' FROM information_schema.views WHERE table_name = 'summed'`,
    ),
  ).toEqual([[true]]);
  for (const names of [
    'nspname FROM pg_namespace',
    'relname FROM pg_catalog.pg_class',
    'schema_name FROM information_schema.schemata',
    'table_schema FROM information_schema.tables',
    'table_schema FROM svv_columns',
    'schema_name FROM svv_all_schemas',
    'schemaname FROM pg_tables',
    'conname FROM pg_constraint',
    'schema_name FROM svv_redshift_tables',
  ])
    expect(await rowsOf(client, `SELECT DISTINCT ${names} ORDER BY 1`).then((rows) => rows.flat()), names).not.toContainEqual(
      expect.stringMatching(/^(rs_|bytes of)/),
    );
});

test('catalog queries of drivers may use leader-node functions and their own column names', async () => {
  const client = await givenClient();
  await client.query('CREATE TABLE asked (n INTEGER)');

  expect(
    await rowsOf(
      client,
      `SELECT c.relname AS TABLE_NAME, ARRAY(SELECT 1)::pg_catalog.text AS x, CASE WHEN true THEN 1ELSE 2 END AS KIND, KIND AS AGAIN
       FROM pg_catalog.pg_class AS c WHERE TABLE_NAME LIKE $1 AND c.relnamespace = 2200`,
      ['ask%'],
    ),
  ).toEqual([['asked', '{1}', 1, 1]]);
});

test('a statement is cancelled from another connection, and the next one is answered', async () => {
  const client = await givenClient();
  const { processID, secretKey } = client as unknown as { processID: number; secretKey: number };
  const sleeping = client.query('SELECT pg_sleep(60)');
  const outcome = sleeping.catch((error: unknown) => error);
  const other = await givenClient();
  while ((await rowsOf(other, `SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'`)).length === 0);

  const request = Buffer.alloc(16);
  [16, 80877102, processID, secretKey].forEach((value, index) => request.writeInt32BE(value, index * 4));
  connect(service.port, '127.0.0.1').end(request);

  expect(await outcome).toMatchObject({ code: '57014' });
  expect(await rowsOf(client, 'SELECT 1')).toEqual([[1]]);
});

test('COPY with JSONPaths, a manifest, and formats of dates and times, as a course writes it', async () => {
  const client = await givenClient();
  objects.put('course/paths.json', '{"jsonpaths": ["$.id", "$[\'who\'][\'name\']", "$.tags[1]", "$.more"]}');
  objects.put(
    'course/log/1',
    `{"id": 12.50, "who": {"x": [{"name": 1}], "name": "\\u00e9\\"a"}, "tags": ["a", "b"], "more": {"k": [1]}}\n{"id": 2}\n`,
  );
  objects.put('course/days/1', '1;12/01/10;9/12/2011 8:05\n2;;31/12/2011 23:59\n');
  objects.put('course/days/2', '3;02/30/11;1/1/2011 0:00\n');
  objects.put('course/manifest', '{"entries": [{"url": "s3://bucket/course/days/1", "mandatory": true}]}');
  await client.query('CREATE TABLE events (id DECIMAL(8,3), name VARCHAR(9), tag VARCHAR(9), more VARCHAR(99))');
  await client.query('CREATE TABLE days (n INTEGER, day DATE, at TIMESTAMP)');
  const days = (from: string, options = '') =>
    `COPY days FROM 's3://bucket/course/${from}' IAM_ROLE 'arn:aws:iam::1:role/x' CSV DELIMITER ';' DATEFORMAT AS 'MM/DD/YY' TIMEFORMAT 'DD/MM/YYYY HH24:MI' ${options}`;

  await client.query(
    `COPY events FROM 's3://bucket/course/log/' IAM_ROLE default FORMAT AS JSON 's3://bucket/course/paths.json' REGION 'us-west-2'`,
  );
  await client.query(days('manifest', 'MANIFEST'));

  expect(await rowsOf(client, 'SELECT * FROM events ORDER BY id DESC')).toEqual([
    ['12.500', 'é"a', 'b', '{"k": [1]}'],
    ['2.000', null, null, null],
  ]);
  expect(await rowsOf(client, 'SELECT n, day::VARCHAR(10), at::VARCHAR(20) FROM days ORDER BY n')).toEqual([
    [1, '2010-12-01', '2011-12-09 08:05:00'],
    [2, null, '2011-12-31 23:59:00'],
  ]);
  await expect(client.query(days('days/2'))).rejects.toThrow(/Load into table 'days' failed/);
  expect(await rowsOf(client, `SELECT err_code FROM stl_load_errors WHERE filename LIKE '%days/2%'`)).toEqual([[1205]]);
  await expect(client.query(`COPY days FROM 's3://bucket/x' IAM_ROLE default CSV DATEFORMAT 'Q'`)).rejects.toThrow(
    "DATEFORMAT 'Q'",
  );
  await expect(
    client.query(`COPY days FROM 's3://bucket/course/log/' IAM_ROLE default JSON 's3://bucket/course/paths.json'`),
  ).rejects.toThrow(/JSONPath size: 4, Number of columns in table or column list: 3/);
});
