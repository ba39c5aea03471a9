import { EventEmitter, once } from 'node:events';
import { StatementError } from '../services/redshift/service.ts';
import type { RedshiftService, RedshiftSession, ResultColumn, StatementOutcome } from '../services/redshift/service.ts';

/** What a SQL text does: rows of one column `n`, nothing, or an error. */
type Script = (parameters: Readonly<Record<string, string>>) => StatementOutcome | Promise<StatementOutcome>;

const nothing = (command: string, rowCount = 0): StatementOutcome => ({ command, rowCount, columns: null, rows: [] });

export function column(name: string, typeName: string, more: Partial<ResultColumn> = {}): ResultColumn {
  return { name, typeName, precision: 10, scale: 0, nullable: 1, length: 0, tableName: '', schemaName: '', ...more };
}

export const rows = (columns: readonly ResultColumn[], values: StatementOutcome['rows']): StatementOutcome => ({
  command: 'SELECT',
  rowCount: values.length,
  columns,
  rows: values,
});

/** A warehouse without a database: it notes what each session is told, and answers by the text. */
export class MemoryRedshift implements RedshiftService {
  readonly port = 0;
  readonly adminUser = 'admin';
  /** `<database user>: <SQL>`, in order; BEGIN, COMMIT and the like too. */
  readonly log: string[] = [];
  readonly users = new Set(['loader']);
  readonly scripts = new Map<string, Script>();
  readonly events = new EventEmitter();
  openSessions = 0;
  refusal: () => StatementError | undefined = () => undefined;
  private pid = 1000;

  ensureDatabase(): Promise<void> {
    return Promise.resolve();
  }

  setRefusal(refusal: () => StatementError | undefined): void {
    this.refusal = refusal;
  }

  ensureUser(name: string): Promise<void> {
    this.users.add(name);
    return Promise.resolve();
  }

  checkPassword(_database: string, user: string, password: string): Promise<void> {
    if (password === 'Right123') return Promise.resolve();
    return Promise.reject(new StatementError('28P01', `password authentication failed for user "${user}"`));
  }

  openSession({ user }: Parameters<RedshiftService['openSession']>[0]): Promise<RedshiftSession> {
    const name = user === 'administrator' ? this.adminUser : user.user;
    if (user !== 'administrator' && !this.users.has(name))
      return Promise.reject(new StatementError('22023', `role "${name}" does not exist`));
    this.openSessions += 1;
    return Promise.resolve(new MemorySession(this, name, (this.pid += 1)));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Let `SELECT wait('x')` go on. */
  release(name: string): void {
    this.events.emit(`release ${name}`);
  }

  /** Resolves when a session was told to stop what it runs. */
  async cancelled(): Promise<void> {
    await once(this.events, 'cancel');
  }

  /** Resolves when `SELECT wait('x')` has begun. */
  async begun(name: string): Promise<void> {
    await once(this.events, `begun ${name}`);
  }
}

class MemorySession implements RedshiftSession {
  private readonly events = new EventEmitter();

  constructor(
    private readonly redshift: MemoryRedshift,
    private readonly user: string,
    readonly processId: number,
  ) {
    redshift.events.on(`end ${String(processId)}`, this.end);
  }

  private isLost = false;
  private readonly end = () => {
    this.isLost = true;
  };

  async run(sql: string, parameters: Readonly<Record<string, string>> = {}): Promise<StatementOutcome> {
    if (this.isLost) throw new StatementError('57P01', 'terminating connection due to administrator command');
    this.redshift.log.push(`${this.user}: ${sql}`);
    const ended = /^SELECT pg_terminate_backend\((\d+)/.exec(sql);
    if (ended) this.redshift.events.emit(`end ${String(ended[1])}`);
    const waits = /^SELECT wait\('(\w+)'\)$/.exec(sql)?.[1];
    if (waits !== undefined) await this.wait(waits);
    const script = this.redshift.scripts.get(sql);
    if (script) return script(parameters);
    if (sql.startsWith('SELECT')) return rows([column('n', 'int4')], [['1']]);
    if (sql.startsWith('nonsense')) throw new StatementError('42601', `syntax error at or near "${sql}"`);
    const [command = ''] = sql.split(' ');
    return nothing(command, command === 'INSERT' ? 1 : 0);
  }

  private async wait(name: string): Promise<void> {
    const over = new AbortController();
    const released = once(this.redshift.events, `release ${name}`, { signal: over.signal });
    const cancelled = once(this.events, 'cancel', { signal: over.signal }).then(() => {
      throw new StatementError('57014', `Query (${String(this.processId)}) cancelled on user's request`);
    });
    this.redshift.events.emit(`begun ${name}`);
    try {
      await Promise.race([released, cancelled]);
    } finally {
      over.abort();
      await Promise.allSettled([released, cancelled]);
    }
  }

  cancel(): Promise<void> {
    this.redshift.events.emit('cancel');
    this.events.emit('cancel');
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.redshift.openSessions -= 1;
    this.redshift.events.off(`end ${String(this.processId)}`, this.end);
    return Promise.resolve();
  }
}
