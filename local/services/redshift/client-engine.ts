import type { Socket } from 'node:net';
import pg from 'pg';

/** Listens for what PostgreSQL says. */
type Listener = (chunk: Buffer) => void;

/** What of pg's own connection is used: the socket below it, and what it learns when it logs in. */
interface EngineInternals {
  readonly stream: Socket;
  on(event: 'parameterStatus', listener: (message: { parameterName: string; parameterValue: string }) => void): void;
}

/**
 * A connection to PostgreSQL that two speak over: the client, whose messages pass as they are, and between them pg, for what the client's
 * statement becomes here.
 */
export class Engine {
  private readonly drivers: readonly Listener[];
  private listener: Listener | undefined;

  constructor(
    readonly client: pg.Client,
    readonly socket: Socket,
    readonly statuses: Readonly<Record<string, string>>,
  ) {
    this.drivers = socket.listeners('data') as Listener[];
    client.on('error', () => undefined);
  }

  get processId(): number {
    return (this.client as unknown as { processID: number }).processID;
  }

  get secret(): number {
    return (this.client as unknown as { secretKey: number }).secretKey;
  }

  /** From now on what PostgreSQL says goes there. */
  passTo(listener: Listener): void {
    this.socket.removeAllListeners('data');
    this.listener = listener;
    this.socket.on('data', listener);
  }

  /** Let pg speak, while the client waits. */
  async lend<T>(work: () => Promise<T>): Promise<T> {
    this.socket.removeAllListeners('data');
    for (const driver of this.drivers) this.socket.on('data', driver);
    this.socket.resume();
    try {
      // It does not know yet what the client has begun.
      await this.client.query('');
      return await work();
    } finally {
      if (this.listener !== undefined) this.passTo(this.listener);
    }
  }

  /** I: none; T: a transaction is open; E: one that failed. As pg has seen it. */
  get transactionStatus(): string {
    return this.client.getTransactionStatus() ?? 'I';
  }

  close(): void {
    this.socket.destroy();
  }
}

/** @throws Error of pg when PostgreSQL refuses */
export async function connectAs(options: {
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly settings: Readonly<Record<string, string>>;
}): Promise<Engine> {
  const { settings, ...login } = options;
  const { options: written = '', application_name: application, ...rest } = settings;
  // A backslash escapes in every string, as in Redshift.
  const flags = Object.entries({ standard_conforming_strings: 'off', escape_string_warning: 'off', ...rest })
    .map(([name, value]) => `-c ${name}=${value.replaceAll('\\', '\\\\').replaceAll(' ', '\\ ')}`)
    .join(' ');
  const client = new pg.Client({
    ...login,
    host: '127.0.0.1',
    options: `${flags} ${written}`,
    ...(application === undefined ? {} : { application_name: application }),
    keepAlive: true,
  });
  const inside = (client as unknown as { connection: EngineInternals }).connection;
  const statuses: Record<string, string> = {};
  inside.on('parameterStatus', ({ parameterName, parameterValue }) => {
    statuses[parameterName] = parameterValue;
  });
  await client.connect();
  return new Engine(client, inside.stream, statuses);
}
