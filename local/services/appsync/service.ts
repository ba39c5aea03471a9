import { OperationTypeNode } from 'graphql';
import { randomUUID } from 'node:crypto';
import type http from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { errorStack } from '../../errors.ts';
import { Faults } from '../../faults.ts';
import { startLoopbackServer } from '../../http/loopback-server.ts';
import { loadApi, type Api } from './api.ts';
import { compress, tokensConsumed } from './compression.ts';
import { Deadline } from './deadline.ts';
import type { ApiDefinition, ApiSurroundings, RunningApi } from './definition.ts';
import { checkNesting } from './document-limits.ts';
import { RequestError } from './errors.ts';
import { Execution, type ExecutionResult } from './execution.ts';
import { Graphiql } from './graphiql.ts';
import { bodyRequest, queryRequest, type GraphqlRequest } from './graphql-request.ts';
import { VariableError, type Variables } from './input-coercion.ts';
import { requestLogs, type RequestLog } from './request-log.ts';
import { RequestFacts } from './resolver.ts';
import { RequestAuthorization, type Authorized } from './request-authorization.ts';

/** @source AppSync quotas, "Request execution time for mutations, queries, and subscriptions" */
const REQUEST_TIMEOUT_MS = 30_000;
/** How often requests are looked at for their time-out. */
const TIMEOUT_CHECK_MS = 1000;
/** @source AppSync quotas, "Request size": far above what any of its parts may have */
const MAX_BODY_BYTES = 10 * 1024 * 1024;
/** How long a client may take to send its request. */
const RECEIVE_TIMEOUT_MS = 300_000;
/** How long running requests may go on when the API closes. */
const CLOSE_GRACE_MS = 3000;

export interface ApiOptions {
  /** 0 takes any free one. */
  readonly port: number;
  /** @default 30 000 */
  readonly requestTimeoutMs?: number;
}

/** Serves an AppSync API at `/graphql`, and GraphiQL at `/`. @throws DefinitionError, CodeRefusedError, PortTakenError */
export async function startApi(
  definition: ApiDefinition,
  surroundings: ApiSurroundings,
  options: ApiOptions,
): Promise<RunningApi> {
  const api = loadApi(definition, surroundings);
  const endpoint = new Endpoint(api, surroundings, options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS);
  const server = await startLoopbackServer(
    { port: options.port, requestTimeout: RECEIVE_TIMEOUT_MS, closeGrace: CLOSE_GRACE_MS, onUpgrade: refuseUpgrade },
    (request, response) => {
      endpoint.serve(request, response);
    },
  );
  return {
    graphqlUrl: `${server.url}/graphql`,
    realtimeUrl: `${server.url.replace('http', 'ws')}/graphql/realtime`,
    close: async () => {
      endpoint.close();
      await server.close();
      api.close();
    },
  };
}

