import type { IncomingMessage, ServerResponse } from 'node:http';
import { ServiceError, internalFailure, errorStack } from '../../errors.ts';
import type { LoopbackServer } from '../../http/loopback-server.ts';
import { readBody, startLoopbackServer } from '../../http/loopback-server.ts';
import type { SigningCredentials } from '../../http/signature-v4.ts';
import { SignatureError, verify } from '../../http/signature-v4.ts';
import type { Functions } from './functions.ts';
import { MAX_REQUEST_BYTES } from './functions.ts';

export interface InvokeServerOptions {
  /** 0: any free port. */
  readonly port: number;
  readonly credentials: SigningCredentials;
  readonly region: string;
  /** How far each event source mapping is, for `GET /_event-source-mappings`: AWS shows it as a metric only. */
  backlog(this: void): Promise<readonly { readonly functionName: string; readonly waiting: number; readonly lost?: unknown }[]>;
  log(this: void, line: string): void;
}

const BACKLOG = '/_event-source-mappings';
const PATH = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/** Lambda's endpoint with the one operation Invoke: `aws lambda invoke`, or the SDK, with `endpoints.lambda`. */
export function startInvokeServer(functions: Functions, options: InvokeServerOptions): Promise<LoopbackServer> {
  return startLoopbackServer({ port: options.port }, async (request, response) => {
    try {
      if (await functions.faults.serve(request, response)) return;
      if (request.method === 'GET' && request.url === BACKLOG) {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify(await options.backlog()));
        return;
      }
      await invoke(functions, options, request, response);
    } catch (error) {
      if (!(error instanceof ServiceError)) options.log(`lambda failed: ${errorStack(error)}`);
      const { code, message, statusCode, fields } = error instanceof ServiceError ? error : internalFailure(error);
      // A body that was not read to its end would be taken for the next request on this connection.
      if (!request.complete) response.shouldKeepAlive = false;
      response.writeHead(statusCode, { 'content-type': 'application/json', 'x-amzn-errortype': code });
      response.end(JSON.stringify({ ...fields, Message: message }));
    }
  });
}

async function invoke(
  functions: Functions,
  options: InvokeServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = '', url: rawUrl = '', headers } = request;
  const { pathname, searchParams } = new URL(rawUrl, 'http://localhost');
  const [, encodedName] = PATH.exec(pathname) ?? [];
  const body = await readBody(request, MAX_REQUEST_BYTES);
  checkSignature({ method, rawUrl, headers, body }, options);
  if (encodedName === undefined || method !== 'POST') {
    throw new ServiceError(
      'UnknownOperationException',
      `${method} ${pathname} is not supported locally: lambda knows Invoke`,
      404,
    );
  }
  const qualifier = searchParams.get('Qualifier') ?? '$LATEST';
  if (qualifier !== '$LATEST')
    throw new ServiceError('ResourceNotFoundException', `Function not found: qualifier ${qualifier}: there is only $LATEST`, 404);
  if (headers['x-amz-log-type'] === 'Tail') throw refuse('LogType Tail', 'leave it out, and read the log in the data directory');
  const type = headers['x-amz-invocation-type'] ?? 'RequestResponse';
  if (type !== 'RequestResponse' && type !== 'Event')
    throw refuse(`InvocationType ${String(type)}`, 'write RequestResponse or Event');
  const name = decodeURIComponent(encodedName);
  const text = body.toString('utf8');
  if (type === 'Event') {
    const { requestId } = functions.invokeTextAsynchronously(name, text);
    response.writeHead(202, { 'x-amzn-requestid': requestId, 'content-length': 0 }).end();
    return;
  }
  const outcome = await functions.invokeText(name, text);
  response.writeHead(200, {
    'content-type': 'application/json',
    'x-amzn-requestid': outcome.requestId,
    'x-amz-executed-version': '$LATEST',
    ...(outcome.functionError !== undefined && { 'x-amz-function-error': outcome.functionError }),
  });
  response.end(outcome.payload);
}

function refuse(what: string, advice: string): ServiceError {
  return new ServiceError('InvalidParameterValueException', `${what} is not supported locally: ${advice}`);
}

function checkSignature(request: Parameters<typeof verify>[0], { credentials, region }: InvokeServerOptions): void {
  try {
    verify(request, { credentials, region, service: 'lambda' });
  } catch (error) {
    if (!(error instanceof SignatureError)) throw error;
    throw new ServiceError(`${error.code}Exception`, error.message, 403, { cause: error });
  }
}
