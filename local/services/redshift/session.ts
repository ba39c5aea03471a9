import type { ClientBase, PoolClient, QueryArrayResult } from 'pg';
import type { CopyCommand } from './copy-command.ts';
import { recordLoad } from './copy-history.ts';
import { CopyLoad } from './copy-load.ts';
import { copyTarget, countRows } from './copy-target.ts';
import type { CopyTarget } from './copy-target.ts';
import type { CopyThread } from './copy-thread.ts';
import { toStatementError } from './database-errors.ts';
import type { Database } from './database.ts';
import type { SqlStatement, Statement } from './dialect.ts';
import { columnTypesOf } from './column-lookup.ts';
import type { ColumnTypes } from './decimal-types.ts';
import { namesOfNumbers, readStatement } from './dialect.ts';
import { StatementError } from './errors.ts';
import { quoteName, quoteText } from './names.ts';
import { asksHistory, labelSetBy } from './query-history.ts';
import type { QueryRecord } from './query-history.ts';
import type { WarehouseObjects } from './objects.ts';
import type { ResultColumn } from './result-columns.ts';
import { toResultColumn } from './result-columns.ts';
import type { UnloadCommand } from './unload-command.ts';
import { unload } from './unload.ts';

/** What a statement did. */
export interface StatementOutcome {
  /** The first word of the engine's answer: `SELECT`, `INSERT`, `CREATE`, `COPY`, … */
  readonly command: string;
  /** Rows returned, or rows written. */
  readonly rowCount: number;
  /** Absent (null): the statement has no result set. */
  readonly columns: readonly ResultColumn[] | null;
  /** Values as the engine writes them: `t` and `f`, `2011-12-09 12:50:00`, `2.550`; null is NULL. */
  readonly rows: readonly (readonly (string | null)[])[];
}

/** A conversation with the warehouse as one user: temporary tables, settings and transactions live in it. */
export interface RedshiftSession {
  readonly processId: number;
  /**
   * Run one statement of Redshift's dialect.
   *
   * @param parameters - values of `:name`, all texts, cast implicitly
   * @throws StatementError
   */
  run(sql: string, parameters?: Readonly<Record<string, string>>): Promise<StatementOutcome>;
  /** Stop the statement that is running, if one is; it fails. */
  cancel(): Promise<void>;
  /** Roll back what is open and give the connection back, clean. */
  close(): Promise<void>;
}

/** Nothing is parsed: every value stays the text that the engine wrote. */
const TEXTS = { getTypeParser: () => (value: string) => value };

/** What a session needs besides its database. */
export interface SessionPorts {
  readonly objects: WarehouseObjects;
  readonly thread: CopyThread;
  /** Why the next statement is refused, whatever it is. */
  refusal(this: void): StatementError | undefined;
  onClose(this: void, session: Session): void;
}

const CHANGES_TABLES = new Set(['CREATE', 'ALTER', 'DROP']);

export class Session implements RedshiftSession {
  private readonly cancellations = new Set<Promise<unknown>>();
  private running: AbortController | null = null;
  /** Tables that a COPY of the transaction has filled: what is said of their rows stays when it is rolled back. */
  private readonly filled: CopyTarget[] = [];
  private isClosed = false;
  private foldsNames = true;
  /** What `SET query_group` has named. */
  private label = 'default';

  private readonly client: ClientBase & Partial<Pick<PoolClient, 'release'>>;
  private readonly user: string;
  readonly processId: number;
  private readonly ports: SessionPorts;

  private constructor(
    private readonly database: Database,
    {
      client,
      user,
      processId,
      ports,
    }: {
      readonly client: ClientBase & Partial<Pick<PoolClient, 'release'>>;
      readonly user: string;
      readonly processId: number;
      readonly ports: SessionPorts;
    },
  ) {
    this.client = client;
    this.user = user;
    this.processId = processId;
    this.ports = ports;

    // While it is lent out the pool does not listen; the statement that runs is told by its own rejection.
    client.on('error', ignore);
  }

