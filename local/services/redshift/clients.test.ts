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

test('the history of statements has those of drivers and of sessions, with text, user, times, status and rows', async () => {
  const client = await givenClient();
  const session = await service.openSession({ database: DATABASE, user: 'administrator' });
  onTestFinished(() => session.close());
  objects.put('history/1', '{"n":1}\n{"n":2}\n');

  await client.query(`SET query_group TO 'nightly'`);
  await client.query('/* by hand */ CREATE TABLE told (n INTEGER); INSERT INTO told VALUES (1), (2), (3)');
  await client.query('SELECT n FROM told WHERE n > $1', [1]);
  await expect(client.query('SELECT told.nosuch FROM told')).rejects.toThrow();
  await expect(client.query('SELECT $1::INTEGER / 0 FROM told', [1])).rejects.toThrow();
  await client.query(`COPY told FROM 's3://bucket/history/' IAM_ROLE default JSON 'auto'`);
  await client.query(`CREATE USER told_user PASSWORD 'Secret-of-told-1'`);
  await session.run('SELECT n FROM told WHERE n = :n', { n: '2' });

  const columns = 'TRIM(query_type), TRIM(status), TRIM(query_label), returned_rows, TRIM(query_text)';
  const history = await rowsOf(
    client,
    `SELECT ${columns} FROM sys_query_history WHERE query_text LIKE '%told%' ORDER BY query_id`,
  );
  expect(history.slice(0, -1)).toEqual([
    ['DDL', 'success', 'nightly', '0', '/* by hand */ CREATE TABLE told (n INTEGER)'],
    ['INSERT', 'success', 'nightly', '0', 'INSERT INTO told VALUES (1), (2), (3)'],
    ['SELECT', 'success', 'nightly', '2', 'SELECT n FROM told WHERE n > $1'],
    ['SELECT', 'failed', 'nightly', '0', 'SELECT told.nosuch FROM told'],
    ['SELECT', 'failed', 'nightly', '0', 'SELECT $1::INTEGER / 0 FROM told'],
    ['COPY', 'success', 'nightly', '0', `COPY told FROM 's3://bucket/history/' IAM_ROLE default JSON 'auto'`],
    ['DDL', 'success', 'nightly', '0', `CREATE USER told_user PASSWORD '***'`],
    ['SELECT', 'success', 'default', '2', 'SELECT n FROM told WHERE n = :n'],
  ]);
  expect(history.at(-1)?.slice(0, 4)).toEqual(['SELECT', 'running', 'nightly', '0']);
  await client.query('SELECT 1 AS told_last');
  expect(
    await rowsOf(client, 'SELECT TRIM(status) FROM sys_query_history WHERE query_text = $1', ['SELECT 1 AS told_last']),
  ).toEqual([['success']]);
  expect(
    await rowsOf(
      client,
      `SELECT TRIM(h.query_type), l.loaded_rows, h.elapsed_time >= 0, h.end_time >= h.start_time, h.user_id = l.user_id
       FROM sys_query_history AS h JOIN sys_load_history AS l ON l.query_id = h.query_id WHERE l.table_name = 'told'`,
    ),
  ).toEqual([['COPY', '2', true, true, true]]);
  expect(
    await rowsOf(client, `SELECT TRIM(error_message) FROM sys_query_history WHERE query_text LIKE 'SELECT $1::INT%'`),
  ).toEqual([['division by zero']]);
  expect(
    await rowsOf(client, `SELECT TRIM(substring), aborted FROM svl_qlog WHERE substring LIKE '%told%' ORDER BY query LIMIT 4`),
  ).toEqual([
    ['INSERT INTO told VALUES (1), (2), (3)', 0],
    ['SELECT n FROM told WHERE n > $1', 0],
    ['SELECT told.nosuch FROM told', 1],
    ['SELECT $1::INTEGER / 0 FROM told', 1],
  ]);
});

test('users see their own statements and loads, and all of them with SYSLOG ACCESS UNRESTRICTED', async () => {
  const client = await givenClient();
  const password = 'Secret-of-clerk-1';
  await client.query(`CREATE USER clerk PASSWORD '${password}'`);
  const others = async () => {
    const clerk = new pg.Client(`postgres://clerk:${password}@127.0.0.1:${String(service.port)}/${DATABASE}`);
    await clerk.connect();
    onTestFinished(() => clerk.end());
    await clerk.query('SELECT 1 AS of_clerk');
    const [[own], [rest]] = [
      await rowsOf(clerk, `SELECT COUNT(*) > 0 FROM sys_query_history WHERE query_text = 'SELECT 1 AS of_clerk'`),
      await rowsOf(
        clerk,
        `SELECT (SELECT COUNT(*) FROM sys_query_history WHERE query_text LIKE 'CREATE USER%')
           + (SELECT COUNT(*) FROM sys_load_history) + (SELECT COUNT(*) FROM stl_load_errors) > 0`,
      ),
    ] as [[unknown[]], [unknown[]]];
    await expect(clerk.query('SELECT * FROM rs_compat.query')).rejects.toThrow('permission denied');
    return [own, rest].flat();
  };

  expect(await others()).toEqual([true, false]);
  await client.query('ALTER USER clerk SYSLOG ACCESS UNRESTRICTED');
  expect(await others()).toEqual([true, true]);
  expect(await rowsOf(client, `SELECT syslog_access FROM svv_user_info WHERE user_name = 'clerk'`)).toEqual([['UNRESTRICTED']]);
});

