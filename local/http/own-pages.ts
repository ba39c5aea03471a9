import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';

/** Names that lead to this machine whatever a name server says: browsers and resolvers answer them themselves (RFC 6761). */
const LOCAL_HOST = /^(?:127\.0\.0\.1|\[::1\]|(?:[^:/@\s]+\.)?localhost)(?::\d{1,5})?$/i;

/**
 * Why a request is not answered: it comes from a page of another site that is open in a browser on this machine.
 *
 * @remarks Such a page reaches the loopback in two ways: by a name of its own that it lets lead here (then `Host` is that name), and
 * by our address (then `Origin`, or `Sec-Fetch-Site` where there is none, says whose page it is). No other program sends those.
 * A link to a page of ours may be followed.
 *
 * @returns undefined when it may be answered
 */
function refusalReason(headers: IncomingHttpHeaders, admits: (origin: string) => boolean): string | undefined {
  const { host = '', origin } = headers;
  if (!LOCAL_HOST.test(host)) return `the header host: write 127.0.0.1, localhost or a name under localhost: got "${host}"`;
  if (origin !== undefined && admits(origin)) return undefined;
  if (origin !== undefined && !isLocalOrigin(origin))
    return `the header origin: only pages of this machine may ask, those of http://localhost: got "${origin}"`;
  if (headers['sec-fetch-site'] === 'cross-site' && headers['sec-fetch-mode'] !== 'navigate')
    return 'the header sec-fetch-site: only pages of this machine may ask, those of http://localhost: got "cross-site"';
  return undefined;
}

function isLocalOrigin(origin: string): boolean {
  const [, host = ''] = /^https?:\/\/(.*)$/i.exec(origin) ?? [];
  return LOCAL_HOST.test(host);
}

/**
 * Every HTTP server of the stack is made here, so that none answers a page of another site.
 *
 * @param admits - whether the service itself lets pages of this origin in, as the template says. @default none
 */
export function createLocalServer(
  options: ServerOptions,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  admits: (origin: string) => boolean = () => false,
): Server {
  return createServer(options, (request, response) => {
    const reason = refusalReason(request.headers, admits);
    if (reason === undefined) answer(request, response);
    else refuse(request, response, reason);
  });
}

function refuse(request: IncomingMessage, response: ServerResponse, message: string): void {
  request.resume();
  const body = `${JSON.stringify({ __type: 'ForeignPage', message })}\n`;
  response.writeHead(403, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
    connection: 'close',
  });
  response.end(body);
}
