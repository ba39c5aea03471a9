import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { quoteText } from './names.ts';
import { SYSTEM_USER } from './postgres-server.ts';
import { QueryHistory } from './query-history.ts';
import type { Origin } from './result-columns.ts';

/** What Redshift has and PostgreSQL has not, in its order. */
const COMPAT = ['compat.sql', 'functions.sql', 'catalog.sql', 'query-history.sql', 'text-comparison.sql']
  .map((file) => readFileSync(new URL(file, import.meta.url), 'utf8'))
  .join('\n');

export interface Server {
  readonly port: number;
  readonly password: string;
}

/** The connections to one database. */
export class Database {
  /** For sessions of users. */
  readonly sessions: pg.Pool;
  /** For what the stand-in itself asks; never held for long, so it answers also when all sessions are taken. */
  readonly system: pg.Pool;
  readonly history: QueryHistory;
  private readonly origins = new Map<number, Origin | undefined>();
  private readonly connection: pg.ClientConfig;

  constructor(
    server: Server,
    readonly name: string,
  ) {
    const connection = {
      host: '127.0.0.1',
      port: server.port,
      user: SYSTEM_USER,
      password: server.password,
      database: name,
      keepAlive: true,
      idleTimeoutMillis: 30_000,
      allowExitOnIdle: true,
    };
    this.connection = connection;
    // A backslash escapes in every string, as in Redshift. As start options they outlive DISCARD ALL.
    const options = '-c standard_conforming_strings=off -c escape_string_warning=off';
    this.sessions = new pg.Pool({ ...connection, options, max: 60 });
    this.system = new pg.Pool({ ...connection, max: 3 });
    this.history = new QueryHistory(this.system);
    for (const pool of [this.sessions, this.system])
      // An idle connection was lost: the pool makes a new one when it needs one.
      pool.on('error', () => undefined);
  }

  /** Install what Redshift has and PostgreSQL has not, unless this version of it is there. */
  async prepare(): Promise<void> {
    const version = createHash('sha256').update(COMPAT).digest('hex');
    await this.recount();
    const { rows } = await this.system.query<{ version: string | null }>(
      `SELECT obj_description(to_regnamespace('rs_compat'), 'pg_namespace') AS version`,
    );
    if (rows[0]?.version !== version) await this.install(version);
    await this.history.resume();
  }

  private async install(version: string): Promise<void> {
    await this.withConnection((client) =>
      client.query(`BEGIN; ${COMPAT};
      GRANT CREATE ON SCHEMA public TO PUBLIC;
      ALTER DATABASE "${this.name.replaceAll('"', '""')}" SET search_path = "$user", public, rs_compat;
      COMMENT ON SCHEMA rs_compat IS ${quoteText(version)}; COMMIT`),
    );
    // A cluster of before may hold texts with blanks at their end; in a new one there is nothing to do.
    await this.withConnection(reindex);
  }

  /** In a connection of its own: what one knows of comparisons it knows until it ends. */
  private async withConnection(work: (client: pg.Client) => Promise<unknown>): Promise<void> {
    const client = new pg.Client(this.connection);
    await client.connect();
    try {
      await work(client);
    } finally {
      await client.end();
    }
  }

  /**
   * Let the planner know of rows that a kill kept from being counted: a table that had been emptied would count as empty, and a plan for an
   * empty table takes for ever on a full one. Whatever is said to have less than a row on each page is looked at.
   */
  private async recount(): Promise<void> {
    const { rows } = await this.system.query<{ table: string }>(
      `SELECT c.oid::regclass::text AS table FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
         AND c.reltuples < pg_relation_size(c.oid) / current_setting('block_size')::integer`,
    );
    for (const { table } of rows) await this.system.query(`ANALYZE ${table}`);
  }

  /** Where the columns of a result come from, by the numbers of their tables. */
  async originsOf(tables: readonly number[]): Promise<ReadonlyMap<number, Origin | undefined>> {
    const unknown = tables.filter((table) => table !== 0 && !this.origins.has(table));
    if (unknown.length > 0) {
      const { rows } = await this.system.query<{ id: string; schema: string; table: string; columns: number[] }>(
        `SELECT c.oid::text AS id, n.nspname AS schema, c.relname AS table,
           ARRAY(SELECT attnum::integer FROM pg_attribute WHERE attrelid = c.oid AND attnotnull AND attnum > 0) AS columns
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = ANY ($1::oid[])`,
        [unknown],
      );
      for (const table of unknown) this.origins.set(table, undefined);
      for (const { id, schema, table, columns } of rows)
        this.origins.set(Number(id), { schemaName: schema, tableName: table, notNull: new Set(columns) });
    }
    return this.origins;
  }

  /** Tables may have changed. */
  forgetOrigins(): void {
    this.origins.clear();
  }

  async close(): Promise<void> {
    // When PostgreSQL is gone, nobody can write it down any more.
    await this.history.write().catch(() => undefined);
    await Promise.all([this.sessions.end(), this.system.end()]);
  }
}

async function reindex(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ table: string }>(
    `SELECT DISTINCT i.indrelid::regclass::text AS table FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
     JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'm') AND n.nspname !~ '^(pg_|information_schema|rs_compat)'`,
  );
  for (const { table } of rows) await client.query(`REINDEX TABLE ${table}`);
}
