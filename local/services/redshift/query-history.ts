import type { Pool } from 'pg';

/** A statement that was run, or runs: a row of sys_query_history. */
export interface QueryRecord {
  readonly id: number;
  /** As PostgreSQL calls it. */
  readonly user: string;
  readonly processId: number;
  /** What `SET query_group` names. */
  readonly label: string;
  readonly text: string;
  readonly start: Date;
  end: Date | null;
  status: 'running' | 'success' | 'failed' | 'canceled';
  /** Rows that were returned to the client. */
  rows: number;
  /** Not known for a statement that came by the Data API. */
  bytes: number | null;
  error: string | null;
}

/** What a session gives to each of its statements. */
export interface QueryOrigin {
  readonly user: string;
  readonly processId: number;
  readonly label: string;
}

/** How many statements are kept in memory before they are written. */
const BATCH = 500;
/** @source Redshift developer guide, "System tables and views": seven days */
const KEPT_DAYS = 7;
/** What one machine keeps at most, whatever the days. */
const KEPT_QUERIES = 100_000;
/** @source Redshift developer guide, STL_QUERYTEXT: up to 65,535 characters */
const LONGEST_TEXT = 65_535;

/** Secrets, which Redshift does not show either. */
const SECRETS = /\b(PASSWORD|CREDENTIALS|ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)(\s+(?:AS\s+)?)'(?:[^'\\]|''|\\[^])*'/gi;

/**
 * What was run in a database. A statement costs an object in memory; they are written in batches, and before somebody asks for them.
 *
 * @remarks Apart from the transactions of sessions: what failed must be seen, too.
 */
export class QueryHistory {
  private readonly unwritten = new Set<QueryRecord>();
  private nextId = 1;
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly system: Pool) {}

  /** Count on from what is there; what ran when the warehouse stopped has failed. */
  async resume(): Promise<void> {
    const { rows } = await this.system.query<{ last: string }>(
      `WITH stopped AS (
         UPDATE rs_compat.query SET status = 'failed', end_time = start_time, error_message = 'the warehouse was stopped'
         WHERE status = 'running'
       )
       SELECT GREATEST((SELECT max(query_id) FROM rs_compat.query), (SELECT max(query_id) FROM rs_compat.load), 0)::text AS last`,
    );
    this.nextId = Number(rows[0]?.last ?? 0) + 1;
  }

  begin(sql: string, origin: QueryOrigin): QueryRecord {
    const record: QueryRecord = {
      ...origin,
      id: this.nextId++,
      text: sql.trim().slice(0, LONGEST_TEXT).replace(SECRETS, "$1$2'***'"),
      start: new Date(),
      ...{ end: null, status: 'running', rows: 0, bytes: null, error: null },
    };
    this.unwritten.add(record);
    if (this.unwritten.size % BATCH === 0) void this.write().catch(() => undefined);
    return record;
  }

  finish(record: QueryRecord, result: { readonly rows: number; readonly bytes: number | null }): void {
    this.end(record, { ...result, status: 'success', error: null });
  }

  fail(record: QueryRecord, { code, message }: { readonly code: string; readonly message: string }): void {
    this.end(record, { rows: 0, bytes: null, status: code === '57014' ? 'canceled' : 'failed', error: message });
  }

  private end(record: QueryRecord, changes: Pick<QueryRecord, 'rows' | 'bytes' | 'status' | 'error'>): void {
    Object.assign(record, changes, { end: new Date() });
    this.unwritten.add(record);
  }

  /** Write what has happened, and what is under way. @returns once all that had begun before the call can be read */
  write(): Promise<void> {
    this.writing = this.writing.catch(() => undefined).then(() => this.writeBatch());
    return this.writing;
  }

  private async writeBatch(): Promise<void> {
    const batch = [...this.unwritten];
    if (batch.length === 0) return;
    this.unwritten.clear();
    try {
      await this.system.query(
        `WITH now AS (SELECT set_config('synchronous_commit', 'off', true)),
         old AS (
           DELETE FROM rs_compat.query
           WHERE query_id <= $2::bigint OR end_time < (clock_timestamp() AT TIME ZONE 'UTC') - $3 * interval '1 day'
         )
         INSERT INTO rs_compat.query AS known
         SELECT q.id, (SELECT oid::integer FROM pg_roles WHERE rolname = q."user"), q."processId", q.label, q.text,
           q.start AT TIME ZONE 'UTC', q."end" AT TIME ZONE 'UTC', q.status, q.rows, q.bytes, q.error
         FROM now, jsonb_to_recordset($1::jsonb) AS q (id bigint, "user" text, "processId" integer, label text, text text,
           start timestamptz, "end" timestamptz, status text, rows bigint, bytes bigint, error text)
         ON CONFLICT (query_id) DO UPDATE SET end_time = EXCLUDED.end_time, status = EXCLUDED.status,
           returned_rows = EXCLUDED.returned_rows, returned_bytes = EXCLUDED.returned_bytes, error_message = EXCLUDED.error_message`,
        [JSON.stringify(batch).replaceAll('\\u0000', ''), this.nextId - 1 - KEPT_QUERIES, KEPT_DAYS],
      );
    } catch (error) {
      for (const record of batch) this.unwritten.add(record);
      throw error;
    }
  }
}

/** Views whose rows are statements. */
const ASKS =
  /\b(?:sys_query_(?:history|text)|stl_(?:query|querytext|ddltext|utilitytext)|svl_(?:qlog|statementtext)|stv_(?:inflight|recents))\b/i;

/** Whether a statement asks for the history of statements. */
export const asksHistory = (sql: string): boolean => ASKS.test(sql);

const GROUP = /^\s*(?:RESET\s+query_group|SET\s+(?:SESSION\s+)?query_group\s*(?:TO|=)\s*(?:'([^']*)'|([^\s;]+)))/i;

/** The label of what comes behind a statement. @returns nothing when it sets none */
export function labelSetBy(sql: string): string | undefined {
  const found = GROUP.exec(sql);
  if (found === null) return undefined;
  const label = found[1] ?? found[2] ?? 'default';
  return label.toLowerCase() === 'default' || label === '' ? 'default' : label;
}
