import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import type { RedshiftService, RedshiftSession } from './service.ts';
import { DATABASE, PASSWORD, givenSession, givenWarehouse, rowsOf } from '../../testing/given-redshift.ts';

let service: RedshiftService;
beforeAll(async () => {
  ({ service } = await givenWarehouse());
});

/** What a statement is refused with. */
const refusal = (session: RedshiftSession, sql: string): Promise<string> =>
  session.run(sql).then(
    () => 'nothing',
    (error: unknown) => (error as Error).message,
  );

/** Wait until a session waits for a lock. */
async function untilSomebodyWaits(session: RedshiftSession): Promise<void> {
  while ((await rowsOf(session, `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'`)).length === 0) await pause(5);
}

describe('users and roles', () => {
  test('a user can do what its roles are granted, and nothing else', async () => {
    const admin = await givenSession(service);
    for (const sql of [
      'CREATE SCHEMA intake',
      'CREATE TABLE intake.landing (line VARCHAR(20))',
      'CREATE TABLE intake.secrets (line VARCHAR(20))',
      'CREATE ROLE landing_writer',
      `CREATE USER loader PASSWORD 'Abcdefg1' CONNECTION LIMIT UNLIMITED SYSLOG ACCESS RESTRICTED VALID UNTIL '2100-01-01'`,
      'GRANT USAGE ON SCHEMA intake TO ROLE landing_writer',
      'GRANT INSERT ON TABLE intake.landing TO ROLE landing_writer',
      'CREATE USER "IAMR:Writer.of-lines" PASSWORD DISABLE',
      'GRANT ROLE landing_writer TO loader',
      'GRANT ROLE landing_writer TO "IAMR:Writer.of-lines"',
    ])
      await admin.run(sql);

    for (const user of ['loader', 'IAMR:Writer.of-lines']) {
      const session = await givenSession(service, user);
      await session.run(`INSERT INTO intake.landing VALUES ('a')`);

      expect(await rowsOf(session, 'SELECT CURRENT_USER, SESSION_USER')).toEqual([[user, user]]);
      expect(await refusal(session, 'SELECT * FROM intake.landing')).toBe('ERROR: permission denied for relation landing');
      expect(await refusal(session, 'DELETE FROM intake.landing')).toBe('ERROR: permission denied for relation landing');
      expect(await refusal(session, 'INSERT INTO intake.secrets VALUES (1)')).toBe(
        'ERROR: permission denied for relation secrets',
      );
      expect(await refusal(session, 'CREATE TABLE intake.mine (n INTEGER)')).toBe('ERROR: permission denied for schema intake');
      expect(await refusal(session, 'CREATE USER other PASSWORD DISABLE')).toMatch(/permission denied/);
      expect(await refusal(session, 'GRANT ROLE landing_writer TO PUBLIC')).not.toBe('nothing');
      expect(await refusal(session, `UPDATE pg_settings SET setting = 'rdsdb' WHERE name = 'session_authorization'`)).toMatch(
        /permission denied/,
      );
    }
    await admin.run('REVOKE ROLE landing_writer FROM "IAMR:Writer.of-lines"');
    const without = await givenSession(service, 'IAMR:Writer.of-lines');
    expect(await refusal(without, `INSERT INTO intake.landing VALUES ('a')`)).toBe('ERROR: permission denied for schema intake');
    expect(await rowsOf(admin, 'SELECT user_name, role_name FROM svv_user_grants')).toEqual([['loader', 'landing_writer']]);
    expect(await rowsOf(admin, 'SELECT role_name FROM svv_roles')).toEqual([['landing_writer']]);
  });

  test('a role and a user cannot have the same name, whichever comes first', async () => {
    const admin = await givenSession(service);
    await admin.run('CREATE ROLE taken_role');
    await admin.run('CREATE USER taken_user PASSWORD DISABLE');
    await admin.run('CREATE USER renamed PASSWORD DISABLE');

    for (const sql of ['CREATE USER taken_role PASSWORD DISABLE', 'ALTER USER renamed RENAME TO taken_role'])
      expect([sql, await refusal(admin, sql)]).toEqual([sql, 'ERROR: user "taken_role" cannot have the name of a role']);
    expect(await refusal(admin, 'CREATE ROLE taken_user')).toBe('ERROR: role "taken_user" cannot have the name of a user');
    expect(await rowsOf(admin, `SELECT COUNT(*) FROM pg_user WHERE usename = 'taken_role'`)).toEqual([['0']]);
    expect(await rowsOf(admin, `SELECT COUNT(*) FROM svv_roles WHERE role_name = 'taken_user'`)).toEqual([['0']]);
  });

  test.each([
    'CREATE USER PUBLIC PASSWORD DISABLE',
    'CREATE ROLE "sys:operator"',
    'CREATE ROLE "ds:share"',
    'CREATE ROLE public',
  ])('%s is refused: the name is reserved', async (sql) => {
    expect(await refusal(await givenSession(service), sql)).toMatch(/^ERROR: (user|role) name ".+" is reserved/);
  });

  test('names that are longer than PostgreSQL has room for stay two', async () => {
    const admin = await givenSession(service);
    const [first, second] = ['1', '2'].map((end) => `IAMR:${'WarehouseLoaderServiceRole'.repeat(2)}-ABCDEFGHIJK${end}`);
    await admin.run('CREATE TABLE shared (n INTEGER)');
    await admin.run(`CREATE USER "${String(first)}" PASSWORD DISABLE`);
    await service.ensureUser(String(second));
    await service.ensureUser(String(second));

    await admin.run(`GRANT SELECT ON TABLE shared TO "${String(first)}"`);

    expect(await rowsOf(await givenSession(service, first), 'SELECT n FROM shared')).toEqual([]);
    expect(await refusal(await givenSession(service, second), 'SELECT n FROM shared')).toBe(
      'ERROR: permission denied for relation shared',
    );
    expect(await rowsOf(admin, `SELECT usename FROM pg_user WHERE usename LIKE 'IAMR:Warehouse%' ORDER BY usename`)).toEqual([
      [first],
      [second],
    ]);
    expect(await refusal(admin, `CREATE USER "${String(first)}" PASSWORD DISABLE`)).toMatch(/already exists/);
  });

  test('passwords in clear and as MD5 let in, wrong ones, old ones and none do not', async () => {
    const admin = await givenSession(service);
    const login = (user: string, password: string) =>
      service.checkPassword(DATABASE, user, password).then(
        () => 'in',
        (error: unknown) => (error as Error).message,
      );
    await admin.run(`CREATE USER clear PASSWORD 'Clear-Word-1'`);
    await admin.run('CREATE USER hashed PASSWORD DISABLE');
    await admin.run(`ALTER USER hashed PASSWORD 'md5${createHash('md5').update('Hashed-Word-1hashed').digest('hex')}'`);
    await service.ensureUser('nameless');

    expect(await login('clear', 'Clear-Word-1')).toBe('in');
    expect(await login('clear', 'Wrong-Word-1')).toBe('ERROR: password authentication failed for user "clear"');
    expect(await login('hashed', 'Hashed-Word-1')).toBe('in');
    expect(await login('hashed', 'Wrong-Word-1')).toMatch(/authentication failed/);
    expect(await login('nameless', 'Any-Word-1')).toMatch(/authentication failed/);
    expect(await login(service.adminUser, PASSWORD)).toBe('in');
    await admin.run(`ALTER USER clear PASSWORD 'Other-Word-1'`);
    expect(await login('clear', 'Clear-Word-1')).toMatch(/authentication failed/);
    expect(await refusal(admin, `CREATE USER weak PASSWORD 'weakword'`)).toMatch(/upper case letter/);
    expect(await refusal(admin, 'CREATE USER weak')).toMatch(/needs PASSWORD/);
  });

  test('a user begins with its own settings, and the next user of the connection with its own', async () => {
    const admin = await givenSession(service);
    await admin.run('CREATE USER reader PASSWORD DISABLE');
    await admin.run('ALTER USER reader SET search_path TO reports');
    await admin.run('ALTER USER reader SET statement_timeout TO 120000');

    const session = await service.openSession({ database: DATABASE, user: { user: 'reader' } });
    const settings = await rowsOf(session, 'SHOW statement_timeout');
    const path = await rowsOf(session, `SELECT GETDATE() IS NOT NULL, CURRENT_SCHEMAS(false)`);
    await session.close();

    expect([settings, path]).toEqual([[['2min']], [['t', '{rs_compat}']]]);
    expect(await rowsOf(await givenSession(service), 'SHOW statement_timeout')).toEqual([['0']]);
  });

  test('groups are not users, and default privileges reach roles', async () => {
    const admin = await givenSession(service);
    for (const sql of [
      'CREATE SCHEMA reports',
      'CREATE ROLE analyst',
      `CREATE USER ann PASSWORD DISABLE`,
      'CREATE GROUP ann WITH USER ann',
      'GRANT USAGE ON SCHEMA reports TO ROLE analyst, GROUP ann',
      'GRANT ROLE analyst TO ann',
      'ALTER DEFAULT PRIVILEGES IN SCHEMA reports GRANT SELECT ON TABLES TO ROLE analyst',
      'CREATE TABLE reports.later (n INTEGER)',
    ])
      await admin.run(sql);

    expect(await rowsOf(await givenSession(service, 'ann'), 'SELECT n FROM reports.later')).toEqual([]);
    await admin.run('REVOKE USAGE ON SCHEMA reports FROM GROUP ann');
    await admin.run('DROP GROUP ann');
    expect(await refusal(admin, 'DROP ROLE analyst')).toMatch(/cannot be dropped/);
  });

  test('who does not exist has no session', async () => {
    await expect(service.openSession({ database: DATABASE, user: { user: `nobody"; DROP TABLE x; --` } })).rejects.toThrow(
      `role "nobody"; DROP TABLE x; --" does not exist`,
    );
  });
});

