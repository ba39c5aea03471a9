import { migrate } from '../../../ingest/warehouse/migrations.ts';
import { fixedQuestions } from '../../../warehouse/statements/fixed-questions.ts';
import { differs, holds, type Seen } from '../claim.ts';
import { ADMINISTRATOR, type WarehousePlace } from './place.ts';

export const workgroupStands = async ({ madeIn }: WarehousePlace): Promise<Seen> =>
  holds(`A workgroup of 4 RPU in the default network stood after ${String(Math.round(madeIn / 1_000))} seconds.`);

export async function secretIsFoundByName({ name, session }: WarehousePlace): Promise<Seen> {
  const secret = `redshift!${name}-${ADMINISTRATOR}`;
  const finished = await session(secret).run({ name: 'who am i', statements: ['SELECT CURRENT_USER AS who'] });
  const [[who] = []] = await finished.rows(0);
  const seen = `With the secret's name in the place of its ARN, the Data API signed in as ${who?.stringValue ?? 'nobody'}.`;
  return who?.stringValue === ADMINISTRATOR ? holds(seen) : differs(seen);
}

export async function migrationsRun({ session, migrations }: WarehousePlace): Promise<Seen> {
  const applied = await migrate(session(), migrations);
  return holds(`${String(applied.length)} parts of ${String(migrations.length)} migrations were applied.`);
}

export async function migrationsRunOnce({ session, migrations }: WarehousePlace): Promise<Seen> {
  const applied = await migrate(session(), migrations);
  return applied.length === 0 ? holds('A second run applied nothing.') : differs(`A second run applied ${applied.join(', ')}.`);
}

/** Over empty tables: what is asked here is whether Redshift takes the statements. */
export async function questionsAreTaken({ session }: WarehousePlace): Promise<Seen> {
  const refused: string[] = [];
  for (const { statement } of fixedQuestions) {
    const { name, sql, parameters } = statement;
    try {
      await (await session().run({ name, statements: [sql], parameters })).rows(0);
    } catch (error) {
      refused.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const [first] = refused;
  if (first === undefined) return holds(`All ${String(fixedQuestions.length)} statements were taken.`);
  return differs(`${String(refused.length)} of ${String(fixedQuestions.length)} statements were refused; the first: ${first}`);
}

export async function isMadeAgain({ makeAgain, session }: WarehousePlace): Promise<Seen> {
  await makeAgain();
  await session().run({ name: 'one', statements: ['SELECT 1 AS one'] });
  return holds('Namespace and workgroup were deleted, made again under their names at once, and answered.');
}
