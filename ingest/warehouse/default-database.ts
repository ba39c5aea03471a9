import { retryLostBatch, StatementRefusedError, type WarehouseSession } from './warehouse-session.ts';

/**
 * The database that a namespace may have besides the one it is made with.
 *
 * @source Redshift management guide, "Namespaces": the default database is called dev
 */
export const DEFAULT_DATABASE = 'dev';

/** Rights belong to a database, and what everybody has in a new one is taken there. */
const CLOSED = [
  'REVOKE ALL ON SCHEMA public FROM PUBLIC',
  `REVOKE CREATE, TEMP ON DATABASE ${DEFAULT_DATABASE} FROM PUBLIC`,
] as const;

/**
 * Take from everybody what a new database gives to everybody: whoever may sign in to the warehouse may sign in there too, and could keep
 * tables in it.
 *
 * @param session - of the administrator, in that database
 * @throws StatementRefusedError
 */
export async function closeDefaultDatabase(session: WarehouseSession): Promise<void> {
  try {
    await retryLostBatch(() => session.run({ name: `rights in ${DEFAULT_DATABASE}`, statements: CLOSED }));
  } catch (cause) {
    // Where there is none, nobody can sign in to it.
    if (!(cause instanceof StatementRefusedError) || !isAbsent(cause.reason)) throw cause;
  }
}

const isAbsent = (reason: string) =>
  new RegExp(`database "?${DEFAULT_DATABASE}"? (does not exist|is not found)`, 'i').test(reason);
