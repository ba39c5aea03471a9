import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import type { RedshiftService, RedshiftSession } from './service.ts';
import type { MemoryObjects } from '../../testing/given-redshift.ts';
import { givenSession, givenWarehouse, rowsOf } from '../../testing/given-redshift.ts';

let service: RedshiftService;
let objects: MemoryObjects;
beforeAll(async () => {
  ({ service, objects } = await givenWarehouse());
});

const FAILED = /^ERROR: Load into table 'landing' failed\. {2}Check 'sys_load_error_detail' system table for details\.$/;
let tests = 0;

/** A landing table and a prefix of its own for a test. */
async function givenLanding(columns = 'lineid VARCHAR(8), quantity VARCHAR(16), description VARCHAR(16)') {
  const session = await givenSession(service);
  const schema = `intake${String((tests += 1))}`;
  await session.run(`CREATE SCHEMA ${schema}`);
  await session.run(
    `CREATE TABLE ${schema}.landing (${columns}, id BIGINT IDENTITY(1,1), copied_at TIMESTAMP DEFAULT GETDATE())`,
  );
  const list = columns.replaceAll(/ [A-Z]+(\([\d,]+\))?( NOT NULL)?/g, '');
  const table = `${schema}.landing`;
  return {
    session,
    table,
    prefix: `${schema}/`,
    /** Put one object and copy the prefix. */
    copy: (body: string | Buffer, options = `JSON 'auto ignorecase'`) => {
      objects.put(`${schema}/object`, body);
      return session.run(`COPY ${table} (${list}) FROM 's3://bucket/${schema}/' IAM_ROLE default ${options}`);
    },
    rows: () => rowsOf(session, `SELECT ${list} FROM ${table} ORDER BY id`),
    errors: () =>
      rowsOf(
        session,
        `SELECT file_name, line_number, column_name, column_type, column_length, error_code, error_message FROM sys_load_error_detail
         WHERE file_name LIKE 's3://bucket/${schema}/%' ORDER BY query_id, line_number`,
      ),
  };
}