/** Subscriptions travel a WebSocket; there is none. */
function refuseUpgrade(request: http.IncomingMessage, socket: Duplex): void {
  const message = `${request.url ?? ''}: subscriptions are not implemented locally`;
  const body = JSON.stringify({ errors: [{ errorType: 'UnsupportedOperation', message }] });
  const head = [
    'HTTP/1.1 501 Not Implemented',
    'content-type: application/json',
    `content-length: ${String(Buffer.byteLength(body))}`,
    'connection: close',
  ];
  // A client that resets the connection meanwhile is no error.
  socket.on('error', () => undefined);
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** `unavailable`: the request is answered 500; `slow`: it is looked at so many `milliseconds` later. */
type ApiEffect = 'unavailable' | 'slow';

interface Running {
  readonly execution: Execution;
  readonly endsAt: number;
}

/** Answers HTTP requests. */
class Endpoint {
  private readonly authorization: RequestAuthorization;
  private readonly graphiql: Graphiql;
  /** In the order in which they began, so the oldest is the first to time out. */
  private readonly running = new Set<Running>();
  private readonly clock: NodeJS.Timeout;
  private readonly log: (line: string) => void;
  private readonly logOf: (headers: http.IncomingHttpHeaders) => RequestLog | undefined;
  private readonly measure: ApiSurroundings['measure'];
  private readonly faults = new Faults<ApiEffect>('appsync', { graphql: ['unavailable', 'slow'] }, { slow: 'milliseconds' });

  constructor(
    private readonly api: Api,
    surroundings: ApiSurroundings,
    private readonly timeoutMs: number,
  ) {
    this.authorization = new RequestAuthorization(api.definition, surroundings.credentials);
    this.graphiql = new Graphiql(api);
    this.logOf = requestLogs(api.definition, surroundings);
    this.measure = surroundings.measure?.bind(surroundings);
    this.log = (line) => {
      surroundings.log(line);
    };
    this.clock = setInterval(
      () => {
        this.timeOut();
      },
      Math.min(TIMEOUT_CHECK_MS, timeoutMs),
    );
    this.clock.unref();
  }

  close(): void {
    clearInterval(this.clock);
  }

  serve(request: http.IncomingMessage, response: http.ServerResponse): void {
    const url = request.url ?? '/';
    if (url === '/_faults') void this.faults.serve(request, response);
    else if (url === '/graphql' || url.startsWith('/graphql?')) {
      this.watch(response);
      if (request.method === 'POST') this.read(request, response);
      else if (request.method === 'GET') this.begin(request, response, Buffer.alloc(0));
      else if (request.method === 'OPTIONS') preflight(request, response);
      else
        refuse(
          response,
          new RequestError(405, 'MethodNotAllowedException', `${String(request.method)} is not allowed: use POST`),
        );
    } else if (url.startsWith('/graphql/realtime')) {
      refuse(response, new RequestError(501, 'UnsupportedOperation', 'subscriptions are not implemented locally'));
    } else if (!this.graphiql.serve(request, response)) {
      refuse(response, new RequestError(404, 'NotFoundException', `there is nothing at ${url}: the API is at /graphql`));
    }
  }

  /** How long the answer took, and whether it was one. */
  private watch(response: http.ServerResponse): void {
    const measure = this.measure;
    if (measure === undefined) return;
    const started = performance.now();
    response.once('finish', () => {
      const record = (name: string, value: number): void => {
        measure({ namespace: 'AWS/AppSync', name, dimensions: { GraphQLAPIId: this.api.definition.apiId }, value });
      };
      record('Latency', performance.now() - started);
      record('4XXError', Number(response.statusCode >= 400 && response.statusCode < 500));
      record('5XXError', Number(response.statusCode >= 500));
    });
  }

  private begin(request: http.IncomingMessage, response: http.ServerResponse, body: Buffer): void {
    const fault = this.faults.take('graphql');
    if (fault === undefined) this.answer(request, response, body);
    else if (fault.effect === 'unavailable') refuse(response, new RequestError(500, 'InternalFailure', 'fault unavailable'));
    else
      void pause(fault.milliseconds ?? 0).then(() => {
        this.answer(request, response, body);
      });
  }

  private read(request: http.IncomingMessage, response: http.ServerResponse): void {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
    });
    request.on('end', () => {
      if (bytes > MAX_BODY_BYTES) {
        refuse(
          response,
          new RequestError(
            413,
            'RequestEntityTooLargeException',
            `a request may have ${String(MAX_BODY_BYTES)} bytes: got ${String(bytes)}`,
          ),
        );
        return;
      }
      const [first] = chunks;
      this.begin(request, response, chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, bytes));
    });
  }

  private answer(request: http.IncomingMessage, response: http.ServerResponse, body: Buffer): void {
    const { method = 'POST', url: rawUrl = '/', headers } = request;
    const log = this.logOf(headers);
    if (log !== undefined) LOGS.set(response, log);
    try {
      const authorized = this.authorization.authorize({ method, rawUrl, headers, body }, request.socket);
      this.run(
        method === 'GET' ? queryRequest(rawUrl) : bodyRequest(headers['content-type'], body),
        authorized,
        headers,
        response,
      );
    } catch (error) {
      if (!(error instanceof RequestError)) this.log(errorStack(error));
      refuse(response, error instanceof RequestError ? error : new RequestError(500, 'InternalFailure', String(error)));
    }
  }

  /** @throws RequestError */
  private run(
    given: GraphqlRequest,
    { mode, identity }: Authorized,
    headers: http.IncomingHttpHeaders,
    response: http.ServerResponse,
  ): void {
    const { api } = this;
    const arrival: Arrival = { at: performance.now(), bytes: given.query.length };
    const log = LOGS.get(response);
    const found = api.documents.find(given.query, given.operationName);
    log?.query(given.query, given.operationName, given.variables, found.preparation);
    if ('errors' in found) {
      send(response, { data: null, errors: found.errors }, arrival, {});
      return;
    }
    const { operation } = found;
    if (operation.kind === OperationTypeNode.SUBSCRIPTION) {
      throw new RequestError(400, 'UnsupportedOperation', 'Subscriptions travel a WebSocket, and are not implemented locally.');
    }
    checkNesting(given.variables);
    let variables: Variables;
    try {
      variables = operation.coerce(given.variables);
    } catch (error) {
      if (!(error instanceof VariableError)) throw error;
      send(response, { data: null, errors: [{ path: null, locations: error.locations, message: error.message }] }, arrival, {});
      return;
    }
    const responseHeaders: Record<string, string> = {};
    const caller = {
      mode,
      identity,
      request: new RequestFacts(api.realm, headers),
      environment: api.environment,
      givenVariables: given.variables,
      responseHeaders,
      deadline: new Deadline(),
      ...(log?.tracesFields === true && { traceField: log.traced.bind(log) }),
    };
    const plan = operation.plan(variables);
    const execution = new Execution(plan, {
      caller,
      variables,
      resolverCountLimit: api.resolverCountLimit,
      log: this.log,
      done: (answer) => {
        this.running.delete(running);
        log?.failed(answer.errors ?? []);
        send(response, answer, arrival, responseHeaders);
      },
    });
    const running: Running = { execution, endsAt: performance.now() + this.timeoutMs };
    this.running.add(running);
    execution.start();
  }

  private timeOut(): void {
    const now = performance.now();
    for (const running of this.running) {
      if (running.endsAt > now) return;
      this.running.delete(running);
      running.execution.timeOut();
    }
  }
}

