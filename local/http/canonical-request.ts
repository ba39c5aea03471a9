// The parts of Signature Version 4's canonical request that need care.

const MUST_ESCAPE = /[!'()*]/g;

/** Percent-encodes all but the unreserved characters of RFC 3986. */
function escapeUri(text: string): string {
  return encodeURIComponent(text).replace(MUST_ESCAPE, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/**
 * The path as it is signed: S3 signs it as it came, every other service removes dot and empty segments and encodes once more.
 *
 * @param path - already encoded once, as on the wire
 */
export function canonicalPath(path: string, service: string): string {
  if (path === '/' || path === '') return '/';
  if (service === 's3') return path;
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  if (segments.length === 0) return '/';
  return escapeUri(`/${segments.join('/')}${path.endsWith('/') ? '/' : ''}`).replaceAll('%2F', '/');
}

/** The query as it is signed: encoded, sorted by name then value, without the signature itself. @param query - without `?` */
export function canonicalQuery(query: string): string {
  if (query === '') return '';
  const pairs: [name: string, value: string][] = [];
  for (const part of query.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = equals === -1 ? part : part.slice(0, equals);
    if (name === 'X-Amz-Signature') continue;
    pairs.push([reencode(name), equals === -1 ? '' : reencode(part.slice(equals + 1))]);
  }
  pairs.sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0));
  return pairs.map(([name, value]) => `${name}=${value}`).join('&');
}

function reencode(text: string): string {
  try {
    // Java's clients send a blank as a plus sign, and sign it as a blank; a true plus sign comes as %2B.
    return escapeUri(decodeURIComponent(text.replaceAll('+', ' ')));
  } catch {
    return escapeUri(text); // a stray percent sign stands for itself
  }
}

/** A header value without outer blanks, inner runs of blanks as one. */
export function trimAll(value: string): string {
  return value.includes('  ') || value.includes('\t') ? value.replace(/[ \t]+/g, ' ').trim() : value.trim();
}

const UNSIGNABLE = new Set([
  'authorization',
  'cache-control',
  'connection',
  'expect',
  'from',
  'keep-alive',
  'max-forwards',
  'pragma',
  'referer',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'x-amzn-trace-id',
]);

/** Whether proxies may change this header on the way, so that it is not signed. @param name - in lower case */
export function isUnsignable(name: string): boolean {
  return UNSIGNABLE.has(name) || name.startsWith('proxy-') || name.startsWith('sec-');
}
