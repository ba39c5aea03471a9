import { createHash } from 'node:crypto';
import { MOST_STATEMENTS } from './data-api.ts';
import { sqlStatements } from './sql-statements.ts';
import { retryLostBatch, LostBatchError, type WarehouseSession } from './warehouse-session.ts';

/** A file of SQL. */
export interface SqlFile {
  /** Such as `0001-intake.sql`. */
  readonly name: string;
  readonly text: string;
}

/** What is applied in one transaction: a migration, or a part of one that has too many statements for one. */
interface Step {
  /** The name of its record: the file's for the last or only part. */
  readonly name: string;
  readonly checksum: string;
  readonly statements: readonly string[];
}

/** A file of migrations has a name that says nothing of its order. */
export class MigrationNameError extends Error {
  override readonly name = 'MigrationNameError';
  readonly code = 'MIGRATION_NAME';

  constructor(readonly migration: string) {
    super(`name the migration "${migration}" like 0001-intake.sql: four digits, then words in lower case`);
  }
}

/** A migration that the warehouse has already was changed afterwards. */
export class ChangedMigrationError extends Error {
  override readonly name = 'ChangedMigrationError';
  readonly code = 'CHANGED_MIGRATION';

  constructor(
    readonly migration: string,
    readonly recorded: string,
    readonly found: string,
  ) {
    super(
      `put ${migration} back as it was and write a new migration instead: ` +
        `it was applied with checksum ${recorded}, and the file's is ${found}`,
    );
  }
}

/** Every migration has a record, which the warehouse keeps here. */
const TABLE = [
  'CREATE SCHEMA IF NOT EXISTS intake',
  `CREATE TABLE IF NOT EXISTS intake.migration (
  name VARCHAR(256) NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  applied_at TIMESTAMP NOT NULL
)
DISTSTYLE ALL`,
] as const;

const RECORDED = `SELECT CAST(name AS VARCHAR(256)) AS name, CAST(MIN(checksum) AS VARCHAR(64)) AS checksum
FROM intake.migration
GROUP BY name`;

/** Name and checksum are validated texts; as parameters they would make the Data API look for `:names` in the migration itself. */
const record = ({ name, checksum }: Step) =>
  `INSERT INTO intake.migration (name, checksum, applied_at) VALUES ('${name}', '${checksum}', GETDATE())`;

/**
 * Apply, in the order of their names, all migrations that the warehouse has not recorded. Each is one transaction together with its
 * record, so that it has happened whole or not at all. One of more than 39 statements is applied in parts of 39, each with a
 * record of its own (`0003-x.sql part 1`; the last under the file's name): a run that was stopped goes on after the last part.
 *
 * @returns the names of what was applied
 * @throws MigrationNameError
 * @throws ChangedMigrationError
 * @throws StatementRefusedError
 */
export async function migrate(session: WarehouseSession, files: readonly SqlFile[]): Promise<string[]> {
  const migrations = [...files].sort((a, b) => (a.name < b.name ? -1 : 1)).map(stepsOf);
  await retryLostBatch(() => session.run({ name: 'migration records', statements: TABLE }));
  const applied: string[] = [];
  let recorded = await recordedSteps(session);
  for (const steps of migrations) {
    const whole = steps.at(-1);
    // The parts of what is there whole need no look: the file's checksum covers them.
    if (whole === undefined || isRecorded(recorded, whole)) continue;
    for (const step of steps) {
      while (!isRecorded(recorded, step)) {
        try {
          await session.run({ name: step.name, statements: [...step.statements, record(step)] });
          applied.push(step.name);
          break;
        } catch (cause) {
          if (!(cause instanceof LostBatchError)) throw cause;
          recorded = await recordedSteps(session);
        }
      }
    }
  }
  return applied;
}

function stepsOf({ name, text }: SqlFile): Step[] {
  if (!/^\d{4}-[a-z0-9-]{1,200}\.sql$/.test(name)) throw new MigrationNameError(name);
  const all = sqlStatements(text);
  const most = MOST_STATEMENTS - 1;
  const parts = Math.ceil(all.length / most);
  return Array.from({ length: parts }, (_, part) => {
    const statements = all.slice(part * most, (part + 1) * most);
    return part === parts - 1
      ? { name, checksum: checksumOf(all), statements }
      : { name: `${name} part ${String(part + 1)}`, checksum: checksumOf(statements), statements };
  });
}

const checksumOf = (statements: readonly string[]) => createHash('sha256').update(statements.join(';\n')).digest('hex');

/** @throws ChangedMigrationError */
function isRecorded(recorded: ReadonlyMap<string, string>, { name, checksum }: Step): boolean {
  const before = recorded.get(name);
  if (before !== undefined && before !== checksum) throw new ChangedMigrationError(name, before, checksum);
  return before !== undefined;
}

async function recordedSteps(session: WarehouseSession): Promise<Map<string, string>> {
  const records = await retryLostBatch(async () =>
    (await session.run({ name: 'applied migrations', statements: [RECORDED] })).rows(0),
  );
  return new Map(records.map(([name, checksum]) => [name?.stringValue ?? '', checksum?.stringValue ?? '']));
}