  /** @param user - as PostgreSQL calls it */
  static async open(database: Database, user: string, ports: SessionPorts): Promise<Session> {
    const client = await database.sessions.connect();
    try {
      // A user's own settings come with a login, and this is none.
      const results: unknown = await client.query(
        `SELECT pg_backend_pid(), (SELECT count(set_config(split_part(s, '=', 1), substr(s, strpos(s, '=') + 1), false)) ` +
          `FROM pg_db_role_setting, unnest(setconfig) AS s WHERE setrole = (SELECT oid FROM pg_roles WHERE rolname = ${quoteText(user)}) ` +
          `AND s !~ '^(role|session_authorization)=');` +
          `SET SESSION AUTHORIZATION ${quoteName(user)}`,
      );
      const [{ rows } = { rows: [] }] = results as { rows: { pg_backend_pid: number }[] }[];
      return new Session(database, { client, user, processId: rows[0]?.pg_backend_pid ?? 0, ports });
    } catch (error) {
      client.release(true);
      throw toStatementError(error, 0);
    }
  }

  /** Of a connection that the caller opens and closes. @param user - as PostgreSQL calls it */
  static of(
    database: Database,
    {
      client,
      user,
      processId,
      ports,
    }: { readonly client: ClientBase; readonly user: string; readonly processId: number; readonly ports: SessionPorts },
  ): Session {
    return new Session(database, { client, user, processId, ports });
  }

  /** Read a statement as this session would run it. @throws StatementError */
  read(sql: string, columns: ColumnTypes = new Map()): Statement {
    return readStatement(sql, {}, this.foldsNames, columns);
  }

  /** Types of the columns that a statement names, as its transaction sees them; none when the statement computes nothing with them. */
  async columnTypes(sql: string): Promise<ColumnTypes> {
    const names = namesOfNumbers(sql);
    if (names.length === 0 || this.client.getTransactionStatus() === 'E') return new Map();
    return columnTypesOf(this.client, names);
  }

  /** @throws StatementError when one of the statements may not be run by this user */
  async check(statements: readonly Statement[]): Promise<void> {
    for (const statement of statements)
      for (const { sql, otherwise } of (statement.kind === 'sql' ? statement.conditions : undefined) ?? []) {
        if (!(await this.isAllowed(sql))) throw new StatementError('42501', otherwise);
      }
  }

  /** Whether a COPY of the transaction has filled a table. */
  get hasFilled(): boolean {
    return this.filled.length > 0;
  }

  /** Tables are about to be changed. */
  forgetOrigins(): void {
    this.database.forgetOrigins();
  }

  async run(sql: string, parameters?: Readonly<Record<string, string>>): Promise<StatementOutcome> {
    return this.perform(sql, parameters, true);
  }

  /** Run what no client has asked for, so that the history does not show it. @throws StatementError */
  async runUnseen(sql: string): Promise<void> {
    await this.perform(sql, undefined, false);
  }

  private async perform(
    sql: string,
    parameters: Readonly<Record<string, string>> | undefined,
    isSeen: boolean,
  ): Promise<StatementOutcome> {
    const refusal = this.ports.refusal();
    if (refusal !== undefined) throw refusal;
    const running = new AbortController();
    this.running = running;
    let record: QueryRecord | undefined;
    try {
      const statement = readStatement(sql, parameters, this.foldsNames, await this.columnTypes(sql));
      record = isSeen ? this.beginQuery(sql) : undefined;
      if (asksHistory(sql)) await this.writeHistory();
      const outcome = await this.execute(statement, running.signal, record?.id ?? 0);
      if (record !== undefined) this.endQuery(record, outcome.rows.length, null);
      return outcome;
    } catch (error) {
      const failure = toStatementError(error, this.processId);
      if (record !== undefined) this.database.history.fail(record, failure);
      throw failure;
    } finally {
      this.running = null;
    }
  }

