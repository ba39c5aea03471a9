import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { RedshiftService, RedshiftSession } from '@tillgraph/local-aws';
import { givenWarehouse, type MemoryObjects } from '@tillgraph/local-aws/testing/given-redshift';
import type { TransactionLine } from '../../domain/transaction-line.ts';
import type { DataApi } from '../../ingest/warehouse/data-api.ts';
import type { SqlFile } from '../../ingest/warehouse/migrations.ts';
import { sqlStatements } from '../../ingest/warehouse/sql-statements.ts';
import { sessionDataApi } from './session-data-api.ts';

const DATABASE = 'tillgraph';

/** The columns of the landing table that a line fills. */
const COLUMNS = [
  ...['lineid', 'invoiceno', 'stockcode', 'description', 'quantity'],
  ...['invoicedate', 'unitprice', 'customerid', 'country', 'sentat'],
] as const;

/** A row of the landing table as COPY leaves it, or as something else wrote it; what is absent is NULL. */
export type LandingRow = Partial<Record<(typeof COLUMNS)[number] | 'source', string | undefined>>;

type Folder = 'migrations' | 'load' | 'load-errors' | 'refresh';

/** The statements of a folder of `warehouse/`, in the order of its files. */
export function statementsOf(folder: Folder): string[] {
  return filesOf(folder).flatMap(({ text }) => sqlStatements(text));
}

/** The files of a folder of `warehouse/`, in their order. */
export function filesOf(folder: Folder): SqlFile[] {
  const directory = join(import.meta.dirname, '..', '..', 'warehouse', folder);
  const files = readdirSync(directory).filter((name) => name.endsWith('.sql'));
  return files.sort().map((name) => ({ name, text: readFileSync(join(directory, name), 'utf8') }));
}

/** A line as COPY lands it. */
export function landingRow(line: TransactionLine): LandingRow {
  return Object.fromEntries(Object.entries(line).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/** The warehouse of the shop, one for all tests of a file. */
export interface Shop {
  readonly service: RedshiftService;
  readonly objects: MemoryObjects;
  /** A session of the administrator, of the loader (`etl`), or of a new user with this role; it ends with the test. */
  session(role?: string): Promise<RedshiftSession>;
  /** Rows of a question, each value a text. */
  rows(sql: string): Promise<(string | null)[][]>;
  land(...rows: readonly LandingRow[]): Promise<void>;
  /** One transaction of all statements of the load, and another for what COPY could not land. */
  load(): Promise<void>;
  /** The Data API as the loader calls it. */
  readonly dataApi: DataApi;
  refresh(): Promise<void>;
  /** Forget everything but the calendar and what else migrations wrote. */
  empty(): Promise<void>;
}

/** The schema of the shop, and a user who loads. */
async function migrate(service: RedshiftService): Promise<void> {
  await service.ensureDatabase(DATABASE);
  const administrator = await service.openSession({ database: DATABASE, user: 'administrator' });
  for (const statement of statementsOf('migrations')) await administrator.run(statement);
  await service.ensureUser('batches');
  await administrator.run('GRANT ROLE etl TO batches');
  // As the migrator makes the loader: it reads what Firehose, another user, has copied.
  await administrator.run('ALTER USER batches SYSLOG ACCESS UNRESTRICTED');
  await administrator.run('ALTER TABLE intake.mutex OWNER TO batches');
  await administrator.close();
}

export async function givenShop(): Promise<Shop> {
  const { service, objects } = await givenWarehouse({ name: 'shop', prepare: migrate });
  const administrator = await service.openSession({ database: DATABASE, user: 'administrator' });
  let users = 0;

  async function batch(folder: Folder): Promise<void> {
    const session = await service.openSession({ database: DATABASE, user: { user: 'batches' } });
    try {
      await session.run('BEGIN');
      for (const statement of statementsOf(folder)) await session.run(statement);
      await session.run('COMMIT');
    } finally {
      await session.close();
    }
  }

  return {
    service,
    objects,

    async session(role) {
      // Loads lock a table that the loader owns.
      const user = role === 'etl' ? 'batches' : `user_${String((users += 1))}`;
      if (role !== undefined && role !== 'etl') {
        await service.ensureUser(user);
        await administrator.run(`GRANT ROLE ${role} TO ${user}`);
      }
      const session = await service.openSession({
        database: DATABASE,
        user: role === undefined ? 'administrator' : { user },
      });
      onTestFinished(() => session.close());
      return session;
    },

    async rows(sql) {
      const { rows } = await administrator.run(sql);
      return rows.map((row) => [...row]);
    },

    dataApi: sessionDataApi(() => service.openSession({ database: DATABASE, user: { user: 'batches' } })),
    land: (...rows) => land(administrator, rows),
    async load() {
      await batch('load');
      await batch('load-errors');
    },
    refresh: () => batch('refresh'),

    async empty() {
      const tables = [
        ...['intake.landing', 'intake.reject', 'intake.load_audit', 'intake.load_source', 'intake.import'],
        ...[
          'mart.sales_line',
          'mart.fact_invoice',
          'mart.agg_sales',
          'mart.agg_product_pair',
          'mart.dim_product',
          'mart.dim_country',
        ],
      ];
      for (const table of tables) await administrator.run(`TRUNCATE ${table}`);
      await administrator.run('DELETE FROM mart.dim_customer WHERE customer_key > 0');
      await administrator.run(
        'UPDATE mart.freshness SET as_of = NULL, load_id = NULL, refreshed_as_of = NULL, refreshed_load_id = NULL',
      );
    },
  };
}

/** Put rows where COPY puts them. */
export async function land(session: RedshiftSession, rows: readonly LandingRow[]): Promise<void> {
  const values = rows.map((row) => `(${[...COLUMNS, 'source' as const].map((column) => literal(row[column])).join(', ')})`);
  if (rows.length > 0)
    await session.run(`INSERT INTO intake.landing (${COLUMNS.join(', ')}, source) VALUES ${values.join(', ')}`);
}

const literal = (text: string | undefined): string =>
  text === undefined ? 'NULL' : `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