const json = (...values: unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');

/** Cut into pieces of some bytes. */
const piecesOf = (body: Buffer, size: number) =>
  Array.from({ length: Math.ceil(body.length / size) }, (_, index) => body.subarray(index * size, (index + 1) * size));

/** What it is refused with. */
const failure = (running: Promise<unknown>) =>
  running.then(
    () => 'nothing',
    (error: unknown) => (error as Error).message,
  );

describe('JSON', () => {
  test('keys find their columns in any order and case; numbers and objects become text', async () => {
    const landing = await givenLanding();

    const outcome = await landing.copy(
      [
        `{"lineId":"a","quantity":6,"description":"plain","more":{"x":[1,"}"]}}`,
        `\t{ "DESCRIPTION" : "tab\\tquote\\" \\u00e9" , "lineid":"b" , "quantity": -12.50e1 }\r`,
        `{"quantity":true,"lineid":null}`,
        `{"lineid":"d","quantity":9007199254740993,"description":{"a":[1]}} {"lineid":"e"}{}`,
        ``,
        `{"lineid":"\\\\N","quantity":"","description":"a\\\\b\\nc"}`,
      ].join('\n'),
    );

    expect(outcome).toEqual({ command: 'COPY', rowCount: 7, columns: null, rows: [] });
    expect(await landing.rows()).toEqual([
      ['a', '6', 'plain'],
      ['b', '-12.50e1', 'tab\tquote" é'],
      [null, 'true', null],
      ['d', '9007199254740993', '{"a":[1]}'],
      ['e', null, null],
      [null, null, null],
      ['\\N', '', 'a\\b\nc'],
    ]);
  });

  test("'auto' wants the very name, and the column list decides what is filled", async () => {
    const landing = await givenLanding();

    await landing.copy(json({ lineId: 'a', quantity: 1 }), `FORMAT AS JSON 'auto'`);

    expect(await landing.rows()).toEqual([[null, '1', null]]);
    await expect(
      landing.session.run(
        `COPY ${landing.table} (lineid, nothing) FROM 's3://bucket/${landing.prefix}' IAM_ROLE default JSON 'auto'`,
      ),
    ).rejects.toThrow('column "nothing" of relation "landing" does not exist');
    await expect(
      landing.session.run(`COPY ${landing.table} (id) FROM 's3://bucket/${landing.prefix}' IAM_ROLE default JSON 'auto'`),
    ).rejects.toThrow('leave "id" out of the columns');
  });

  test.each([
    ['nothing of the kind', `Object must start with '{'.`],
    ['[1]', `Object must start with '{'.`],
    ['{"lineid":"a"', `There must be ',' or '}' behind a value.`],
    ['{"lineid":"a', 'A text has no end, or a control character in it.'],
    ['{"lineid":"a\\', 'A text has no end.'],
    ['{"lineid":"\t"}', 'A text has no end, or a control character in it.'],
    ['{"lineid":"\\q"}', 'Could not read the escapes of a text.'],
    ['{"lineid":01}', '"01" is no number.'],
    ['{"lineid":-01}', '"-01" is no number.'],
    ['{"lineid":1.}', '"1." is no number.'],
    ['{"lineid":-}', '"-" is no number.'],
    ['{"lineid":nil}', 'A value must be a text, a number, true, false, null, an object or a list.'],
    ['{"lineid":[1', 'An inner object or list has no end.'],
    ['{"lineid":[1,]}', 'An inner object or list is not well formed.'],
    ['{"lineid" "a"}', `There must be ':' behind a key.`],
    ['{lineid:"a"}', `A key must start with '"'.`],
    ['{"lineid', 'A key has no end.'],
    ['{"lineid":"a",}', `A key must start with '"'.`],
    ['{"lineid":"a"} rest', `Object must start with '{'.`],
  ])('%s is a line that is refused, and the lines around it are loaded', async (line, message) => {
    const landing = await givenLanding();

    await landing.copy(`{"lineid":"1"}\n${line}\n{"lineid":"2"}\n`, `JSON 'auto ignorecase' MAXERROR 2`);

    const loaded = (await landing.rows()).map(([lineId]) => lineId);
    expect(loaded.filter((lineId) => lineId !== 'a')).toEqual(['1', '2']);
    expect(await landing.errors()).toEqual([
      [
        `s3://bucket/${landing.prefix}object`,
        '2',
        expect.any(String),
        expect.any(String),
        expect.any(String),
        '1216',
        `Invalid JSON formatting. ${message}`,
      ],
    ]);
  });
});

describe('values', () => {
  test('count in bytes: what is too long is an error, or cut off between two characters', async () => {
    const landing = await givenLanding();
    const line = json({ lineid: 'ééééé' }, { lineid: 'abcdefgé' }, { lineid: 'éééé' });

    expect(await failure(landing.copy(line))).toMatch(FAILED);
    await landing.copy(line, `JSON 'auto ignorecase' TRUNCATECOLUMNS`);

    expect(await landing.rows()).toEqual([
      ['éééé', null, null],
      ['abcdefg', null, null],
      ['éééé', null, null],
    ]);
    expect(await landing.errors()).toEqual([
      [`s3://bucket/${landing.prefix}object`, '1', 'lineid', 'varchar', '8', '1204', 'String length exceeds DDL length'],
      [`s3://bucket/${landing.prefix}object`, '2', 'lineid', 'varchar', '8', '1204', 'String length exceeds DDL length'],
    ]);
  });

  test('bytes that are no UTF-8 are an error, or replaced one for one', async () => {
    const landing = await givenLanding();
    const line = Buffer.concat([
      Buffer.from('{"lineid":"a'),
      Buffer.from([0xe9, 0xff]),
      Buffer.from('é","quantity":1}\n{"lineid":"b"}\n'),
    ]);

    await landing.copy(line, `JSON 'auto ignorecase' MAXERROR 2`);
    await landing.copy(line, `JSON 'auto ignorecase' ACCEPTINVCHARS`);
    await landing.copy(line, `JSON 'auto ignorecase' ACCEPTINVCHARS AS '^'`);
    await landing.copy(json({ lineid: 'nul\0' }), `JSON 'auto ignorecase' MAXERROR 2`);

    expect((await landing.rows()).map(([lineId]) => lineId)).toEqual(['b', 'a??é', 'b', 'a^^é', 'b']);
    expect((await landing.errors()).map((row) => row.slice(2))).toEqual([
      [
        'lineid',
        'varchar',
        '8',
        '1220',
        'String contains invalid or unsupported UTF8 codepoints. Bad UTF8 hex sequence: e9 ff c3 a9',
      ],
      ['lineid', 'varchar', '8', '1220', 'String contains invalid or unsupported UTF8 codepoints. Bad UTF8 hex sequence: 00'],
    ]);
  });

  test('empty and blank texts stay, or become NULL', async () => {
    const landing = await givenLanding();
    const line = json({ lineid: '', quantity: ' \t', description: ' x ' });

    await landing.copy(line);
    await landing.copy(line, `JSON 'auto ignorecase' EMPTYASNULL`);
    await landing.copy(line, `JSON 'auto ignorecase' BLANKSASNULL`);

    expect(await landing.rows()).toEqual([
      ['', ' \t', ' x '],
      [null, ' \t', ' x '],
      [null, null, ' x '],
    ]);
  });

  test('typed columns: what the engine cannot read is an error of its line in its file', async () => {
    const landing = await givenLanding(
      'lineid VARCHAR(8) NOT NULL, quantity INTEGER, price DECIMAL(6,2), sold TIMESTAMP, gift BOOLEAN',
    );
    objects.put(
      `${landing.prefix}a`,
      json({ lineid: 'a', quantity: 1, price: '2.55', sold: '2011-12-09T12:50:00Z', gift: true }),
    );
    const lines = [
      { lineid: 'b', quantity: 'six' },
      { quantity: 3 },
      { lineid: 'c', price: 99999 },
      { lineid: 'd', quantity: '', gift: 'maybe' },
      { lineid: 'e', sold: '2011-02-30' },
      { lineid: 'f', quantity: '' },
    ];

    await landing.copy(json(...lines), `JSON 'auto' TIMEFORMAT 'auto' MAXERROR 10`);

    expect(await landing.rows()).toEqual([
      ['a', '1', '2.55', '2011-12-09 12:50:00', 't'],
      ['f', null, null, null, null],
    ]);
    expect((await landing.errors()).map(([file, ...row]) => [file?.slice(-6), ...row.slice(0, 2), row[4]])).toEqual([
      ['object', '1', 'quantity', '1207'],
      ['object', '2', 'lineid', '1213'],
      ['object', '3', 'price', '1209'],
      ['object', '4', 'gift', '1210'],
      ['object', '5', 'sold', '1206'],
    ]);
    expect(await failure(landing.copy(json(...lines), `JSON 'auto' TIMEFORMAT 'auto' MAXERROR 5`))).toMatch(FAILED);
    expect(await landing.rows()).toHaveLength(2);
  });

  test('times are read as TIMEFORMAT says', async () => {
    const landing = await givenLanding('sold TIMESTAMP');

    await landing.copy(json({ sold: '1323435000' }), `JSON 'auto' TIMEFORMAT 'epochsecs'`);
    await landing.copy(json({ sold: 1323435000123 }), `JSON 'auto' TIMEFORMAT 'epochmillisecs'`);
    await landing.copy(json({ sold: '2011-12-09 12:50:00' }), `JSON 'auto'`);

    expect(await landing.rows()).toEqual([['2011-12-09 12:50:00'], ['2011-12-09 12:50:00.123'], ['2011-12-09 12:50:00']]);
    expect(await failure(landing.copy(json({ sold: '2011-12-09T12:50:00Z' }), `JSON 'auto'`))).toMatch(FAILED);
  });
});

describe('CSV', () => {
  test('quoted values hold delimiters, newlines and quotes; each object’s header is skipped', async () => {
    const landing = await givenLanding();
    objects.put(`${landing.prefix}first`, 'LineId,Quantity,Description\r\na,6,"x, ""y""\nz"\r\n');

    await landing.copy('LineId,Quantity,Description\nb,,\\N\nc\\d,"",tab\t', 'CSV IGNOREHEADER 1');

    expect(await landing.rows()).toEqual([
      ['a', '6', 'x, "y"\nz'],
      ['b', '', null],
      ['c\\d', '', 'tab\t'],
    ]);
  });

  test('other delimiters, quotes and words for NULL; short rows and blank lines only when allowed', async () => {
    const landing = await givenLanding();
    const text = `%a;b%;none;3\n\nc\n`;

    await landing.copy(text, `CSV QUOTE AS '%' DELIMITER ';' NULL AS 'none' FILLRECORD IGNOREBLANKLINES`);
    await landing.copy(`${text}1;2;3;4\n%x%y;2;3\n`, `CSV QUOTE '%' DELIMITER ';' MAXERROR 9`);

    expect(await landing.rows()).toEqual([
      ['a;b', null, '3'],
      ['c', null, null],
      ['a;b', 'none', '3'],
    ]);
    expect((await landing.errors()).map(([, line, , , , code, message]) => [line, code, message])).toEqual([
      ['2', '1214', 'Delimiter not found'],
      ['3', '1214', 'Delimiter not found'],
      ['4', '1202', 'Extra column(s) found'],
      ['5', '1216', 'Invalid quote formatting for CSV'],
    ]);
  });
});

describe('a load', () => {
  test('loads all objects of the prefix or none, wherever a block cuts lines and characters', async () => {
    const landing = await givenLanding('lineid VARCHAR(8), description VARCHAR(100)');
    const lines = Array.from({ length: 20_000 }, (_, index) => ({ lineid: String(index), description: 'é'.repeat(index % 40) }));
    const packed = gzipSync(json(...lines.slice(0, 10_000)));
    objects.put(`${landing.prefix}1.gz`, () => Readable.from(piecesOf(packed, 7)));
    objects.put(`${landing.prefix}2.gz`, gzipSync(json(...lines.slice(10_000))));

    const { rowCount } = await landing.copy(gzipSync(''), `JSON 'auto' GZIP COMPUPDATE OFF STATUPDATE ON REGION AS 'us-east-1'`);

    expect(rowCount).toBe(20_000);
    expect(await landing.rows()).toEqual(lines.map(({ lineid, description }) => [lineid, description]));
    objects.put(`${landing.prefix}2.gz`, Buffer.from('not packed'));
    expect(await failure(landing.copy(gzipSync(''), `JSON 'auto' GZIP`))).toMatch(/incorrect header check/);
    expect(await landing.rows()).toHaveLength(20_000);
  });

  test('follows a manifest, and leaves out what is missing unless it is mandatory', async () => {
    const landing = await givenLanding();
    const url = (name: string) => `s3://bucket/${landing.prefix}${name}`;
    const copy = (entries: unknown) => {
      objects.put(`${landing.prefix}manifest`, JSON.stringify({ entries }));
      return landing.session.run(
        `COPY ${landing.table} (lineid) FROM '${url('manifest')}' IAM_ROLE 'arn:aws:iam::0:role/r' MANIFEST JSON 'auto'`,
      );
    };
    objects.put(`${landing.prefix}b`, json({ lineid: 'b' }));
    objects.put(`${landing.prefix}bb`, json({ lineid: 'bb' }));
    objects.put(`${landing.prefix}a`, json({ lineid: 'a' }));

    await copy([{ url: url('b'), mandatory: true }, { url: url('gone') }, { url: url('a') }]);

    expect((await landing.rows()).map(([lineId]) => lineId)).toEqual(['b', 'a']);
    expect(await failure(copy([{ url: url('gone'), mandatory: true }]))).toMatch(/The specified key does not exist.*gone/);
    expect(await failure(copy('none'))).toMatch(/Problem reading manifest file/);
    await expect(landing.session.run(`COPY ${landing.table} FROM '${url('nowhere/')}' IAM_ROLE default CSV`)).rejects.toThrow(
      `The specified S3 prefix '${landing.prefix}nowhere/' does not exist`,
    );
  });

  test('fails with as many errors as MAXERROR says, loads nothing then, and who may see all loads reads why', async () => {
    const landing = await givenLanding();
    await service.ensureUser('watcher');
    await (await givenSession(service)).run('ALTER USER watcher SYSLOG ACCESS UNRESTRICTED');
    const body = `${json({ lineid: 'a' })}bad\nbad\n`;

    const strict = await failure(landing.copy(body));
    const two = await failure(landing.copy(body, `JSON 'auto ignorecase' MAXERROR AS 2`));
    await landing.copy(body, `JSON 'auto ignorecase' MAXERROR 3`);

    expect([strict, two]).toEqual([expect.stringMatching(FAILED), expect.stringMatching(FAILED)]);
    expect((await landing.rows()).map(([lineId]) => lineId)).toEqual(['a']);
    const watcher = await givenSession(service, 'watcher');
    expect(
      await rowsOf(
        watcher,
        `SELECT status, table_name, loaded_rows, error_count, source_file_count, end_time >= start_time FROM sys_load_history
         WHERE data_source = 's3://bucket/${landing.prefix}' ORDER BY query_id`,
      ),
    ).toEqual([
      ['aborted', 'landing', '0', '2', '0', 't'],
      ['aborted', 'landing', '0', '2', '0', 't'],
      ['completed', 'landing', '1', '2', '1', 't'],
    ]);
    expect(
      await rowsOf(
        watcher,
        `SELECT bytes_scanned, lines_scanned FROM sys_load_detail WHERE file_name = 's3://bucket/${landing.prefix}object'`,
      ),
    ).toEqual([[String(body.length), '3']]);
    expect(
      (await rowsOf(watcher, `SELECT 1 FROM sys_load_error_detail WHERE file_name = 's3://bucket/${landing.prefix}object'`))
        .length,
    ).toBe(6);
  });

  test('belongs to its transaction: a failure aborts it, a rollback undoes it, both on record', async () => {
    const landing = await givenLanding('lineid VARCHAR(8), quantity INTEGER');
    const { session } = landing;

    await session.run('BEGIN');
    await landing.copy(json({ lineid: 'a' }));
    await session.run('ROLLBACK');
    await session.run('BEGIN');
    expect(await failure(landing.copy(json({ quantity: 'late' })))).toMatch(FAILED);
    expect(await failure(session.run('SELECT 1'))).toMatch(/current transaction is aborted/);
    await session.run('ROLLBACK');

    expect(await landing.rows()).toEqual([]);
    expect((await landing.errors()).map((row) => row[2])).toEqual(['quantity']);
  });

  test('with NOLOAD reads everything and loads nothing', async () => {
    const landing = await givenLanding();

    const { rowCount } = await landing.copy(json({ lineid: 'a' }), `JSON 'auto' NOLOAD`);

    expect([rowCount, await landing.rows()]).toEqual([0, []]);
    expect(await failure(landing.copy('bad', `JSON 'auto' NOLOAD`))).toMatch(FAILED);
  });

  test('stops when it is cancelled, even while S3 says nothing, and nothing of it stays', async () => {
    const landing = await givenLanding();
    let asked = (): void => undefined;
    const begun = new Promise<void>((resolve) => (asked = resolve));
    objects.put(`${landing.prefix}silent`, () => {
      asked();
      return new Readable({ read: () => undefined });
    });
    const running = failure(landing.copy(json({ lineid: 'a' })));
    await begun;

    await landing.session.cancel();

    expect(await running).toBe(`ERROR: Query (${String(landing.session.processId)}) cancelled on user's request`);
    expect(await landing.rows()).toEqual([]);
  });

  test('needs the right to insert, and a table; the session goes on', async () => {
    const landing = await givenLanding();
    objects.put(`${landing.prefix}object`, json({ lineid: 'a' }));
    await service.ensureUser('stranger');
    await landing.session.run(`GRANT USAGE ON SCHEMA ${landing.prefix.slice(0, -1)} TO stranger`);
    const stranger: RedshiftSession = await givenSession(service, 'stranger');
    const copy = (table: string) =>
      failure(stranger.run(`COPY ${table} FROM 's3://bucket/${landing.prefix}' IAM_ROLE default JSON 'auto'`));

    expect(await copy(landing.table)).toBe('ERROR: permission denied for relation landing');
    expect(await copy('nowhere')).toBe('ERROR: relation "nowhere" does not exist');
    expect(await rowsOf(stranger, 'SELECT 1')).toEqual([['1']]);
  });

  test('that the engine breaks off says why', async () => {
    const landing = await givenLanding();
    await landing.session.run(`ALTER TABLE ${landing.table} ADD COLUMN must INTEGER`);
    await landing.session.run(`INSERT INTO ${landing.table} (must) VALUES (1)`);
    const strict = await givenLanding('lineid VARCHAR(8)');
    await strict.session.run(`CREATE TABLE ${strict.prefix.slice(0, -1)}.strict (lineid VARCHAR(8), must INTEGER NOT NULL)`);
    objects.put(`${strict.prefix}object`, json(...Array.from({ length: 50_000 }, () => ({ lineid: 'a' }))));

    const refused = await failure(
      strict.session.run(
        `COPY ${strict.prefix.slice(0, -1)}.strict (lineid) FROM 's3://bucket/${strict.prefix}' IAM_ROLE default JSON 'auto'`,
      ),
    );

    expect(refused).toMatch(/null value in column "must"/);
    expect(await rowsOf(strict.session, 'SELECT 1')).toEqual([['1']]);
  });

  test.each([
    [`JSON 'noshred'`, `JSON 'noshred'`],
    ['FORMAT AS PARQUET', 'Parquet'],
    ['', 'COPY without a format'],
    ['CSV ESCAPE', 'ESCAPE'],
    ['CSV ZSTD', 'ZSTD'],
    [`CSV TIMEFORMAT 'DD.MM'`, 'TIMEFORMAT'],
    ['CSV EXPLICIT_IDS', 'EXPLICIT_IDS'],
    ['CSV SPEEDILY', 'SPEEDILY'],
    [`CSV DELIMITER 'ab'`, 'DELIMITER must be one ASCII character'],
    ['CSV MAXERROR 100001', 'MAXERROR must be between 0 and 100000'],
  ])('with %s is refused by name', async (options, name) => {
    const session = await givenSession(service);

    expect(await failure(session.run(`COPY t FROM 's3://bucket/key' IAM_ROLE default ${options}`))).toContain(name);
  });

  test('without a role, or from elsewhere, is refused as on AWS', async () => {
    const session = await givenSession(service);

    expect(await failure(session.run(`COPY t FROM 's3://bucket/key' CSV`))).toContain('needs a role');
    expect(await failure(session.run(`COPY t FROM 'emr://cluster/path' IAM_ROLE default CSV`))).toContain(
      'the location "emr://cluster/path"',
    );
    expect(await failure(session.run('COPY t FROM STDIN'))).toContain('COPY FROM STDIN');
    expect(await failure(session.run(`COPY t TO '/tmp/file'`))).toContain('UNLOAD writes');
    expect(await failure(session.run(`COPY t FROM 's3://bucket/:key' IAM_ROLE default CSV`))).toContain('does not exist');
  });
});

describe('UNLOAD', () => {
  test('writes CSV as one object with a header, and a manifest', async () => {
    const session = await givenSession(service);

    const outcome = await session.run(
      `UNLOAD ('SELECT NVL(NULL, \\'é,\\') AS name, 2.50 AS price, NULL AS gone UNION ALL SELECT ''b'', 3, ''x'' ORDER BY price')
       TO 's3://bucket/unloaded/csv_' IAM_ROLE default CSV HEADER PARALLEL OFF MANIFEST NULL AS 'none'`,
    );

    expect(outcome).toEqual({ command: 'UNLOAD', rowCount: 2, columns: null, rows: [] });
    expect(objects.text('unloaded/csv_000')).toBe('name,price,gone\n"é,",2.50,none\nb,3,x\n');
    expect(JSON.parse(objects.text('unloaded/csv_manifest'))).toEqual({ entries: [{ url: 's3://bucket/unloaded/csv_000' }] });
  });

  test('writes JSON that COPY reads again, and refuses to write over something', async () => {
    const landing = await givenLanding();
    await landing.copy(json({ lineid: 'a"\\', quantity: 'x\ny' }, { lineid: 'b' }));
    const unload = (options: string) =>
      landing.session.run(
        `UNLOAD ('SELECT lineid, quantity FROM ${landing.table} ORDER BY id') TO 's3://bucket/${landing.prefix}out' IAM_ROLE default JSON ${options}`,
      );

    await unload('GZIP');
    const again = await givenLanding();
    await again.session.run(
      `COPY ${again.table} (lineid, quantity) FROM 's3://bucket/${landing.prefix}out' IAM_ROLE default JSON 'auto' GZIP`,
    );

    expect((await again.rows()).map((row) => row.slice(0, 2))).toEqual([
      ['a"\\', 'x\ny'],
      ['b', null],
    ]);
    expect(await failure(unload('GZIP'))).toMatch(/Specified unload destination on S3 is not empty/);
    await unload('GZIP ALLOWOVERWRITE');
    expect(await failure(unload('PARTITION BY (lineid)'))).toMatch(/UNLOAD … PARTITION is not supported/);
  });
});