describe('a session', () => {
  test('keeps its temporary tables and transactions to itself, and leaves nothing behind', async () => {
    const first = await service.openSession({ database: DATABASE, user: 'administrator' });
    await first.run('CREATE TABLE shelf (n INTEGER)');
    await first.run('BEGIN');
    await first.run('INSERT INTO shelf VALUES (1)');
    await first.run('CREATE TEMP TABLE mine (n INTEGER)');
    await first.run('SET statement_timeout TO 5000');
    await first.close();

    const second = await givenSession(service);

    expect(second.processId).toBe(first.processId);
    expect(await rowsOf(second, 'SELECT n FROM shelf')).toEqual([]);
    expect(await refusal(second, 'SELECT n FROM mine')).toBe('ERROR: relation "mine" does not exist');
    await second.run('CREATE TEMP TABLE mine (n INTEGER)');
  });

  test('describes columns as the Data API does, and gives values as texts', async () => {
    const session = await givenSession(service);
    await session.run(`CREATE TABLE described (
      id BIGINT NOT NULL, s SMALLINT, n INTEGER, d DECIMAL(18,3), name VARCHAR(30), code CHAR(3), yes BOOLEAN, day DATE, at TIMESTAMP,
      zoned TIMESTAMPTZ, half DOUBLE PRECISION
    )`);
    await session.run(`INSERT INTO described VALUES (9007199254740993, 1, 2, 2.5, 'é', 'ab', TRUE, '2011-12-09', '2011-12-09 12:50:00.5',
      '2011-12-09 12:50:00+01', 0.1)`);

    const { columns, rows, command, rowCount } = await session.run('SELECT *, n + 1 AS sum, NULL AS nothing FROM described');

    expect({ command, rowCount }).toEqual({ command: 'SELECT', rowCount: 1 });
    expect(rows).toEqual([
      [
        ...[
          '9007199254740993',
          '1',
          '2',
          '2.500',
          'é',
          'ab ',
          't',
          '2011-12-09',
          '2011-12-09 12:50:00.5',
          '2011-12-09 11:50:00+00',
        ],
        ...['0.1', '3', null],
      ],
    ]);
    expect(
      columns?.map((column) => [column.typeName, column.precision, column.scale, column.nullable, column.tableName]),
    ).toEqual([
      ['int8', 19, 0, 0, 'described'],
      ['int2', 5, 0, 1, 'described'],
      ['int4', 10, 0, 1, 'described'],
      ['numeric', 18, 3, 1, 'described'],
      ['varchar', 30, 0, 1, 'described'],
      ['bpchar', 3, 0, 1, 'described'],
      ['bool', 1, 0, 1, 'described'],
      ['date', 13, 0, 1, 'described'],
      ['timestamp', 29, 6, 1, 'described'],
      ['timestamptz', 35, 6, 1, 'described'],
      ['float8', 17, 17, 1, 'described'],
      ['int4', 10, 0, 1, ''],
      ['varchar', 65535, 0, 1, ''],
    ]);
    expect(await session.run('UPDATE described SET n = 3')).toEqual({ command: 'UPDATE', rowCount: 1, columns: null, rows: [] });
  });

  test('stops when it is cancelled, and goes on with the next statement', async () => {
    const session = await givenSession(service);
    const [admin, running] = [await givenSession(service), session.run('SELECT pg_sleep(60)')];
    const outcome = running.catch((error: unknown) => error);
    while ((await rowsOf(admin, `SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'`)).length === 0) await pause(5);

    await session.cancel();

    expect(await outcome).toMatchObject({
      code: '57014',
      message: `ERROR: Query (${String(session.processId)}) cancelled on user's request`,
    });
    await session.cancel();
    expect(await rowsOf(session, 'SELECT 1')).toEqual([['1']]);
  });

  test('sees its transaction’s snapshot; a lock taken first shows what the holder wrote', async () => {
    const [writer, late, early] = [await givenSession(service), await givenSession(service), await givenSession(service)];
    await writer.run('CREATE TABLE mutex (n INTEGER)');
    await writer.run('CREATE TABLE stock (n INTEGER)');
    await early.run('BEGIN');
    await early.run('SELECT n FROM stock');
    await writer.run('BEGIN');
    await writer.run('LOCK mutex');

    await late.run('BEGIN');
    const waiting = late.run('LOCK mutex');
    await writer.run('INSERT INTO stock VALUES (7)');
    await untilSomebodyWaits(writer);
    await writer.run('COMMIT');
    await waiting;

    expect(await rowsOf(late, 'SELECT n FROM stock')).toEqual([['7']]);
    expect(await rowsOf(early, 'SELECT n FROM stock')).toEqual([]);
  });

  test('two transactions that change the same row: the second fails with 1023', async () => {
    const [first, second] = [await givenSession(service), await givenSession(service)];
    await first.run('CREATE TABLE contested (n INTEGER)');
    await first.run('INSERT INTO contested VALUES (1)');
    for (const session of [first, second]) {
      await session.run('BEGIN');
      await session.run('SELECT n FROM contested');
    }
    await first.run('UPDATE contested SET n = 2');
    await first.run('COMMIT');

    const refused = await refusal(second, 'UPDATE contested SET n = 3');

    expect(refused).toMatch(/^ERROR: 1023\n {2}Detail: Serializable isolation violation on table/);
    expect(await refusal(second, 'SELECT 1')).toMatch(/current transaction is aborted/);
  });

  test('other programs read the same database with their password, in PostgreSQL’s protocol', async () => {
    const admin = await givenSession(service);
    await admin.run(`CREATE USER bi PASSWORD 'Bi-Password-1'`);
    await admin.run('CREATE VIEW till AS SELECT CAST(1 AS INTEGER) AS n');
    await admin.run('GRANT SELECT ON till TO bi');
    const client = new pg.Client(`postgres://bi:Bi-Password-1@127.0.0.1:${String(service.port)}/${DATABASE}`);

    await client.connect();
    const { rows } = await client.query('SELECT n, LEN($1) AS length, current_setting($2) AS isolation FROM till', [
      'abc',
      'transaction_isolation',
    ]);
    await client.end();

    expect(rows).toEqual([{ n: 1, length: 3, isolation: 'repeatable read' }]);
  });

  test('sixty sessions and more at a time wait for each other', async () => {
    const answers = await Promise.all(
      Array.from({ length: 70 }, async (_, index) => {
        const session = await service.openSession({ database: DATABASE, user: 'administrator' });
        const rows = await rowsOf(session, 'SELECT CAST(:n AS INTEGER)', { n: String(index) });
        await session.close();
        return rows[0]?.[0];
      }),
    );

    expect(answers).toEqual(Array.from({ length: 70 }, (_, index) => String(index)));
  });
});
