import type { BatchProgress, DataApi } from '../../ingest/warehouse/data-api.ts';
import { named, type Trouble } from './memory-warehouse.ts';
import { WorldClock } from './world-clock.ts';

/** A database that knows of its statements what the migrator must not do twice. */
export class MemoryDatabase {
  readonly clock = new WorldClock();
  /** Statements of migrations, as they were committed. */
  readonly done: string[] = [];
  readonly recorded = new Map<string, string>();
  readonly users = new Map<string, { password?: string; readonly roles: Set<string>; readonly settings: string[] }>();
  /** All texts that the Data API has seen. */
  readonly history: string[] = [];
  readonly places: object[] = [];
  readonly trouble = new Map<number, Trouble>();
  refuses: RegExp | undefined;
  refusalWords = 'ERROR: it is refused';
  calls = 0;
  private readonly batches = new Map<string, { progress: BatchProgress; recorded: ReadonlyMap<string, string> }>();
  private readonly tokens = new Map<string, string>();

  forget(): void {
    this.batches.clear();
  }

  readonly dataApi: DataApi = {
    start: ({ statements }, token) =>
      this.call(() => {
        const known = this.tokens.get(token);
        if (known !== undefined) return this.progressOf(known);
        this.history.push(...statements);
        const id = `batch-${String(this.tokens.size)}`;
        this.tokens.set(token, id);
        const error = statements.length > 40 ? 'too many statements' : statements.map((sql) => this.refusal(sql)).find(Boolean);
        if (error === undefined) for (const sql of statements) this.execute(sql);
        const progress: BatchProgress = error === undefined ? { id, status: 'FINISHED' } : { id, status: 'FAILED', error };
        this.batches.set(id, { progress, recorded: new Map(this.recorded) });
        return progress;
      }),
    look: (id) => this.call(() => this.progressOf(id)),
    rows: (id) =>
      this.call(() => {
        this.progressOf(id);
        const recorded = this.batches.get(id)?.recorded ?? new Map<string, string>();
        return [...recorded].map(([name, checksum]) => [{ stringValue: name }, { stringValue: checksum }]);
      }),
  };

  private progressOf(id: string): BatchProgress {
    const batch = this.batches.get(id);
    if (batch === undefined) throw named('ResourceNotFoundException', 'Query does not exist.');
    return batch.progress;
  }

  private refusal(sql: string): string | undefined {
    if (this.refuses?.test(sql) === true) return this.refusalWords;
    const [, user = ''] = /^CREATE USER "([^"]+)"/.exec(sql) ?? [];
    if (this.users.has(user)) return `ERROR: user "${user}" already exists`;
    return undefined;
  }

  private execute(sql: string): void {
    const [, name = '', checksum = ''] =
      /^INSERT INTO intake\.migration .* VALUES \('(.*?)', '(\w+)', GETDATE\(\)\)$/.exec(sql) ?? [];
    const [, kind, user = '', what = ''] = /^(CREATE|ALTER) USER "([^"]+)" (.*)$/.exec(sql) ?? [];
    const [, role = '', holder = ''] = /^GRANT ROLE (\w+) TO "([^"]+)"$/.exec(sql) ?? [];
    if (name !== '') this.recorded.set(name, checksum);
    else if (kind === 'CREATE') this.users.set(user, { roles: new Set(), settings: [] });
    else if (kind === 'ALTER' && what.startsWith('PASSWORD')) Object.assign(this.userOf(user), { password: what.slice(10, -1) });
    else if (kind === 'ALTER') this.userOf(user).settings.push(what);
    else if (role !== '') this.userOf(holder).roles.add(role);
    else if (sql.startsWith('STEP')) this.done.push(sql);
  }

  private userOf(name: string) {
    const user = this.users.get(name);
    if (user === undefined) throw new Error(`no user ${name}`);
    return user;
  }

  private async call<T>(effect: () => T): Promise<T> {
    await Promise.resolve();
    const trouble = this.trouble.get(++this.calls);
    this.clock.pass(50);
    if (trouble?.when === 'before') throw trouble.error();
    const result = effect();
    if (trouble !== undefined) throw trouble.error();
    return result;
  }
}
