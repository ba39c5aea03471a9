import type { IncomingMessage, ServerResponse } from 'node:http';
import { ServiceError, errorStack } from '../../errors.ts';
import type { LoopbackServer } from '../../http/loopback-server.ts';
import { readBody, startLoopbackServer } from '../../http/loopback-server.ts';
import type { SigningCredentials } from '../../http/signature-v4.ts';
import { SignatureError, verify } from '../../http/signature-v4.ts';
import type { CorsDefinition, HttpApiDefinition, RouteDefinition } from './definition.ts';
import type { RequestHome } from './event.ts';
import { proxyResponse, proxyEvent } from './event.ts';
import { Routes } from './route.ts';

/** Largest body. @unit bytes @source API Gateway quotas for HTTP APIs: payload size 10 MB */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

export interface HttpApiOptions {
  /** 0: any free port. */
  readonly port: number;
  readonly credentials: SigningCredentials;
  readonly region: string;
  readonly accountId: string;
  /** @throws ServiceError when the function cannot be invoked */
  invoke(this: void, functionArn: string, event: string): Promise<{ readonly payload: string; readonly functionError?: string }>;
  log(this: void, line: string): void;
}

/** Serve an HTTP API of API Gateway: routes, IAM authorization, throttling and CORS as declared. */
export function startHttpApi(definition: HttpApiDefinition, options: HttpApiOptions): Promise<LoopbackServer> {
  const api = new HttpApi(definition, options);
  const { allowOrigins = [] } = definition.cors ?? {};
  const admits = (origin: string) => allowOrigins.some((pattern) => matches(pattern, origin));
  return startLoopbackServer({ port: options.port, admits }, (request, response) => api.handle(request, response));
}

class HttpApi {
  private readonly routes: Routes;
  private readonly home: RequestHome;
  private readonly bucket: TokenBucket | undefined;

  constructor(
    private readonly definition: HttpApiDefinition,
    private readonly options: HttpApiOptions,
  ) {
    const { throttle, routes, apiId, stageVariables } = definition;
    this.routes = new Routes(routes);
    this.home = { accountId: options.accountId, region: options.region, apiId, stageVariables };
    this.bucket = throttle && new TokenBucket(throttle.ratePerSecond, throttle.burst);
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { cors } = this.definition;
      for (const [name, value] of Object.entries(cors ? corsHeaders(cors, request) : {})) response.setHeader(name, value);
      if (cors && isPreflight(request)) response.writeHead(204).end();
      else await this.forward(request, response);
    } catch (error) {
      const refusal = error instanceof ServiceError ? error.statusCode : 500;
      if (refusal === 500) this.options.log(`api gateway failed: ${errorStack(error)}`);
      // A body that was not read to its end would be taken for the next request on this connection.
      if (!request.complete) response.shouldKeepAlive = false;
      if (refusal === 413) sendMessage(response, 413, 'Request Entity Too Large');
      else if (refusal === 429) sendMessage(response, 503, 'Service Unavailable');
      else sendMessage(response, 500, 'Internal Server Error');
    }
  }

  private async forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '/' } = request;
    const matched = this.routes.match(method, url.split('?')[0] ?? '/');
    const body = await readBody(request, MAX_BODY_BYTES);
    if (matched === undefined) {
      sendMessage(response, 404, 'Not Found');
      return;
    }
    const caller = this.authorize(matched.route, request, body);
    if (caller.refused) {
      sendMessage(response, 403, 'Forbidden');
      return;
    }
    if (this.bucket?.take() === false) {
      sendMessage(response, 429, 'Too Many Requests');
      return;
    }
    const event = JSON.stringify(proxyEvent(request, { body, matched, home: this.home, accessKeyId: caller.accessKeyId }));
    const invocation = this.options.invoke(matched.route.functionArn, event);
    const outcome = await withTimeout(invocation, matched.route.timeoutMilliseconds);
    if (outcome === undefined) {
      sendMessage(response, 503, 'Service Unavailable');
      return;
    }
    const answer = outcome.functionError === undefined ? proxyResponse(outcome.payload) : undefined;
    if (answer === undefined) {
      sendMessage(response, 500, 'Internal Server Error');
      return;
    }
    const cookies = answer.cookies.length > 0 ? { 'set-cookie': [...answer.cookies] } : {};
    response.writeHead(answer.statusCode, { ...answer.headers, ...cookies, 'content-length': answer.body.length });
    response.end(request.method === 'HEAD' ? undefined : answer.body);
  }

  private authorize(
    route: RouteDefinition,
    request: IncomingMessage,
    body: Buffer,
  ): { readonly refused: boolean; readonly accessKeyId?: string } {
    if (route.authorization === 'NONE') return { refused: false };
    const { method = '', url: rawUrl = '', headers } = request;
    const { credentials, region } = this.options;
    try {
      const { accessKeyId } = verify({ method, rawUrl, headers, body }, { credentials, region, service: 'execute-api' });
      return { refused: false, accessKeyId };
    } catch (error) {
      if (error instanceof SignatureError) return { refused: true };
      throw error;
    }
  }
}

/** Requests per second with a burst, as API Gateway throttles. */
class TokenBucket {
  private tokens: number;
  private filledAt = performance.now();

  constructor(
    private readonly ratePerSecond: number,
    private readonly burst: number,
  ) {
    this.tokens = burst;
  }

  take(): boolean {
    const now = performance.now();
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.filledAt) / 1000) * this.ratePerSecond);
    this.filledAt = now;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}

async function withTimeout<T>(work: Promise<T>, milliseconds: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, milliseconds, undefined);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
}

/** None when the origin is not allowed: the browser then refuses. */
function corsHeaders(cors: CorsDefinition, request: IncomingMessage): Record<string, string> {
  const { origin } = request.headers;
  const allowed = origin !== undefined && cors.allowOrigins.some((pattern) => matches(pattern, origin));
  if (!allowed) return {};
  const list = (values: readonly string[]): string => values.join(',');
  const always = {
    'access-control-allow-origin': cors.allowOrigins.includes('*') ? '*' : origin,
    ...(cors.allowCredentials && { 'access-control-allow-credentials': 'true' }),
    ...(cors.exposeHeaders.length > 0 && { 'access-control-expose-headers': list(cors.exposeHeaders) }),
  };
  if (!isPreflight(request)) return always;
  return {
    ...always,
    'access-control-allow-methods': list(cors.allowMethods),
    'access-control-allow-headers': list(cors.allowHeaders),
    ...(cors.maxAgeSeconds !== undefined && { 'access-control-max-age': String(cors.maxAgeSeconds) }),
  };
}

/** `*`, an origin, or one with a star in place of its beginning, such as `https://*`. */
function matches(pattern: string, origin: string): boolean {
  return pattern === '*' || pattern === origin || (pattern.endsWith('*') && origin.startsWith(pattern.slice(0, -1)));
}

function sendMessage(response: ServerResponse, statusCode: number, message: string): void {
  const body = JSON.stringify({ message });
  response.writeHead(statusCode, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
}