test('a view of the system that is not here is refused by its name, and a part of a query may have any', async () => {
  const client = await givenClient();

  await expect(client.query('SELECT * FROM sys_query_detail')).rejects.toThrow(
    'the view sys_query_detail is not supported: nothing counts the steps of a plan here; write EXPLAIN, or ask sys_query_history',
  );
  for (const view of ['pg_catalog.stl_wlm_query', 'svl_query_summary', 'sys_unload_history', 'svv_vacuum_progress'])
    await expect(client.query(`SELECT COUNT(*) FROM ${view}`), view).rejects.toMatchObject({ code: '0A000' });
  expect(await rowsOf(client, 'WITH stl_mine AS (SELECT 1 AS n) SELECT n FROM stl_mine')).toEqual([[1]]);
});

test('a driver makes its connection read-only', async () => {
  const client = await givenClient();

  await client.query('SET readonly=1');

  await expect(client.query('CREATE TABLE unwritten (n INTEGER)')).rejects.toMatchObject({ code: '25006' });
});

test('the catalog shows keys as they were written, which nobody enforces', async () => {
  const client = await givenClient();
  await client.query('CREATE TABLE keyed_shop (country VARCHAR(9), CONSTRAINT of_country PRIMARY KEY (country))');
  await client.query(
    'CREATE TABLE keyed (a INTEGER PRIMARY KEY, b VARCHAR(9) REFERENCES keyed_shop, c INTEGER UNIQUE, UNIQUE (b, c))',
  );
  await client.query('ALTER TABLE keyed ADD CONSTRAINT again FOREIGN KEY (b) REFERENCES keyed_shop (country)');
  const keys = () =>
    rowsOf(
      client,
      `SELECT conname, pg_catalog.pg_get_constraintdef(oid, true) FROM pg_catalog.pg_constraint WHERE conrelid = 'keyed'::regclass ORDER BY 1`,
    );

  await client.query('INSERT INTO keyed VALUES (1, $1, 2), (1, $1, 2)', ['nowhere']);
  expect(await keys()).toEqual([
    ['again', 'FOREIGN KEY (b) REFERENCES keyed_shop(country)'],
    ['keyed_b_fkey', 'FOREIGN KEY (b) REFERENCES keyed_shop(country)'],
    ['keyed_b_key', 'UNIQUE (b, c)'],
    ['keyed_c_key', 'UNIQUE (c)'],
    ['keyed_pkey', 'PRIMARY KEY (a)'],
  ]);
  expect(await rowsOf(client, `SELECT indexdef FROM pg_indexes WHERE tablename = 'keyed'`)).toEqual([
    ['CREATE UNIQUE INDEX keyed_pkey ON public.keyed USING btree (a)'],
  ]);
  expect(
    await rowsOf(
      client,
      `SELECT constraint_name, column_name, ordinal_position FROM information_schema.key_column_usage WHERE table_name LIKE 'keyed%' ORDER BY 1, 3`,
    ),
  ).toEqual([
    ['again', 'b', 1],
    ['keyed_b_fkey', 'b', 1],
    ['keyed_b_key', 'b', 1],
    ['keyed_b_key', 'c', 2],
    ['keyed_c_key', 'c', 1],
    ['keyed_pkey', 'a', 1],
    ['of_country', 'country', 1],
  ]);
  await client.query('ALTER TABLE keyed DROP CONSTRAINT again');
  await client.query('ALTER TABLE keyed DROP CONSTRAINT keyed_pkey');
  await expect(client.query('ALTER TABLE keyed DROP CONSTRAINT keyed_pkey')).rejects.toMatchObject({ code: '42704' });
  expect((await keys()).flat()).not.toContainEqual(expect.stringMatching(/again|keyed_pkey/));
  // The name of its key is free for the next table of the name, as it is for tools that swap tables.
  await client.query('ALTER TABLE keyed_shop RENAME TO keyed_before');
  await client.query('CREATE TABLE keyed_shop (country VARCHAR(9) PRIMARY KEY)');
});