/** When a request began, and how large it was. */
interface Arrival {
  /** @unit ms, as `performance.now` */
  readonly at: number;
  readonly bytes: number;
}

function send(
  response: http.ServerResponse,
  answer: ExecutionResult,
  { at, bytes }: Arrival,
  headers: Readonly<Record<string, string>>,
): void {
  const body = JSON.stringify(answer);
  const tokens = String(tokensConsumed(bytes + body.length, performance.now() - at));
  write(response, 200, body, { 'x-amzn-appsync-tokensconsumed': tokens, ...headers });
}

function refuse(response: http.ServerResponse, { status, code, message }: RequestError): void {
  write(response, status, JSON.stringify({ errors: [{ errorType: code, message }] }), { 'x-amzn-errortype': code });
}

function write(response: http.ServerResponse, status: number, body: string, headers: Readonly<Record<string, string>>): void {
  compress(response.req.headers, body, (content, added) => {
    writeContent(response, status, content, { ...added, ...headers });
  });
}

function writeContent(
  response: http.ServerResponse,
  status: number,
  content: string | Buffer,
  headers: Readonly<Record<string, string>>,
): void {
  if (response.headersSent) return;
  const log = LOGS.get(response);
  // Each header costs time to check and write, so those for browsers go to browsers only.
  const fromBrowser = response.req.headers.origin !== undefined;
  const sent = {
    'content-type': 'application/json;charset=UTF-8',
    'content-length': Buffer.byteLength(content),
    'x-amzn-requestid': log?.requestId ?? randomUUID(),
    ...(fromBrowser ? CROSS_ORIGIN : undefined),
    ...headers,
  };
  response.writeHead(status, sent);
  response.end(content);
  log?.end(status, sent);
}

/** The log of each request that is being answered. */
const LOGS = new WeakMap<http.ServerResponse, RequestLog>();

const CROSS_ORIGIN = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'x-amzn-RequestId,x-amzn-ErrorType,x-amzn-appsync-TokensConsumed',
};

function preflight(request: http.IncomingMessage, response: http.ServerResponse): void {
  response.writeHead(200, {
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET,POST,OPTIONS',
    'access-control-allow-headers': request.headers['access-control-request-headers'] ?? '*',
    'access-control-max-age': '172800',
    'content-length': 0,
  });
  response.end();
}
