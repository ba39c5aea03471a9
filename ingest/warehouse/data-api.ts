import type { FieldRow, Parameter } from '../../warehouse/statements/statement.ts';

/** Statements that happen together or not at all. */
export interface StatementBatch {
  /** The name under which the Data API lists them. */
  readonly name: string;
  /** At most 40, each without its final semicolon. */
  readonly statements: readonly string[];
  /** Every one is used by at least one statement. */
  readonly parameters?: readonly Parameter[];
}

/** How far a batch has come. */
export interface BatchProgress {
  readonly id: string;
  readonly status: 'SUBMITTED' | 'PICKED' | 'STARTED' | 'FINISHED' | 'FAILED' | 'ABORTED';
  /** The database's words when the batch failed. */
  readonly error?: string;
}

/** The Redshift Data API, connected to one database as one user. */
export interface DataApi {
  /**
   * Start a batch and wait for it.
   *
   * @param token - a second start with the same token is the first one
   * @param waitSeconds - 1 to 30
   */
  start(batch: StatementBatch, token: string, waitSeconds: number): Promise<BatchProgress>;
  /** Wait for a batch. `error` is given when it failed. @param waitSeconds - 1 to 30 */
  look(id: string, waitSeconds: number): Promise<BatchProgress>;
  /** All rows of one statement's result. @param statement - its place in the batch, from 0 */
  rows(id: string, statement: number): Promise<readonly FieldRow[]>;
}

/** Most statements of one batch. @source Redshift Data API reference, BatchExecuteStatement, Sqls */
export const MOST_STATEMENTS = 40;
