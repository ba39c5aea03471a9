import type { Field } from '../../warehouse/statements/statement.ts';
import { MOST_STATEMENTS, type StatementBatch } from './data-api.ts';
import type { SqlFile } from './migrations.ts';
import { sqlStatements } from './sql-statements.ts';
import type { WarehouseSession } from './warehouse-session.ts';

/** What the warehouse says of itself at one moment. */
export interface WarehouseStatus {
  /** Lines that were copied and not yet loaded. */
  readonly waiting: number;
  /** Those among them that are of no import. */
  readonly waitingOfStream: number;
  /** When the newest line of the stream had been copied that was loaded last; absent before the first load. @unit milliseconds since 1970 */
  readonly copiedAt?: number;
  /** The last load; absent before the first. */
  readonly loadId?: number;
  /** The last load that a refresh has covered; 0 before the first. */
  readonly refreshedLoadId: number;
}

/** What one load did. */
export interface LoadCounts {
  readonly in: number;
  readonly new: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly repeated: number;
  readonly rejected: number;
}

/** There are more statements than one transaction of the Data API takes. */
export class TooManyStatementsError extends Error {
  override readonly name = 'TooManyStatementsError';
  readonly code = 'TOO_MANY_STATEMENTS';

  constructor(
    readonly folder: string,
    readonly statements: number,
  ) {
    super(
      `warehouse/${folder} has ${String(statements)} statements: write at most ${String(MOST_STATEMENTS - 1)}, because they are one batch`,
    );
  }
}

/** One batch of all statements in the files, in their order. @throws TooManyStatementsError */
export function batchOf(folder: 'load' | 'load-errors' | 'refresh', files: readonly SqlFile[]): StatementBatch {
  const statements = files.flatMap(({ text }) => sqlStatements(text));
  if (statements.length >= MOST_STATEMENTS) throw new TooManyStatementsError(folder, statements.length);
  return { name: `warehouse ${folder}`, statements };
}

/** Of the last load that had lines of the stream, and not the latest time of all: a clock that was ahead once would pass for ever. */
const STATUS = `SELECT
  CAST(landing.waiting AS BIGINT) AS waiting,
  CAST(audit.copied_at AS TIMESTAMP) AS copied_at,
  CAST(freshness.load_id AS BIGINT) AS load_id,
  CAST(freshness.refreshed_load_id AS BIGINT) AS refreshed_load_id,
  CAST(landing.of_imports AS BIGINT) AS of_imports
FROM (SELECT COUNT(*) AS waiting, COUNT(source) AS of_imports FROM intake.landing) AS landing
CROSS JOIN (
  SELECT MAX(load_audit.newest_copied_at) AS copied_at
  FROM intake.load_audit
  INNER JOIN (
    SELECT MAX(load_id) AS load_id FROM intake.load_audit WHERE newest_copied_at > CAST('1970-01-01 00:00:00' AS TIMESTAMP)
  ) AS latest ON load_audit.load_id = latest.load_id
) AS audit
CROSS JOIN (
  SELECT MAX(load_id) AS load_id, MAX(refreshed_load_id) AS refreshed_load_id FROM mart.freshness
) AS freshness`;

/** See how things stand. One short statement, but one that wakes a sleeping workgroup. */
export async function readStatus(session: WarehouseSession): Promise<WarehouseStatus> {
  const batch = await session.run({ name: 'warehouse look', statements: [STATUS] });
  const [row = []] = await batch.rows(0);
  const waiting = row[0]?.longValue ?? 0;
  return {
    waiting,
    waitingOfStream: waiting - (row[4]?.longValue ?? 0),
    ...optional('copiedAt', timeOf(row[1])),
    ...optional('loadId', row[2]?.longValue),
    refreshedLoadId: row[3]?.longValue ?? 0,
  };
}

const COUNTS = `SELECT
  CAST(lines_in AS BIGINT) AS lines_in,
  CAST(lines_new AS BIGINT) AS lines_new,
  CAST(lines_changed AS BIGINT) AS lines_changed,
  CAST(lines_unchanged AS BIGINT) AS lines_unchanged,
  CAST(lines_repeated AS BIGINT) AS lines_repeated,
  CAST(lines_rejected AS BIGINT) AS lines_rejected
FROM intake.load_audit
WHERE load_id = (SELECT MAX(load_id) FROM intake.load_audit)`;

/** Bring what waits in the landing table to where it belongs, in one transaction. */
export async function runLoad(session: WarehouseSession, { name, statements }: StatementBatch): Promise<LoadCounts> {
  const batch = await session.run({ name, statements: [...statements, COUNTS] });
  const [row = []] = await batch.rows(statements.length);
  const count = (place: number) => row[place]?.longValue ?? 0;
  return { in: count(0), new: count(1), changed: count(2), unchanged: count(3), repeated: count(4), rejected: count(5) };
}

/** A TIMESTAMP of the Data API, which is UTC. */
export function timeOf(field: Field | undefined): number | undefined {
  const text = field?.stringValue;
  return text === undefined ? undefined : Date.parse(`${text.slice(0, 10)}T${text.slice(11, 23)}Z`);
}

const optional = <Name extends string, Value>(name: Name, value: Value | undefined) =>
  (value === undefined ? {} : { [name]: value }) as Partial<Record<Name, Value>>;
