import { sameContent, STREAM_COLUMNS } from '../../domain/landing.ts';
import type { LoadReport } from './load-report.ts';
import type { LoadState } from './load-state.ts';
import { halvesOf, isGzipList, rebuildLists, rebuildPrefix, type LineObject, type RebuildList } from './rebuild-lists.ts';
import { LISTED_OPTIONS } from './redrive.ts';
import { requireTime, type RunClock } from './run-clock.ts';
import { retryLostBatch, StatementRefusedError, type WarehouseSession } from './warehouse-session.ts';

/** How far the raw layer has been compared with the warehouse. Times are milliseconds since 1970. */
export interface Comparison {
  /** The delivery stream that was at work then. */
  readonly deliveryStream: string;
  /** When it was seen first: by then it reads the stream. */
  readonly since: number;
  /** When the raw layer was last looked through. */
  readonly lookedAt: number;
  /** Of what was put into the raw layer up to this time, the warehouse has every line. */
  readonly through: number;
}

/** An object of the raw layer. */
export interface RawObject extends LineObject {
  /** When it was put. @unit milliseconds since 1970 */
  readonly putAt: number;
}

/** The raw layer, as far as it is compared with the warehouse. */
export interface RawLayer {
  readonly bucket: string;
  /** Objects that were put since a time, in the order in which they were put. @param at - milliseconds since 1970 */
  putSince(at: number): Promise<readonly RawObject[]>;
  putList(list: RebuildList): Promise<void>;
  readList(key: string): Promise<RebuildList>;
}

