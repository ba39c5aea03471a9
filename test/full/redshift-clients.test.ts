import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import type { RedshiftService } from '@tillgraph/local-aws';
import { DATABASE, PASSWORD, givenWarehouse } from '@tillgraph/local-aws/testing/given-redshift';
import { newDirectory } from '@tillgraph/local-aws/testing/directories';
import { pythonWith } from '../support/python-packages.ts';

/** The last whole line of dbt 1: the next wants a program that no registry of Python has. Apache 2.0. */
const PACKAGES = ['dbt-core==1.10.23', 'dbt-redshift==1.10.2', 'redshift_connector==2.1.17'];

const run = promisify(execFile);
const python = await pythonWith('redshift-clients', PACKAGES);
if (typeof python === 'string') console.warn(`NOT TESTED: Redshift's own clients: ${python}`);
const isMissing = typeof python === 'string';

let service: RedshiftService;
beforeAll(async () => {
  ({ service } = await givenWarehouse());
});

const PROFILE = (port: number) => `shop:
  target: dev
  outputs:
    dev: {type: redshift, host: 127.0.0.1, port: ${String(port)}, user: admin, password: ${PASSWORD}, dbname: ${DATABASE}, schema: analytics, threads: 2, sslmode: disable}
`;

const FILES: Readonly<Record<string, string>> = {
  'dbt_project.yml': `name: shop\nversion: '1.0'\nprofile: shop\nflags: {send_anonymous_usage_stats: false}\n`,
  'seeds/sales.csv': 'id,country,day,amount\n1,Malta,2011-12-09,2.50\n2,France,2011-12-09,3.75\n3,France,2011-12-09,1.25\n',
  'models/by_country.sql': `{{ config(materialized='table', dist='country', sort='day') }}
    select country, day, sum(amount) as amount, avg(id) as middle from {{ ref('sales') }} group by 1, 2`,
  'models/lines.sql': `{{ config(materialized='incremental', unique_key='id', incremental_strategy='merge') }}
    select id, country, dateadd(day, 1, day) as next_day, {{ var('amount', 'amount') }} as amount from {{ ref('sales') }}
    {% if is_incremental() %} where id >= (select max(id) from {{ this }}) {% endif %}`,
  'models/summed.sql': `{{ config(materialized='materialized_view') }} select country, count(*) as n from {{ ref('sales') }} group by 1`,
  'models/late.sql': `{{ config(materialized='view', bind=False) }} select * from {{ ref('lines') }}`,
  'models/schema.yml': 'version: 2\nmodels:\n  - name: lines\n    columns: [{name: id, data_tests: [unique, not_null]}]\n',
};

test.skipIf(isMissing)(
  'dbt builds a seed, tables, views and an incremental merge, and builds them again',
  async () => {
    const project = newDirectory('dbt');
    for (const [file, body] of Object.entries({ ...FILES, 'profiles.yml': PROFILE(service.port) })) {
      mkdirSync(join(project, file, '..'), { recursive: true });
      writeFileSync(join(project, file), body);
    }
    const { program, environment } = python as Exclude<typeof python, string>;
    const build = async (...parameters: readonly string[]) => {
      const code = 'import sys; from dbt.cli.main import cli; cli(sys.argv[1:])';
      const options = { cwd: project, env: { ...process.env, ...environment, DBT_PROFILES_DIR: project } };
      return run(program, ['-c', code, '--no-version-check', 'build', ...parameters], options).then(
        ({ stdout }) => stdout,
        (error: unknown) => (error as { stdout?: string }).stdout ?? String(error),
      );
    };

    expect(await build()).toContain('PASS=7 WARN=0 ERROR=0');
    expect(await build('--vars', '{amount: amount * 2}')).toContain('PASS=7 WARN=0 ERROR=0');

    const session = await service.openSession({ database: DATABASE, user: 'administrator' });
    const rows = async (sql: string) => (await session.run(sql)).rows;
    expect(await rows('SELECT id, next_day, amount FROM analytics.lines ORDER BY id')).toEqual([
      ['1', '2011-12-10 00:00:00', '2.5'],
      ['2', '2011-12-10 00:00:00', '3.75'],
      ['3', '2011-12-10 00:00:00', '2.5'],
    ]);
    expect(await rows('SELECT country, middle FROM analytics.by_country ORDER BY country')).toEqual([
      ['France', '2'],
      ['Malta', '1'],
    ]);
    expect(await rows(`SELECT diststyle, sortkey1 FROM svv_table_info WHERE "table" = 'by_country'`)).toEqual([
      ['KEY(country)', 'day'],
    ]);
    await session.close();
  },
  180_000,
);

const CONNECTOR = `
import json, redshift_connector, sys
c = redshift_connector.connect(host='127.0.0.1', port=int(sys.argv[1]), database='${DATABASE}', user='admin', password='${PASSWORD}', ssl=False)
k = c.cursor()
k.execute("create table asked (id int identity(1,1), name varchar(20), amount decimal(10,2), at timestamp, ok boolean) distkey(name)")
k.execute("insert into asked (name, amount, at, ok) values (%s, %s, %s, %s)", ('\\u00e9', 12.5, '2011-12-09 12:50:00', True))
c.commit()
k.execute("select top 1 *, avg(amount) over () from asked")
print(json.dumps([
  [str(value) for value in k.fetchone()],
  [row[2] for row in k.get_tables('${DATABASE}', 'public', 'asked')],
  [row[3] for row in k.get_columns('${DATABASE}', 'public', 'asked')],
  [row[0] for row in k.get_schemas()],
]))
`;

test.skipIf(isMissing)(
  "Redshift's driver for Python writes, reads, and finds its tables",
  async () => {
    const { program, environment } = python as Exclude<typeof python, string>;

    const { stdout } = await run(program, ['-c', CONNECTOR, String(service.port)], { env: { ...process.env, ...environment } });

    expect(JSON.parse(stdout)).toEqual([
      ['1', 'é', '12.50', '2011-12-09 12:50:00', 'True', '12.50'],
      ['asked'],
      ['id', 'name', 'amount', 'at', 'ok'],
      expect.not.arrayContaining([expect.stringContaining('rs_')]),
    ]);
  },
  60_000,
);
