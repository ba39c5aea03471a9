import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { Conversation } from './client-conversation.ts';
import { errorMessage, frame, int32, textFrom } from './client-messages.ts';
import { connectAs } from './client-engine.ts';
import { toStatementError } from './database-errors.ts';
import type { Database } from './database.ts';
import { userName } from './names.ts';
import type { SessionPorts } from './session.ts';

/** What the first bytes of a connection say it is for. @source PostgreSQL manual, "Message Formats": StartupMessage and its kin */
const CANCEL = 80877102;
const TLS = 80877103;
const GSS = 80877104;

/** Parameters that PostgreSQL knows, too. Drivers of Redshift send others: `driver_version`, `client_protocol_version`, `plugin_name`, … */
const KNOWN = new Set([
  ...['application_name', 'client_encoding', 'datestyle', 'timezone', 'extra_float_digits', 'search_path', 'options'],
  ...['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'intervalstyle'],
]);

/** By these a driver shows that it was made for Redshift. */
const OF_REDSHIFT = ['driver_version', 'client_protocol_version', 'plugin_name', 'os_version'];

/** The version of PostgreSQL that Redshift calls itself, by which its drivers know what to ask. */
const SERVER_VERSION = '8.0.2';

export interface ClientListenerOptions {
  /** The port wished for; another one when that is taken, any when 0. */
  readonly port: number;
  /** Where PostgreSQL listens. */
  readonly enginePort: number;
  readonly ports: SessionPorts;
  /** @throws StatementError when there is none of that name */
  find(this: void, database: string): Promise<Database>;
}

/** Where SQL programs come in: PostgreSQL's protocol, with Redshift's parameters and Redshift's dialect. */
export interface ClientListener {
  readonly port: number;
  close(): Promise<void>;
}

export async function startClientListener(options: ClientListenerOptions): Promise<ClientListener> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    void startSession(socket, options).catch((error: unknown) => {
      const { code, message } = toStatementError(error, 0);
      if (socket.writable) socket.end(errorMessage(code, message, 'FATAL'));
    });
  });
  const port = await listen(server, options.port);
  return {
    port,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function listen(server: ReturnType<typeof createServer>, wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (wanted !== 0 && (error.code === 'EADDRINUSE' || error.code === 'EACCES')) listen(server, 0).then(resolve, reject);
      else reject(error);
    });
    server.listen(wanted, '127.0.0.1', () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** From the first byte to the first statement. */
async function startSession(socket: Socket, options: ClientListenerOptions): Promise<void> {
  const reader = new StartReader(socket);
  let start = await reader.next();
  while (start !== undefined && [TLS, GSS].includes(start.readInt32BE(0))) {
    // No: everything here is on this machine.
    socket.write('N');
    start = await reader.next();
  }
  if (start === undefined) return void socket.end();
  if (start.readInt32BE(0) === CANCEL) {
    cancel(socket, start, options.enginePort);
    return;
  }
  if (start.readInt16BE(0) !== 3) return void socket.end(errorMessage('0A000', 'unsupported frontend protocol', 'FATAL'));
  const parameters = readParameters(start);
  const user = parameters.get('user') ?? '';
  socket.write(frame('R', int32(3)));
  const answer = await reader.nextMessage();
  if (answer?.kind !== 'p') return void socket.end(errorMessage('28000', 'a password was expected', 'FATAL'));
  const database = await options.find(parameters.get('database') ?? user);
  const engine = await connectAs({
    port: options.enginePort,
    database: database.name,
    user: userName(user),
    password: textFrom(answer.body, 0).value,
    settings: settingsOf(parameters),
  });
  const isDriver = OF_REDSHIFT.some((name) => parameters.has(name));
  const statuses = { ...engine.statuses, ...(isDriver ? { server_version: SERVER_VERSION } : {}) };
  socket.write(
    Buffer.concat([
      frame('R', int32(0)),
      ...Object.entries(statuses).map(([name, value]) => frame('S', name, value)),
      frame('K', int32(engine.processId), int32(engine.secret)),
      frame('Z', Buffer.from('I')),
    ]),
  );
  new Conversation(socket, engine, { database, user: userName(user), ports: options.ports }).begin(reader.rest());
}

/** What is left of the parameters, as PostgreSQL's command line takes them. */
function settingsOf(parameters: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  return Object.fromEntries([...parameters].filter(([name]) => KNOWN.has(name.toLowerCase())));
}

function readParameters(start: Buffer): Map<string, string> {
  const parameters = new Map<string, string>();
  for (let at = 4; at < start.length && start[at] !== 0;) {
    const name = textFrom(start, at);
    const value = textFrom(start, name.end);
    parameters.set(name.value, value.value);
    at = value.end;
  }
  return parameters;
}

/** The engine knows whose key it is. */
function cancel(socket: Socket, request: Buffer, port: number): void {
  const engine = connect(port, '127.0.0.1', () => engine.end(Buffer.concat([int32(request.length + 4), request])));
  engine.on('error', () => engine.destroy());
  engine.on('close', () => socket.end());
}

/** A start is short; what is longer is none. @unit bytes */
const MAX_STARTUP_BYTES = 10_000;

/** Reads what comes before messages have kinds, and the first that has one. */
class StartReader {
  private bytes: Buffer = Buffer.alloc(0);
  private wake: () => void = () => undefined;
  private isEnded = false;

  constructor(private readonly socket: Socket) {
    socket.on('data', this.take);
    socket.on('close', this.end);
    socket.on('end', this.end);
  }

  private readonly take = (chunk: Buffer): void => {
    this.bytes = Buffer.concat([this.bytes, chunk]);
    this.wake();
  };

  private readonly end = (): void => {
    this.isEnded = true;
    this.wake();
  };

  /** What comes behind its own length; nothing when the client is gone. */
  async next(): Promise<Buffer | undefined> {
    if (!(await this.has(4))) return undefined;
    const length = this.bytes.readInt32BE(0);
    if (length < 8 || length > MAX_STARTUP_BYTES || !(await this.has(length))) return undefined;
    const start = this.bytes.subarray(4, length);
    this.bytes = this.bytes.subarray(length);
    return start;
  }

  async nextMessage(): Promise<{ readonly kind: string; readonly body: Buffer } | undefined> {
    if (!(await this.has(5))) return undefined;
    const length = this.bytes.readInt32BE(1);
    if (length < 4 || length > MAX_STARTUP_BYTES || !(await this.has(length + 1))) return undefined;
    const message = { kind: String.fromCharCode(this.bytes[0] ?? 0), body: this.bytes.subarray(5, length + 1) };
    this.bytes = this.bytes.subarray(length + 1);
    return message;
  }

  /** What was read beyond it; the reader reads no more. */
  rest(): Buffer {
    this.socket.off('data', this.take);
    this.socket.off('close', this.end);
    this.socket.off('end', this.end);
    return this.bytes;
  }

  private async has(length: number): Promise<boolean> {
    while (this.bytes.length < length && !this.isEnded) await new Promise<void>((resolve) => (this.wake = resolve));
    return this.bytes.length >= length;
  }
}