/** Objects that are to be compared. */
export interface Gap {
  readonly objects: readonly RawObject[];
  /** What is not among them was put later. */
  readonly listedAt: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * After a new delivery stream was seen first. It begins to read when it becomes active, and what was sent before then reaches the raw layer
 * some minutes later: the writer collects for five, and may lag.
 */
const LOOKS_AT_NEW = [0, 20 * MINUTE, 2 * HOUR];

/** The schedule asks once a day; when it was not heard, another run does it. */
const LONGEST_PAUSE = 25 * HOUR;

/** An object may carry a time before the one at which a listing shows it: the writer's put takes a minute at the most. */
const PUT_MAY_TAKE = 2 * MINUTE;

/** Whether the raw layer is to be compared without being asked for. */
export function isComparisonDue({ comparison }: LoadState, deliveryStream: string, now: number): boolean {
  if (comparison?.deliveryStream !== deliveryStream) return true;
  const { since, lookedAt } = comparison;
  return lookedAt + LONGEST_PAUSE <= now || LOOKS_AT_NEW.some((after) => lookedAt < since + after && since + after <= now);
}

/** What was put since the last comparison. Costs a few requests to S3; the warehouse sleeps on. */
export async function findGap({ comparison }: LoadState, layer: RawLayer, now: number): Promise<Gap> {
  const through = comparison?.through ?? 0;
  return { objects: await layer.putSince(Math.max(0, through - PUT_MAY_TAKE)), listedAt: now };
}

/** The comparison as it stands when everything up to a time is in the warehouse. */
export function comparedThrough({ comparison }: LoadState, deliveryStream: string, through: number, now: number): Comparison {
  const since = comparison?.deliveryStream === deliveryStream ? comparison.since : now;
  return { deliveryStream, since, lookedAt: now, through };
}

/** What closing a gap works with. */
export interface GapPorts {
  readonly session: WarehouseSession;
  readonly layer: RawLayer;
  readonly importPrefix: string;
  readonly clock: RunClock;
  readonly report: LoadReport;
  readonly load: () => Promise<void>;
  /** Told when everything that was put up to a time is in the warehouse. */
  readonly through: (putAt: number) => Promise<void>;
}

/** Nothing is begun with less time than this left. @unit milliseconds */
const ENOUGH_TIME = 60_000;

/** As the landing table has them, where no value can stop a COPY. */
const TABLE = `CREATE TEMP TABLE raw_line (\n${STREAM_COLUMNS.map((name) => `  ${name} VARCHAR(1024)`).join(',\n')}\n)`;

/**
 * Lines that the warehouse has, as they are or in a later version. Times of sending are whole numbers without leading zeros, and are
 * compared as texts, so that none of them can stop the statement.
 */
const FORGET_KNOWN = `DELETE FROM raw_line
USING mart.sales_line
WHERE
  raw_line.invoiceno = sales_line.invoice_no
  AND raw_line.lineid = sales_line.line_id
  AND (
    LENGTH(raw_line.sentat) < LENGTH(CAST(sales_line.sent_at AS VARCHAR(20)))
    OR (
      LENGTH(raw_line.sentat) = LENGTH(CAST(sales_line.sent_at AS VARCHAR(20)))
      AND raw_line.sentat < CAST(sales_line.sent_at AS VARCHAR(20))
    )
    OR (
      raw_line.sentat = CAST(sales_line.sent_at AS VARCHAR(20))
      AND ${sameContent('raw_line', 'sales_line').join('\n      AND ')}
    )
  )`;

/** With a time that is never the newest: that one tells whether what Firehose has announced was copied. */
const LAND = `INSERT INTO intake.landing (${STREAM_COLUMNS.join(', ')}, copied_at)
SELECT
${STREAM_COLUMNS.map((name) => `  ${name},`).join('\n')}
  CAST('1970-01-01 00:00:00' AS TIMESTAMP) AS copied_at
FROM raw_line`;

const COUNT = 'SELECT CAST(COUNT(*) AS BIGINT) AS missing FROM raw_line';

/**
 * Bring what the raw layer has and the warehouse has not, whatever the reason: Firehose began to read later than lines were sent, or was
 * away for longer than it tries again, or the warehouse is younger than the raw layer.
 *
 * @remarks Each object is read once (one that was put just before a look, twice), beside the warehouse's lines, and only lines that are
 * missing there are landed: where nothing is missing, nothing is loaded and no answer changes. When a run stops anywhere, the next one goes
 * on from the time that `through` got last.
 */
export async function closeGap(ports: GapPorts, { objects, listedAt }: Gap): Promise<void> {
  const putAt = new Map(objects.map((object) => [object.key, object.putAt]));
  for (const list of rebuildLists(rebuildPrefix(ports.importPrefix, `gaps-${String(listedAt)}`), objects)) {
    await ports.layer.putList(list);
    await compare(ports, list);
    await ports.through(Math.max(...list.objects.map((key) => putAt.get(key) ?? 0)));
  }
  await ports.through(listedAt);
}

/** Land what is missing of a list; when the warehouse refuses it, of its halves, so that one damaged object keeps no other from it. */
async function compare(ports: GapPorts, list: RebuildList): Promise<void> {
  const { session, layer, clock, report } = ports;
  requireTime(clock, ENOUGH_TIME, 'another part of the raw layer');
  const copy = `COPY raw_line (${STREAM_COLUMNS.join(', ')})\nFROM 's3://${layer.bucket}/${list.key}'\n${LISTED_OPTIONS}`;
  const statements = [TABLE, isGzipList(list.key) ? `${copy}\nGZIP` : copy, FORGET_KNOWN, LAND, COUNT];
  try {
    const missing = await report.time('copy', () =>
      retryLostBatch(async () => {
        const batch = await session.run({ name: 'comparison with the raw layer', statements });
        const [[count] = []] = await batch.rows(statements.length - 1);
        return count?.longValue ?? 0;
      }),
    );
    report.missed += missing;
    if (missing > 0) await retryLostBatch(ports.load);
  } catch (cause) {
    if (!(cause instanceof StatementRefusedError) || cause.isRetryable) throw cause;
    const halves = halvesOf(list);
    if (halves === undefined) {
      report.problems.push(`${list.objects.join()} was not compared with the warehouse: ${cause.reason}`);
      return;
    }
    for (const half of halves) {
      await layer.putList(half);
      await compare(ports, half);
    }
  }
}
