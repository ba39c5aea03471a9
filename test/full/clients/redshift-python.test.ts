import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { startRedshift, startS3, type RedshiftService, type S3Service } from '@tillgraph/local-aws';
import { closeAfterTests, newDirectory } from '@tillgraph/local-aws/testing/directories';
import { DATABASE, PASSWORD } from '@tillgraph/local-aws/testing/given-redshift';
import { LOCAL } from '@tillgraph/local-aws/testing/remote';
import { pythonWith } from '../../support/python-packages.ts';

// Apache 2.0, MIT and LGPL; SQLAlchemy of the line that this dialect asks for.
const WRANGLER = await pythonWith('redshift-wrangler', ['awswrangler[redshift]==3.17.1', 'redshift_connector==2.1.17']);
const SQLALCHEMY = await pythonWith('redshift-sqlalchemy', [
  ...['sqlalchemy-redshift==0.8.14', 'sqlalchemy==1.4.54', 'psycopg2-binary==2.9.13'],
]);
for (const [name, python] of Object.entries({ awswrangler: WRANGLER, 'sqlalchemy-redshift': SQLALCHEMY }))
  if (typeof python === 'string') console.warn(`NOT TESTED: ${name} at Redshift: ${python}`);

let redshift: RedshiftService;
let s3: S3Service;
beforeAll(async () => {
  s3 = await startS3({ ...LOCAL, port: 0, log: () => undefined, directory: newDirectory('s3') });
  closeAfterTests(() => s3.close());
  await s3.createBucket('bucket');
  redshift = await startRedshift({
    ...{ directory: newDirectory('redshift'), port: 0, adminPassword: PASSWORD, objects: s3.objects, log: () => undefined },
  });
  closeAfterTests(() => redshift.close());
  await redshift.ensureDatabase(DATABASE);
});

/** What a program says, by the names of its facts. */
async function factsOf(python: Awaited<ReturnType<typeof pythonWith>>, script: string, parameters: readonly string[]) {
  const { program, environment } = python as Exclude<typeof python, string>;
  const { stdout } = await promisify(execFile)(program, [join(import.meta.dirname, script), ...parameters], {
    env: { ...process.env, ...environment },
  });
  const facts = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly name: string; readonly answer?: unknown; readonly error?: string });
  return Object.fromEntries(facts.map(({ name, answer, error }) => [name, error ?? answer]));
}

test.skipIf(typeof WRANGLER === 'string')(
  'awswrangler writes, upserts by the key of the table, copies and unloads CSV, and is refused Parquet by name',
  async () => {
    expect(await factsOf(WRANGLER, 'redshift_wrangler.py', [String(redshift.port), s3.url, DATABASE, PASSWORD])).toEqual({
      written: [[4, '4.50', '2011-12-09 12:50:00']],
      types: { id: 'Int64', name: 'string', amount: 'object', at: 'datetime64[us]', ok: 'boolean' },
      chunks: [4, 2],
      upserted: [
        [1, 'a'],
        [2, 'x'],
        [3, null],
        [4, 'y'],
      ],
      copied: [
        [1, 'a'],
        [2, 'b'],
      ],
      unloaded: ['2,x', '4,y'],
      'Parquet out': expect.stringContaining('UNLOAD … PARQUET is not supported') as unknown,
      'Parquet in': expect.stringContaining('COPY of Parquet') as unknown,
    });
  },
  120_000,
);

test.skipIf(typeof SQLALCHEMY === 'string')(
  'SQLAlchemy finds tables, views, keys, distribution, sorting and encodings, and makes the table again',
  async () => {
    expect(await factsOf(SQLALCHEMY, 'redshift_sqlalchemy.py', [String(redshift.port), DATABASE, PASSWORD])).toEqual({
      version: [8, 0, 2],
      schemas: ['information_schema', 'public'],
      tables: expect.arrayContaining(['sale', 'shop']) as unknown,
      views: ['big_sale'],
      view: ['SELECT', 'id,', 'amount', 'FROM', 'sale', 'WHERE', 'amount', '>', '100::numeric'],
      columns: [
        ['id', 'BIGINT', false, 'az64'],
        ['country', 'VARCHAR(40)', false, 'lzo'],
        ['amount', 'NUMERIC(10, 2)', true, 'az64'],
        ['day', 'DATE', true, null],
      ],
      key: { constrained_columns: ['id'], name: 'sale_pkey' },
      'other keys': [
        {
          name: 'sale_country_fkey',
          constrained_columns: ['country'],
          referred_schema: null,
          referred_table: 'shop',
          referred_columns: ['country'],
        },
      ],
      unique: [{ name: 'sale_country_key', column_names: ['country', 'day'] }],
      options: {
        redshift_diststyle: 'KEY',
        redshift_distkey: 'country',
        redshift_sortkey: ['day'],
        redshift_interleaved_sortkey: null,
      },
      'made again': expect.arrayContaining([
        'sale_pkey',
        'FOREIGN',
        'UNIQUE',
        'DISTSTYLE',
        '(country)',
        'SORTKEY',
        '(day)',
      ]) as unknown,
      rows: [[1, '2.50']],
    });
  },
  60_000,
);
