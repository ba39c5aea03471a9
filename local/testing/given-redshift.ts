import { Readable } from 'node:stream';
import { onTestFinished } from 'vitest';
import { startRedshift } from '../services/redshift/service.ts';
import type { RedshiftService, RedshiftSession, WarehouseObjects } from '../services/redshift/service.ts';
import { closeAfterTests, newDirectory as directoryOf } from './directories.ts';

export const PASSWORD = 'Secret-of-tests-1';
export const DATABASE = 'shop';

/** A folder that is gone after the tests of the file. */
const newDirectory = async (): Promise<string> => directoryOf('redshift');

/** S3, as far as COPY and UNLOAD see it. */
export class MemoryObjects implements WarehouseObjects {
  readonly bodies = new Map<string, Buffer | (() => Readable)>();

  put(key: string, body: Buffer | string | (() => Readable)): void {
    this.bodies.set(key, typeof body === 'string' ? Buffer.from(body) : body);
  }

  text(key: string): string {
    return String(this.bodies.get(key));
  }

  async read(_bucket: string, key: string): Promise<Readable> {
    const body = this.bodies.get(key);
    if (body === undefined) throw new Error(`no object ${key}`);
    return typeof body === 'function' ? body() : Readable.from([body]);
  }

  async list(_bucket: string, prefix: string): Promise<{ key: string; size: number }[]> {
    return [...this.bodies]
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, body]) => ({ key, size: typeof body === 'function' ? 1 : body.length }));
  }

  async write(_bucket: string, key: string, body: Buffer): Promise<void> {
    this.put(key, body);
  }
}

/** One warehouse for all the tests of a file, with a database. */
export async function givenWarehouse() {
  const objects = new MemoryObjects();
  const lines: string[] = [];
  const service = await startRedshift({
    directory: await newDirectory(),
    port: 0,
    adminPassword: PASSWORD,
    objects,
    log: (line) => lines.push(line),
  });
  closeAfterTests(() => service.close());
  await service.ensureDatabase(DATABASE);
  return { service, objects, lines };
}

/** A session that ends with the test; the administrator's unless a user is named. */
export async function givenSession(service: RedshiftService, user?: string): Promise<RedshiftSession> {
  const session = await service.openSession({
    database: DATABASE,
    user: user === undefined ? 'administrator' : { user },
  });
  onTestFinished(() => session.close());
  return session;
}

/** The rows of a statement. */
export async function rowsOf(session: RedshiftSession, sql: string, parameters?: Record<string, string>) {
  return (await session.run(sql, parameters)).rows;
}