  /** Note that a statement begins. */
  beginQuery(sql: string): QueryRecord {
    const { user, processId, label } = this;
    return this.database.history.begin(sql, { user, processId, label });
  }

  /** Let the history be read by whoever asks for it next. */
  writeHistory(): Promise<void> {
    return this.database.history.write();
  }

  /** Note that it is done. @param bytes - of the rows, when they were counted */
  endQuery(record: QueryRecord, rows: number, bytes: number | null): void {
    this.label = labelSetBy(record.text) ?? this.label;
    this.database.history.finish(record, { rows, bytes });
  }

  /** Note that it has failed. */
  failQuery(record: QueryRecord, error: { readonly code: string; readonly message: string }): void {
    this.database.history.fail(record, error);
  }

  private async execute(statement: Statement, signal: AbortSignal, queryId: number): Promise<StatementOutcome> {
    switch (statement.kind) {
      case 'sql':
        return this.counted(await this.executeSql(statement).then((outcome) => this.remember(statement, outcome)));
      case 'nothing':
        return { command: statement.command, rowCount: 0, columns: null, rows: [] };
      case 'copy':
        return this.copy(statement, signal, queryId);
      case 'unload':
        return this.unload(statement);
    }
  }

  private remember({ foldsNames }: SqlStatement, outcome: StatementOutcome): StatementOutcome {
    if (foldsNames !== undefined) this.foldsNames = foldsNames;
    return outcome;
  }

  /** What a transaction has copied counts no longer when it is rolled back. */
  private async counted(outcome: StatementOutcome): Promise<StatementOutcome> {
    if (this.filled.length === 0 || this.client.getTransactionStatus() !== 'I') return outcome;
    const filled = this.filled.splice(0);
    if (outcome.command === 'ROLLBACK')
      for (const target of filled) await this.database.system.query(countRows(target)).catch(ignore);
    return outcome;
  }

  private async executeSql(statement: SqlStatement): Promise<StatementOutcome> {
    for (const { sql, otherwise } of statement.conditions ?? []) await this.require(sql, otherwise);
    const isBlock = this.client.getTransactionStatus() !== 'I';
    const rest = (await this.exists(statement.unlessExists)) ? [] : statement.after;
    if (rest.length === 0) {
      const outcome = await this.query(statement.text, statement.values);
      if (isBlock && statement.commits === true) await this.query('COMMIT');
      return outcome;
    }
    if (!isBlock) await this.query('BEGIN');
    try {
      const outcome = await this.query(statement.text, statement.values);
      for (const text of rest) await this.query(text);
      if (!isBlock) await this.query('COMMIT');
      return outcome;
    } catch (error) {
      // When the connection is lost, the first error says so.
      if (!isBlock) await this.query('ROLLBACK').catch(ignore);
      throw error;
    }
  }

  private async copy(command: CopyCommand, signal: AbortSignal, queryId: number): Promise<StatementOutcome> {
    const startTime = new Date();
    const target = await copyTarget(this.client, command);
    const load = new CopyLoad(command, target, { ...this.ports, signal });
    const isBlock = this.client.getTransactionStatus() !== 'I';
    let status: 'completed' | 'aborted' = 'aborted';
    try {
      if (!isBlock) await this.query('BEGIN');
      await load.run(this.client);
      if (load.rows > 0) await this.count(target);
      if (!isBlock) await this.query('COMMIT');
      else if (load.rows > 0) this.filled.push(target);
      status = 'completed';
    } catch (error) {
      await this.giveUp(isBlock);
      throw error;
    } finally {
      const { errors, objects, rows, bytes } = load;
      await recordLoad(this.database.system, {
        ...{ queryId, user: this.user, processId: this.processId, database: this.database.name, target, status, startTime },
        ...{ source: `s3://${command.from.bucket}/${command.from.key}`, format: command.format.type },
        ...{ rows: status === 'completed' && !command.isRehearsal ? rows : 0, bytes, objects, errors },
        // What was loaded is loaded, also when the history could not be written.
      }).catch(ignore);
    }
    return { command: 'COPY', rowCount: command.isRehearsal ? 0 : load.rows, columns: null, rows: [] };
  }

