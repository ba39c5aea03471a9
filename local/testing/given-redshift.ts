import { existsSync } from 'node:fs';
import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { inject, onTestFinished } from 'vitest';
import { startRedshift } from '../services/redshift/service.ts';
import type { RedshiftService, RedshiftSession, WarehouseObjects } from '../services/redshift/service.ts';
import { closeAfterTests, newDirectory as directoryOf } from './directories.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where a run keeps the clusters that it has prepared; without it each file makes its own. */
    clusters?: string;
  }
}

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

/** What is the same in many warehouses. It is done once in a run, and each of them starts with a copy. */
export interface Preparation {
  readonly name: string;
  prepare(this: void, service: RedshiftService): Promise<void>;
}

const A_DATABASE: Preparation = { name: 'a-database', prepare: (service) => service.ensureDatabase(DATABASE) };

const start = (directory: string, objects: WarehouseObjects, log: (line: string) => void) =>
  startRedshift({ directory, port: 0, adminPassword: PASSWORD, objects, log });

/** The directory of a warehouse that was prepared and closed, made by the first file that asks. */
async function preparedCluster(run: string, { name, prepare }: Preparation): Promise<string> {
  const place = join(run, name);
  if (existsSync(place)) return place;
  const draft = await mkdtemp(`${place}-`);
  const service = await start(draft, new MemoryObjects(), () => undefined);
  await prepare(service);
  await service.close();
  // Another process may have been first: its own is as good.
  await rename(draft, place).catch(async (error: unknown) => {
    if (!existsSync(place)) throw error;
    await rm(draft, { recursive: true });
  });
  return place;
}

/** One warehouse for all the tests of a file, with a database, or with what else was prepared. */
export async function givenWarehouse(preparation = A_DATABASE) {
  const objects = new MemoryObjects();
  const lines: string[] = [];
  const directory = await newDirectory();
  const run = inject('clusters');
  if (run !== undefined) await cp(await preparedCluster(run, preparation), directory, { recursive: true });
  const service = await start(directory, objects, (line) => lines.push(line));
  closeAfterTests(() => service.close());
  if (run === undefined) await preparation.prepare(service);
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
