import { randomUUID } from 'node:crypto';
import { ServiceError } from '../../errors.ts';
import type { LoopbackServer } from '../../http/loopback-server.ts';
import { readBody, startLoopbackServer } from '../../http/loopback-server.ts';

/** An address for one answer, in the place of CloudFormation's presigned one of S3. */
export interface ResponseAddress {
  readonly url: string;
  readonly answered: Promise<Readonly<Record<string, unknown>>>;
}

export interface ResponseServer extends Pick<LoopbackServer, 'close'> {
  newAddress(this: void): ResponseAddress;
}

/** Longest answer. @unit bytes @source CloudFormation User Guide, "Custom resource response objects" */
const MAX_ANSWER_BYTES = 4_096;

/** Takes what functions answer to CloudFormation: PUT of a JSON object. */
export async function startResponseServer(): Promise<ResponseServer> {
  const waiting = new Map<string, (answer: Readonly<Record<string, unknown>>) => void>();
  const server = await startLoopbackServer({ port: 0 }, async (request, response) => {
    try {
      const { method = '', url = '' } = request;
      const take = waiting.get(url);
      if (method !== 'PUT' || take === undefined)
        throw new ServiceError('NoSuchKey', `${method} ${url}: PUT the answer to the ResponseURL of the request`, 404);
      take(parse((await readBody(request, MAX_ANSWER_BYTES)).toString('utf8')));
      response.end();
    } catch (error) {
      const { message, statusCode } = error instanceof ServiceError ? error : { message: String(error), statusCode: 500 };
      if (!request.complete) response.shouldKeepAlive = false;
      response.writeHead(statusCode, { 'content-type': 'text/plain' }).end(`${message}\n`);
    }
  });
  return {
    newAddress: () => {
      const path = `/${randomUUID()}`;
      const answered = new Promise<Readonly<Record<string, unknown>>>((resolve) => waiting.set(path, resolve));
      return { url: server.url + path, answered };
    },
    close: () => server.close(),
  };
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch (cause) {
    throw new ServiceError('InvalidRequest', `the answer is not JSON: ${text}`, 400, { cause });
  }
  throw new ServiceError('InvalidRequest', `the answer must be a JSON object: ${text}`);
}
