import type { Pool } from 'pg';
import type { CopyTarget } from './copy-target.ts';
import type { RowError } from './copy-rows.ts';

/** A row error, and the object that it is in. */
export interface LoadError extends RowError {
  readonly url: string;
}

/** One object that was read. */
export interface ReadObject {
  readonly url: string;
  /** As stored. */
  readonly size: number;
  readonly lines: number;
}

/** What sys_load_history, sys_load_detail and sys_load_error_detail show of a COPY. */
export interface LoadRecord {
  /** Of the COPY in sys_query_history. */
  readonly queryId: number;
  /** As PostgreSQL calls it. */
  readonly user: string;
  readonly processId: number;
  readonly database: string;
  readonly target: CopyTarget;
  readonly status: 'completed' | 'aborted';
  readonly startTime: Date;
  readonly source: string;
  readonly format: string;
  readonly rows: number;
  readonly bytes: number;
  readonly objects: readonly ReadObject[];
  readonly errors: readonly LoadError[];
}

/** Write a load down, apart from the transaction that it is in: an error must be seen after a rollback. */
export async function recordLoad(system: Pool, record: LoadRecord): Promise<void> {
  const { target, objects, errors } = record;
  await system.query(
    `WITH now AS (SELECT set_config('synchronous_commit', 'off', true)),
     load AS (
       INSERT INTO rs_compat.load (query_id, user_id, session_id, database_name, status, table_id, table_name, start_time, end_time,
         data_source, file_format, loaded_rows, loaded_bytes, source_file_count, source_file_bytes, error_count)
       OVERRIDING SYSTEM VALUE SELECT $17::bigint, (SELECT oid::integer FROM pg_roles WHERE rolname = $1), $2::integer, $3, $4, $5::integer, $6, $7::timestamptz,
         clock_timestamp(), $8, $9, $10::bigint, $11::bigint, $12::integer, $13::bigint, $14::bigint FROM now RETURNING query_id
     ),
     files AS (
       INSERT INTO rs_compat.load_file (query_id, file_name, bytes_scanned, lines_scanned)
       SELECT query_id, url, size, lines FROM load, jsonb_to_recordset($15::jsonb) AS f (url text, size bigint, lines bigint)
     )
     INSERT INTO rs_compat.load_error (query_id, file_name, line_number, column_name, column_type, column_length, error_code,
       error_message, raw_line)
     SELECT query_id, url, line, name, type, length, code, message, raw
     FROM load, jsonb_to_recordset($16::jsonb)
       AS e (url text, line bigint, name text, type text, length text, code integer, message text, raw text)`,
    [
      record.user,
      record.processId,
      record.database,
      record.status,
      target.id,
      target.table,
      record.startTime,
      record.source,
      record.format,
      record.rows,
      record.bytes,
      objects.length,
      objects.reduce((sum, { size }) => sum + size, 0),
      errors.length,
      JSON.stringify(objects),
      JSON.stringify(errors.map(toErrorRow)),
      record.queryId,
    ],
  );
}

function toErrorRow({ url, line, column, code, message, rawLine }: LoadError) {
  return {
    url,
    line,
    name: column?.name ?? '',
    type: column?.type ?? '',
    length: column?.bytes == null ? '' : String(column.bytes),
    code,
    message,
    raw: rawLine,
  };
}
