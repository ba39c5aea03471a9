import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { connect, type ConnectOptions, type Tillgraph, type TransactionInput } from '../../sdk/index.ts';

/** A request as it came over the wire. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Tells one connection of the client from another. */
  readonly port: number | undefined;
  readonly operationName: string;
  readonly query: string;
  readonly variables: Record<string, unknown>;
}

/** What to answer; a text goes out as it is, `undefined` breaks the connection. */
export type Reply = { readonly status?: number; readonly body: object | string; readonly requestId?: string } | undefined;

export interface FakeApi {
  readonly url: string;
  readonly received: Received[];
  /** A client of this API. Its pauses are a millisecond at most. */
  connect(options?: Partial<ConnectOptions>): Tillgraph;
}

/** An HTTP server in AppSync's words that answers the n-th request (from 0) as the test says; ends with the test. */
export async function fakeApi(answer: (request: Received, n: number) => Reply | Promise<Reply>): Promise<FakeApi> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const { method = '', url = '', headers } = request;
      const call = {
        method,
        url,
        headers,
        body,
        port: request.socket.remotePort,
        ...(JSON.parse(body) as Pick<Received, 'operationName' | 'query' | 'variables'>),
      };
      received.push(call);
      void Promise.resolve(answer(call, received.length - 1)).then((reply) => {
        if (reply === undefined) return request.socket.destroy();
        response.writeHead(reply.status ?? 200, {
          'content-type': 'application/json;charset=UTF-8',
          ...(reply.requestId === undefined ? {} : { 'x-amzn-requestid': reply.requestId }),
        });
        return response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
      });
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });

  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/graphql`;
  const brief = { attempts: 4, baseDelay: 1, maxDelay: 1 };
  return { url, received, connect: (options) => connect({ url, apiKey: 'da2-test', retry: brief, ...options }) };
}

/** Keys for the tests that send. */
export const IDENTITY = { region: 'eu-west-2', credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret' } };

/** One error in the shape of AppSync: type and info beside the message, no `extensions`. */
export const appSyncError = (
  message: string,
  errorType: string | null,
  path: (string | number)[] | null = null,
  errorInfo: unknown = null,
) => ({
  path,
  data: null,
  errorType,
  errorInfo,
  locations: [{ line: 1, column: 1, sourceName: null }],
  message,
});

/** What AppSync answers before it reads a request. */
export const requestLevelError = (status: number, errorType: string, message: string) => ({
  status,
  body: { errors: [{ errorType, message }] },
});

/** A line as the replay sends it. */
export const line = (lineId: string): TransactionInput => ({
  lineId,
  invoiceNo: '536365',
  stockCode: '85123A',
  description: 'CRÈME HEART T-LIGHT HOLDER',
  quantity: 6,
  invoiceDate: '2010-12-01T08:26:00Z',
  unitPrice: '2.55',
  customerId: '17850',
  country: 'United Kingdom',
});

/** The answer to a mutation that took all, but the lines named. */
export const receipt = (accepted: number, ...failed: { index: number; lineId: string; code: string; message: string }[]) => ({
  body: { data: { sendTransactions: { accepted, failed } } },
});

/** A failure of the line at this place of the request. */
export const failure = (index: number, lineId: string, code: string) => ({
  index,
  lineId,
  code,
  message: `${code}: send it again`,
});
