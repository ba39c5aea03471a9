import { codeError } from './errors.ts';

/** Names that `util.http.copyHeaders` leaves out. @source AppSync developer guide, "HTTP helpers in util.http" */
const FORBIDDEN_REQUEST_HEADERS: ReadonlySet<string> = new Set([
  ...['transfer-encoding', 'connection', 'host', 'expect', 'keep-alive', 'upgrade', 'proxy-authenticate', 'proxy-authorization'],
  ...['te', 'content-length'],
]);

/** Names that a resolver may not answer with. @source as above */
const FORBIDDEN_RESPONSE_HEADERS: ReadonlySet<string> = new Set([
  ...[
    'accept',
    'content-type',
    'content-length',
    'content-encoding',
    'transfer-encoding',
    'connection',
    'date',
    'host',
    'server',
  ],
  ...['keep-alive', 'te', 'trailer', 'upgrade', 'via', 'x-cache', 'access-control-allow-origin', 'access-control-expose-headers'],
]);

/** All names and values of a resolver's response headers together. @unit bytes @source as above */
const MAX_ADDED_BYTES = 4096;

export function copyHeaders(headers: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !FORBIDDEN_REQUEST_HEADERS.has(name.toLowerCase())));
}

/** Adds to the headers of the answer; a later value of the same name replaces an earlier one. */
export function addResponseHeader(answer: Record<string, string>, name: string, value: unknown): void {
  const lower = name.toLowerCase();
  if (FORBIDDEN_RESPONSE_HEADERS.has(lower) || lower.startsWith('x-amz')) {
    throw codeError(`util.http.addResponseHeader: the header ${name} is AWS's own: write another name`);
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (!/^[!#$%&'*+.^`|~\w-]+$/.test(name) || !/^[\t\x20-\x7E\x80-\xFF]*$/.test(text)) {
    throw codeError(`util.http.addResponseHeader: not a header: ${name}: ${text}`);
  }
  answer[lower] = text;
  const bytes = Object.entries(answer).reduce((sum, [key, own]) => sum + key.length + own.length, 0);
  if (bytes > MAX_ADDED_BYTES) {
    throw codeError(
      `util.http.addResponseHeader: all headers may have ${String(MAX_ADDED_BYTES)} bytes: they have ${String(bytes)}`,
    );
  }
}
