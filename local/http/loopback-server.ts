import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createNetServer } from 'node:net';
import type { AddressInfo } from 'node:net';
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

/**
 * Serve HTTP on the loopback.
 *
 * @param port - 0: any free port
 * @param admits - whether the service lets pages of this origin in. @default those of this machine alone
 * @throws PortTakenError
 */
export async function startLoopbackServer(
  port: number,
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  admits?: (origin: string) => boolean,
): Promise<LoopbackServer> {
  // Longer than any client keeps an idle connection, so that a reused one never meets a closed door.
  const server = createLocalServer(
    { keepAliveTimeout: 120_000, requestTimeout: 0, noDelay: true },
    (request, response) => {
      void answer(request, response);
    },
    admits,
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new PortTakenError(port, { cause: error }) : error);
    });
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => {
          if (error) reject(error);
          else resolve();
        });
        server.closeIdleConnections();
      }),
  };
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
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new PortTakenError(port, { cause: error }) : error);
    });
    server.listen(port, '127.0.0.1', resolve);
  });
  await new Promise((resolve) => server.close(resolve));
}
