import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { Stack } from './stack.ts';

/** @unit milliseconds */
const LOOK_AGAIN = 5;

/** What the PostgreSQL of a stack is doing, seen by its own superuser; and a hand that can hold it back. */
export class DatabaseWatch {
  private constructor(
    private readonly client: pg.Client,
    /** The server's process. */
    readonly server: number,
  ) {}

  static async of({ directory, outputs }: Stack): Promise<DatabaseWatch> {
    const client = new pg.Client({
      host: '127.0.0.1',
      port: Number(new URL(outputs.warehouseUrl ?? '').port),
      user: 'rdsdb',
      password: readFileSync(join(directory, 'redshift', 'system-password'), 'utf8'),
      database: outputs.stack['WarehouseDatabase'],
    });
    // The server may end at any time: that is what the tests are about.
    client.on('error', () => undefined);
    await client.connect();
    const { rows } = await client.query<{ pid: string }>(`SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1) AS pid`);
    return new DatabaseWatch(client, Number(rows[0]?.pid));
  }

  /** From now on nobody writes to a table. */
  async hold(table: string): Promise<void> {
    await this.client.query(`BEGIN; LOCK TABLE ${table} IN SHARE MODE`);
  }

  /** Resolves when somebody waits to write to the table that is held. */
  async whenHeldBack(): Promise<void> {
    await this.until(
      'SELECT COUNT(*) > 0 AS yes FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))',
    );
  }

  /** Resolves when a COPY has brought so many rows and goes on. */
  async whenCopying(rows: number): Promise<void> {
    await this.until(`SELECT COUNT(*) > 0 AS yes FROM pg_stat_progress_copy WHERE tuples_processed > ${String(rows)}`);
  }

  /** Resolves when no process of the server is left. */
  async whenGone(): Promise<void> {
    while (isAlive(this.server)) await pause(LOOK_AGAIN);
  }

  async close(): Promise<void> {
    await this.client.end().catch(() => undefined);
  }

  private async until(question: string): Promise<void> {
    for (;;) {
      const { rows } = await this.client.query<{ yes: boolean }>(question);
      if (rows[0]?.yes === true) return;
      await pause(LOOK_AGAIN);
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
