import type { FieldRow } from '../../warehouse/statements/statement.ts';
import { timeOf, type LoadCounts } from './load-batch.ts';
import { retryLostBatch, LostBatchError, StatementRefusedError, type WarehouseSession } from './warehouse-session.ts';

/** What the warehouse knows of a list that was copied. */
export interface Copied {
  /** @unit milliseconds since 1970 */
  readonly at: number;
  /** Lines of it that are in the landing table still. */
  readonly waiting: number;
  /** The load that took its lines; absent when it had none, or none yet. */
  readonly load?: { readonly id: number; /** @unit milliseconds since 1970 */ readonly at: number };
  readonly lines: LoadCounts;
}

const listOf = (keys: readonly string[]) => keys.map((key) => `'${key}'`).join(', ');

/** @param keys - of {@link SAFE_KEY}'s letters */
const KNOWN = (keys: readonly string[]) => `SELECT
  CAST(copied.manifest AS VARCHAR(1024)) AS manifest,
  CAST(copied.copied_at AS TIMESTAMP) AS copied_at,
  CAST(COALESCE(landed.waiting, 0) AS BIGINT) AS waiting,
  CAST(told.load_id AS BIGINT) AS load_id,
  CAST(load_audit.finished_at AS TIMESTAMP) AS finished_at,
  CAST(COALESCE(told.lines_in, 0) AS BIGINT) AS lines_in,
  CAST(COALESCE(told.lines_new, 0) AS BIGINT) AS lines_new,
  CAST(COALESCE(told.lines_changed, 0) AS BIGINT) AS lines_changed,
  CAST(COALESCE(told.lines_unchanged, 0) AS BIGINT) AS lines_unchanged,
  CAST(COALESCE(told.lines_repeated, 0) AS BIGINT) AS lines_repeated,
  CAST(COALESCE(told.lines_rejected, 0) AS BIGINT) AS lines_rejected
FROM (
  SELECT manifest, MIN(copied_at) AS copied_at
  FROM intake.import
  WHERE manifest IN (${listOf(keys)})
  GROUP BY manifest
) AS copied
LEFT JOIN (
  SELECT source, COUNT(*) AS waiting
  FROM intake.landing
  WHERE source IS NOT NULL
  GROUP BY source
) AS landed ON copied.manifest = landed.source
LEFT JOIN (
  SELECT
    source,
    MAX(load_id) AS load_id,
    SUM(lines_in) AS lines_in,
    SUM(lines_new) AS lines_new,
    SUM(lines_changed) AS lines_changed,
    SUM(lines_unchanged) AS lines_unchanged,
    SUM(lines_repeated) AS lines_repeated,
    SUM(lines_rejected) AS lines_rejected
  FROM intake.load_source
  WHERE source IN (${listOf(keys)})
  GROUP BY source
) AS told ON copied.manifest = told.source
LEFT JOIN intake.load_audit ON told.load_id = load_audit.load_id`;

/** What the warehouse has copied of these lists; what is not in the answer it has not. */
export async function readCopied(session: WarehouseSession, keys: readonly string[]): Promise<ReadonlyMap<string, Copied>> {
  const copied = new Map<string, Copied>();
  for (const some of inStatements(keys)) {
    const batch = await session.run({ name: 'warehouse imports', statements: [KNOWN(some)] });
    for (const row of await batch.rows(0)) copied.set(row[0]?.stringValue ?? '', copiedIn(row));
  }
  return copied;
}

/**
 * Most characters of the keys in one statement, each of which stands in it twice: a rebuild has thousands of lists.
 *
 * @source Redshift Data API, "Considerations": a statement is of at most 100 KB
 */
const MOST_CHARACTERS = 40_000;

function* inStatements(keys: readonly string[]): Generator<string[]> {
  let some: string[] = [];
  let characters = 0;
  for (const key of keys) {
    if (characters + key.length > MOST_CHARACTERS) {
      yield some;
      some = [];
      characters = 0;
    }
    some.push(key);
    // With its quotes, comma and blank.
    characters += key.length + 4;
  }
  if (some.length > 0) yield some;
}

function copiedIn(row: FieldRow): Copied {
  const count = (place: number) => row[place]?.longValue ?? 0;
  const id = row[3]?.longValue;
  const copied = { at: timeOf(row[1]) ?? 0, waiting: count(2) };
  const lines = { in: count(5), new: count(6), changed: count(7), unchanged: count(8), repeated: count(9), rejected: count(10) };
  return id === undefined ? { ...copied, lines } : { ...copied, load: { id, at: timeOf(row[4]) ?? 0 }, lines };
}

/**
 * Statements around what must happen once for a key, all of it with its record or nothing. The lock comes before the transaction's
 * snapshot: who waits for it sees the record of whoever had it, and the division by zero is how a transaction can refuse to go on.
 */
const once = (key: string, work: readonly string[]) => [
  'LOCK TABLE intake.mutex',
  `SELECT CAST(1 / (CASE WHEN COUNT(*) = 0 THEN 1 ELSE 0 END) AS INTEGER) AS has_not_happened
FROM intake.import
WHERE manifest = '${key}'`,
  ...work,
  `INSERT INTO intake.import (manifest, copied_at) VALUES ('${key}', GETDATE())`,
];

/** What is done once: a key under which it is recorded, and the statements. */
export interface RunOncePorts {
  /** Of {@link SAFE_KEY}'s letters. */
  readonly key: string;
  /** What the batch is called where the Data API lists it. */
  readonly name: string;
  /** At most 37. */
  readonly statements: readonly string[];
  /** When the same work is asked for under the same token, it is waited for and not begun anew. */
  readonly token?: string;
}

/**
 * Do what nobody may do twice, whoever else is at it.
 *
 * @returns why the warehouse refused; `undefined` when it has happened, now or before
 * @throws StatementRefusedError when the warehouse may take it another time
 * @throws LostBatchError
 */
export async function runOnce(
  session: WarehouseSession,
  { key, name, statements, token }: RunOncePorts,
): Promise<string | undefined> {
  try {
    await session.run({ name, statements: once(key, statements) }, token);
    return undefined;
  } catch (cause) {
    if (!(cause instanceof StatementRefusedError || cause instanceof LostBatchError)) throw cause;
    if ((await retryLostBatch(() => readCopied(session, [key]))).has(key)) return undefined;
    if (cause instanceof LostBatchError || cause.isRetryable) throw cause;
    return cause.reason;
  }
}
