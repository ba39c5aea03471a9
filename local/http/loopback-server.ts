import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createNetServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import type { Duplex } from 'node:stream';
import { ServiceError } from '../errors.ts';
import { createLocalServer } from './own-pages.ts';

export interface LoopbackServer {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  /** Stops listening, cuts idle connections and resolves when running requests are answered. */
  close(): Promise<void>;
}

/** Another process listens on the port already. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';
  readonly code = 'PORT_TAKEN';

  constructor(
    readonly port: number,
    options?: ErrorOptions,
  ) {
    super(`port ${String(port)} is taken: end what listens there, or give another port (0: any free one)`, options);
  }
}

export interface LoopbackServerOptions {
  /** 0: any free port. */
  readonly port: number;
  /** How long a client may take to send a request; 0: as long as it likes. @unit ms @default 0 */
  readonly requestTimeout?: number;
  /** How long running requests may go on when the server closes; then they are cut. @unit ms @default as long as they take */
  readonly closeGrace?: number;
  /** Whether the service lets pages of this origin in. @default those of this machine alone */
  admits?(this: void, origin: string): boolean;
  /** Called with a request for another protocol. @default the connection is closed */
  onUpgrade?(this: void, request: IncomingMessage, socket: Duplex): void;
}

/** How often connections whose last request has been answered are cut while the server closes. @unit ms */
const CLOSE_SWEEP_MS = 10;

/**
 * Serve HTTP on the loopback. All servers of the stack are started and closed here.
 *
 * @param handle - `isOpen` says whether the server still takes requests: a connection is not kept alive beyond that
 * @throws PortTakenError
 */
export async function startLoopbackServer(
  { port, requestTimeout = 0, closeGrace, admits, onUpgrade }: LoopbackServerOptions,
  handle: (request: IncomingMessage, response: ServerResponse, isOpen: () => boolean) => unknown,
): Promise<LoopbackServer> {
  const isOpen = () => server.listening;
  const server = createLocalServer(
    // Longer than any client keeps an idle connection, so that a reused one never meets a closed server.
    { keepAliveTimeout: 120_000, requestTimeout, noDelay: true },
    (request, response) => {
      void handle(request, response, isOpen);
    },
    admits,
  );
  if (onUpgrade) server.on('upgrade', onUpgrade);
  await listen(server, port);
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    close: () => closeGracefully(server, closeGrace),
  };
}

/** @throws PortTakenError */
function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new PortTakenError(port, { cause: error }) : error);
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}

/** Stop listening and let running requests be answered; connections are cut when they are idle. */
async function closeGracefully(server: HttpServer, grace: number | undefined): Promise<void> {
  const sweep = setInterval(() => {
    server.closeIdleConnections();
  }, CLOSE_SWEEP_MS);
  const limit =
    grace === undefined
      ? undefined
      : setTimeout(() => {
          server.closeAllConnections();
        }, grace);
  try {
    await new Promise<void>((resolve, reject) => {
      server.close((error: NodeJS.ErrnoException | undefined) => {
        // Closed already: another call waits for the requests.
        if (error && error.code !== 'ERR_SERVER_NOT_RUNNING') reject(error);
        else resolve();
      });
      server.closeIdleConnections();
    });
  } finally {
    clearInterval(sweep);
    clearTimeout(limit);
  }
}

/** The whole body. @throws ServiceError RequestEntityTooLargeException, without having read the rest; RequestAborted */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > maxBytes)
        throw new ServiceError('RequestEntityTooLargeException', `the body is longer than ${String(maxBytes)} bytes`, 413);
      chunks.push(chunk);
    }
  } catch (cause) {
    if (cause instanceof ServiceError) throw cause;
    throw new ServiceError('RequestAborted', 'the caller went away before the end of the body', 400, { cause });
  }
  return Buffer.concat(chunks, length);
}

/** Look whether the port can be had, without keeping it. @param port - 0: any free port @throws PortTakenError */
export async function checkPortIsFree(port: number): Promise<void> {
  const server = createNetServer();
  await listen(server, port);
  await new Promise((resolve) => server.close(resolve));
}
