import { randomBytes } from 'node:crypto';
import { STREAM_COLUMNS } from '../../../domain/landing.ts';
import { runLoad } from '../../../ingest/warehouse/load-batch.ts';
import { refusalKind, WarehouseClosedError, type WarehouseSession } from '../../../ingest/warehouse/warehouse-session.ts';
import { fixedQuestions } from '../../../warehouse/statements/fixed-questions.ts';
import { differs, holds, type Seen } from '../claim.ts';
import { COPIED_TEXTS, copyAsDelivered, copyAsImported } from './copy.ts';
import type { WarehousePlace } from './place.ts';

const errorText = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Three lines as COPY lands them. @param run - in their ids, so that they are new */
const landed = (run: string) => `INSERT INTO intake.landing (${STREAM_COLUMNS.join(', ')})
SELECT '${run}-' || n, '${run}', 'A' || n, 'a thing', '2', '2010-12-0' || n || 'T08:26:00Z', '1.005', '17850', 'United Kingdom', '1700000000000'
FROM (SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3) AS numbers`;

/** As `landing_writer`, then as `etl`: what a delivery and a run of the loader do. */
export async function loaderMay({ sessionAs, batches }: WarehousePlace): Promise<Seen> {
  await (await sessionAs('landing_writer')).run({ name: 'landing', statements: [landed(newRun())] });
  const etl = await sessionAs('etl');
  const counts = await runLoad(etl, batches.load);
  await etl.run(batches.refresh);
  const seen = `A load took ${String(counts.in)} lines, of which ${String(counts.new)} were new, and a refresh followed, both as a user of the role etl.`;
  // Among them may be lines that were copied before.
  return counts.new >= 3 && counts.rejected === 0 ? holds(seen) : differs(seen);
}

/** As `landing_writer` by the options of Firehose, as `etl` by a list of gzipped CSV: every text arrives as it was. */
export async function copiesArriveAsTheyWere({ copySource, sessionAs, wait }: WarehousePlace): Promise<Seen> {
  const [source, writer, etl] = [await copySource(), await sessionAs('landing_writer'), await sessionAs('etl')];
  const delivered = await copyAsDelivered(source, { by: writer, reader: etl }, newRun(), wait);
  const imported = await copyAsImported(source, etl, newRun(), wait);
  const wrong = [...delivered.entries(), ...imported.entries()].filter(([place, text]) => text !== COPIED_TEXTS[place]);
  const counts = `${String(delivered.length)} lines of JSON and ${String(imported.length)} of gzipped CSV`;
  const isAll = delivered.length === COPIED_TEXTS.length && imported.length === COPIED_TEXTS.length;
  if (isAll && wrong.length === 0) return holds(`${counts} were copied, and every description arrived as it was.`);
  const [first] = wrong;
  const of = first === undefined ? '' : `; ${JSON.stringify(COPIED_TEXTS[first[0]])} arrived as ${JSON.stringify(first[1])}`;
  return differs(`${counts} were copied, of ${String(COPIED_TEXTS.length)} each${of}.`);
}

const newRun = () => `confirm${randomBytes(4).toString('hex')}`;

/** As `etl`: the reading of the system views, which is a transaction of its own. */
export async function loadErrorsMayBeRead({ sessionAs, batches }: WarehousePlace): Promise<Seen> {
  await (await sessionAs('etl')).run(batches.loadErrors);
  return holds('The statements of warehouse/load-errors/ ran as a user of the role etl.');
}

/** As `api_reader` and `bi_reader`: every fixed question, and every view. */
export async function readersMayRead({ session, sessionAs }: WarehousePlace): Promise<Seen> {
  const [api, bi] = [await sessionAs('api_reader'), await sessionAs('bi_reader')];
  const views = await session().run({
    name: 'views',
    statements: [`SELECT viewname FROM pg_views WHERE schemaname = 'bi' ORDER BY viewname`],
  });
  const names = (await views.rows(0)).map(([name]) => name?.stringValue ?? '');
  const asked: readonly (readonly [WarehouseSession, string, string, Parameters<WarehouseSession['run']>[0]['parameters']])[] = [
    ...fixedQuestions.map(({ statement: { name, sql, parameters } }) => [api, name, sql, parameters] as const),
    ...names.map((name) => [bi, `bi.${name}`, `SELECT COUNT(*) FROM bi."${name}"`, undefined] as const),
  ];
  const refused: string[] = [];
  for (const [reader, name, sql, parameters] of asked) {
    try {
      const batch = await reader.run({ name, statements: [sql], ...(parameters === undefined ? {} : { parameters }) });
      await batch.rows(0);
    } catch (error) {
      refused.push(`${name}: ${errorText(error)}`);
    }
  }
  const [first] = refused;
  if (first !== undefined)
    return differs(`${String(refused.length)} of ${String(asked.length)} were refused; the first: ${first}`);
  return holds(
    `${String(fixedQuestions.length)} questions ran as a user of the role api_reader, ${String(names.length)} views as one of bi_reader.`,
  );
}

/** Keeps the workgroup at work, and gives up after a minute. */
const BURN = [
  'SET statement_timeout TO 60000',
  `WITH digits AS (SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5
    UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9),
  many AS (SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d AS n FROM digits AS a CROSS JOIN digits AS b CROSS JOIN digits AS c CROSS JOIN digits AS e)
  SELECT COUNT(*) FROM many AS x CROSS JOIN many AS y CROSS JOIN many AS z WHERE MOD(x.n * 31 + y.n * 17 + z.n, 9973) = 1`,
];

/** A limit of one RPU-hour, used up. */
export async function limitIsSaid({ limitToOneHour, session, now }: WarehousePlace): Promise<Seen> {
  await limitToOneHour();
  const started = now();
  const minutes = () => String(Math.round((now() - started) / 60_000));
  // Four RPU use an hour up in fifteen minutes; the limit is looked at now and then.
  while (now() - started < 45 * 60_000) {
    try {
      await session().run({ name: 'work', statements: BURN });
    } catch (error) {
      if (error instanceof WarehouseClosedError) return holds(`After ${minutes()} minutes the Data API said: ${error.reason}`);
      const words = errorText(error);
      // Its own minute is over.
      if (refusalKind(words) !== 'later')
        return differs(`After ${minutes()} minutes a statement failed with other words: ${words}`);
    }
  }
  return differs('The limit was not reached within 45 minutes.');
}
