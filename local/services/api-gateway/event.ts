import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { MatchedRoute } from './route.ts';

export interface RequestHome {
  readonly accountId: string;
  readonly apiId: string;
  readonly region: string;
  readonly stageVariables: Readonly<Record<string, string>>;
}

/** Bodies that a function gets as they are; all others come in base64. */
const TEXT = /^(text\/|application\/(json|javascript|xml)\b|application\/[^;]*\+(json|xml)\b)/i;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * The event of a Lambda proxy integration, payload format 2.0.
 *
 * @param accessKeyId - who signed, for routes with IAM authorization
 * @source API Gateway developer guide, "Create AWS Lambda proxy integrations for HTTP APIs"
 */
export function proxyEvent(
  request: IncomingMessage,
  {
    body,
    matched: { route, pathParameters },
    home,
    accessKeyId,
    now = new Date(),
  }: {
    readonly body: Buffer;
    readonly matched: MatchedRoute;
    readonly home: RequestHome;
    readonly accessKeyId: string | undefined;
    readonly now?: Date | undefined;
  },
): Record<string, unknown> {
  const { method = '', url = '/' } = request;
  const questionMark = url.indexOf('?');
  const rawPath = questionMark === -1 ? url : url.slice(0, questionMark);
  const rawQueryString = questionMark === -1 ? '' : url.slice(questionMark + 1);
  const headers = headersOf(request);
  const cookies = request.headers.cookie?.split(/; */);
  const query = queryOf(rawQueryString);
  const isText = TEXT.test(headers['content-type'] ?? '');
  return {
    version: '2.0',
    routeKey: route.key,
    rawPath,
    rawQueryString,
    ...(cookies && { cookies }),
    headers,
    ...(query && { queryStringParameters: query }),
    requestContext: {
      accountId: home.accountId,
      apiId: home.apiId,
      ...(accessKeyId !== undefined && { authorizer: { iam: identity(accessKeyId, home.accountId) } }),
      domainName: headers['host'] ?? '',
      domainPrefix: home.apiId,
      http: {
        method,
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: route.key,
      stage: '$default',
      time: commonLogTime(now),
      timeEpoch: now.getTime(),
    },
    ...(Object.keys(pathParameters).length > 0 && { pathParameters }),
    ...(Object.keys(home.stageVariables).length > 0 && { stageVariables: home.stageVariables }),
    ...(body.length > 0 && { body: isText ? body.toString('utf8') : body.toString('base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

/** Names in lower case, repeated ones joined; cookies are apart. */
function headersOf(request: IncomingMessage): Record<string, string> {
  const entries = Object.entries(request.headersDistinct).filter(([name, values]) => name !== 'cookie' && values !== undefined);
  return Object.fromEntries(entries.map(([name, values = []]) => [name, values.join(',')]));
}

function queryOf(rawQueryString: string): Record<string, string> | undefined {
  if (rawQueryString === '') return undefined;
  const parameters: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    const present = parameters[name];
    parameters[name] = present === undefined ? value : `${present},${value}`;
  }
  return parameters;
}

function identity(accessKeyId: string, accountId: string): Record<string, unknown> {
  return {
    accessKey: accessKeyId,
    accountId,
    callerId: accessKeyId,
    cognitoIdentity: null,
    principalOrgId: null,
    userArn: `arn:aws:iam::${accountId}:user/local`,
    userId: accessKeyId,
  };
}

/** Such as `12/Mar/2020:19:03:58 +0000`. */
function commonLogTime(now: Date): string {
  const [, time = ''] = now.toISOString().slice(0, 19).split('T');
  const day = String(now.getUTCDate()).padStart(2, '0');
  return `${day}/${MONTHS[now.getUTCMonth()] ?? ''}/${String(now.getUTCFullYear())}:${time} +0000`;
}

/** What goes back over the wire. */
export interface ProxyResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly body: Buffer;
}

/**
 * Read a function's answer. One without `statusCode` is taken for the body, as format 2.0 says.
 *
 * @returns undefined when it cannot be an HTTP answer
 */
export function proxyResponse(payload: string): ProxyResponse | undefined {
  const result: unknown = JSON.parse(payload);
  if (typeof result !== 'object' || result === null || !('statusCode' in result)) {
    const body = Buffer.from(typeof result === 'string' ? result : payload);
    return { statusCode: 200, headers: { 'content-type': 'application/json' }, cookies: [], body };
  }
  const { statusCode, headers = {}, cookies = [], body = '', isBase64Encoded = false } = result as Record<string, unknown>;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599 || typeof headers !== 'object' || !Array.isArray(cookies))
    return undefined;
  if (typeof body !== 'string') return undefined;
  const named = Object.entries((headers ?? {}) as Record<string, unknown>).map(([name, value]) => [
    name.toLowerCase(),
    String(value),
  ]);
  return {
    statusCode: status,
    headers: { 'content-type': 'text/plain;charset=UTF-8', ...(Object.fromEntries(named) as Record<string, string>) },
    cookies: cookies.map(String),
    body: Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8'),
  };
}