  /** Within the transaction, so that what comes next in it knows too. The user need not be allowed to. */
  private async count(target: CopyTarget): Promise<void> {
    const asUser = `SET SESSION AUTHORIZATION ${quoteName(this.user)}`;
    await this.client.query(`SET SESSION AUTHORIZATION DEFAULT; ${countRows(target)}; ${asUser}`);
  }

  /** Nothing of the failed load may stay: roll back, or make sure that the caller must. */
  private async giveUp(isBlock: boolean): Promise<void> {
    await Promise.allSettled(this.cancellations);
    if (isBlock) await this.fail('the load has failed');
    else await this.client.query('ROLLBACK').catch(ignore);
  }

  /** Make sure that the transaction cannot be committed any more. */
  private async fail(reason: string): Promise<void> {
    await this.client.query(`DO 'BEGIN RAISE EXCEPTION ''${reason.replaceAll("'", '')}''; END'`).catch(ignore);
  }

  private async unload(command: UnloadCommand): Promise<StatementOutcome> {
    const statement = readStatement(command.query, {}, this.foldsNames, await this.columnTypes(command.query));
    if (statement.kind !== 'sql') throw new StatementError('42601', 'UNLOAD takes a query: write SELECT');
    const rowCount = await unload(command, statement.text, this.client, this.ports.objects);
    return { command: 'UNLOAD', rowCount, columns: null, rows: [] };
  }

  /** @throws StatementError when the answer is not true, and a transaction that is open fails with it */
  private async require(sql: string, otherwise: string): Promise<void> {
    if (await this.isAllowed(sql)) return;
    if (this.client.getTransactionStatus() !== 'I') await this.fail(otherwise);
    throw new StatementError('42501', otherwise);
  }

  private async isAllowed(sql: string): Promise<boolean> {
    const { rows } = await this.database.system.query<{ allowed: boolean }>(sql, [this.user]);
    return rows[0]?.allowed === true;
  }

  private async exists(table: string | undefined): Promise<boolean> {
    if (table === undefined) return false;
    const { rows } = await this.query(`SELECT to_regclass(${quoteText(table)})`);
    return rows[0]?.[0] != null;
  }

  private async query(text: string, values: readonly string[] = []): Promise<StatementOutcome> {
    const result: QueryArrayResult = await this.client.query({ text, values: [...values], rowMode: 'array', types: TEXTS });
    if (CHANGES_TABLES.has(result.command)) this.database.forgetOrigins();
    return {
      command: result.command,
      rowCount: result.rowCount ?? 0,
      columns: result.fields.length === 0 ? null : await this.columnsOf(result),
      rows: result.rows as (string | null)[][],
    };
  }

  private async columnsOf({ fields }: QueryArrayResult): Promise<readonly ResultColumn[]> {
    const origins = await this.database.originsOf([...new Set(fields.map(({ tableID }) => tableID))]);
    return fields.map((field) => toResultColumn(field, origins.get(field.tableID)));
  }

  async cancel(): Promise<void> {
    if (this.running === null) return;
    this.running.abort();
    const cancellation = this.database.system.query('SELECT pg_cancel_backend($1)', [this.processId]);
    this.cancellations.add(cancellation);
    try {
      await cancellation;
    } finally {
      this.cancellations.delete(cancellation);
    }
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    this.ports.onClose(this);
    // One that comes late would hit the next user of the connection.
    await Promise.allSettled(this.cancellations);
    try {
      if (this.client.getTransactionStatus() !== 'I') await this.client.query('ROLLBACK');
      await this.client.query('DISCARD ALL');
      this.client.off('error', ignore);
      this.client.release?.();
    } catch {
      this.client.release?.(true);
    }
  }

  /** The service closes: whatever runs is lost. */
  abandon(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.client.release?.(true);
  }
}

const ignore = () => undefined;
