import pg from 'pg';
import type { ClientListener } from './client-door.ts';
import { startClientListener } from './client-door.ts';
import { CopyThread } from './copy-thread.ts';
import { toStatementError } from './database-errors.ts';
import { Database } from './database.ts';
import { quoteName, quoteText, userName } from './names.ts';
import type { WarehouseObjects } from './objects.ts';
import { SYSTEM_USER, startPostgres } from './postgres-server.ts';
import type { StatementError } from './errors.ts';
import type { RedshiftSession } from './session.ts';
import { Session } from './session.ts';

export { StatementError } from './errors.ts';
export type { WarehouseObjects } from './objects.ts';
export { parameterNames } from './parameters.ts';
export type { ResultColumn } from './result-columns.ts';
export type { RedshiftSession, StatementOutcome } from './session.ts';

export interface RedshiftOptions {
  /** Holds the cluster; made if absent. One process at a time. */
  readonly directory: string;
  /** Where SQL programs connect; another port when it is taken, any when 0. */
  readonly port: number;
  /** The administrator's name in the database. Default: `admin`. */
  readonly adminUser?: string;
  readonly adminPassword: string;
  readonly objects: WarehouseObjects;
  log(this: void, line: string): void;
}

/** The database that stands beside the one a namespace is made with. @source Redshift management guide, "Namespaces" */
const DEFAULT_DATABASE = 'dev';

/** Redshift on one machine: a real PostgreSQL that takes Redshift's dialect from sessions. */
export interface RedshiftService {
  /** For any program that speaks PostgreSQL's protocol, or Redshift's, in Redshift's dialect. */
  readonly port: number;
  readonly adminUser: string;
  /** Make a database unless it is there. */
  ensureDatabase(name: string): Promise<void>;
  /**
   * A clean session as a database user; waits while 60 of the database are open.
   *
   * @throws StatementError when there is no such user or database
   */
  openSession(options: {
    readonly database: string;
    readonly user: 'administrator' | { readonly user: string };
  }): Promise<RedshiftSession>;
  /** Ask before every statement of every session whether it is refused; at most one can ask. @param refusal - gives the error, or nothing */
  setRefusal(refusal: () => StatementError | undefined): void;
  /** Make a user without rights and password, unless it is there: what GetCredentials does with an unknown role. */
  ensureUser(name: string): Promise<void>;
  /** Log in as another program would. @throws StatementError when user or password are wrong */
  checkPassword(database: string, user: string, password: string): Promise<void>;
  /** Ends all sessions and the server. */
  close(): Promise<void>;
}

/**
 * @throws PostgresMissingError, RootAccountError, ClusterInUseError, PostgresFailedError
 */
export async function startRedshift(options: RedshiftOptions): Promise<RedshiftService> {
  const { adminUser = 'admin' } = options;
  const server = await startPostgres({ ...options, port: 0 });
  const databases = new Map<string, Promise<Database>>();
  const sessions = new Set<Session>();
  let refusal: () => StatementError | undefined = () => undefined;
  const thread = new CopyThread();
  const main = new Database(server, 'postgres');

  async function ensurePrincipal(name: string, rights: string): Promise<void> {
    const user = userName(name);
    const { rowCount } = await main.system.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [user]);
    const comment = user === name ? '' : `; COMMENT ON ROLE ${quoteName(user)} IS ${quoteText(name)}`;
    try {
      await main.system.query(`${rowCount === 0 ? 'CREATE' : 'ALTER'} ROLE ${quoteName(user)} ${rights}${comment}`);
    } catch (error) {
      // Another process made it meanwhile.
      if ((error as { code?: string }).code !== '42710' && (error as { code?: string }).code !== '23505') throw error;
    }
  }

  async function openDatabase(name: string): Promise<Database> {
    const database = new Database(server, name);
    try {
      await database.prepare();
    } catch (error) {
      databases.delete(name);
      await database.close();
      throw toStatementError(error, 0);
    }
    return database;
  }

  const ports = {
    objects: options.objects,
    thread,
    onClose: (closed: Session) => void sessions.delete(closed),
  };
  let door: ClientListener | undefined;

  const service: RedshiftService = {
    get port() {
      return door?.port ?? 0;
    },
    adminUser,

    async ensureDatabase(name) {
      const { rowCount } = await main.system.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
      if (rowCount === 0) await main.system.query(`CREATE DATABASE ${quoteName(name)} OWNER ${quoteName(adminUser)}`);
      await find(name);
    },

    async openSession({ database, user }) {
      // Every namespace has it; here it is made at the first use.
      if (database === DEFAULT_DATABASE) await service.ensureDatabase(database);
      const name = userName(user === 'administrator' ? adminUser : user.user);
      const session = await Session.open(await find(database), name, { ...ports, refusal: () => refusal() });
      sessions.add(session);
      return session;
    },

    setRefusal(asked) {
      refusal = asked;
    },

    async ensureUser(name) {
      const { rowCount } = await main.system.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [userName(name)]);
      if (rowCount === 0) await ensurePrincipal(name, 'LOGIN PASSWORD NULL');
    },

    async checkPassword(database, user, password) {
      const client = new pg.Client({ host: '127.0.0.1', port: server.port, database, user: userName(user), password });
      try {
        await client.connect();
        await client.end();
      } catch (error) {
        throw toStatementError(error, 0);
      }
    },

    async close() {
      await door?.close();
      for (const session of sessions) session.abandon();
      const open = await Promise.allSettled(databases.values());
      await Promise.all(open.map(async (result) => (result.status === 'fulfilled' ? result.value.close() : undefined)));
      await main.close();
      await thread.close();
      await server.close();
    },
  };

  function find(name: string): Promise<Database> {
    const database = databases.get(name) ?? openDatabase(name);
    databases.set(name, database);
    return database;
  }

  try {
    if (adminUser === SYSTEM_USER)
      throw new Error(`the administrator cannot be called ${SYSTEM_USER}: Redshift keeps that name for itself`);
    await ensurePrincipal(adminUser, `SUPERUSER LOGIN PASSWORD ${quoteText(options.adminPassword)}`);
    door = await startClientListener({
      ...{ port: options.port, enginePort: server.port, find },
      ports: { ...ports, refusal: () => undefined },
    });
  } catch (error) {
    await service.close();
    throw error;
  }
  return service;
}
