import http from 'node:http';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { tokensConsumed } from './compression.ts';
import { API_KEY, givenApi, value } from '../../testing/appsync-fixture.ts';

const schema = 'type Query { short: String  long: String }';
const resolvers = { 'Query.short': value('"s"'), 'Query.long': value(`"${'l'.repeat(2000)}"`) };

/** The bytes of an answer, as they came. */
async function bytesOf(url: string, query: string, headers: Record<string, string>) {
  return new Promise<{ headers: http.IncomingHttpHeaders; body: Buffer }>((resolve, reject) => {
    const request = http.request(
      url,
      { method: 'POST', headers: { 'content-type': 'application/json', 'x-api-key': API_KEY, ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          resolve({ headers: response.headers, body: Buffer.concat(chunks) });
        });
      },
    );
    request.on('error', reject);
    request.end(JSON.stringify({ query }));
  });
}

describe('an answer', () => {
  const cases: [what: string, query: string, accepted: Record<string, string>, encoding: string | undefined][] = [
    ['of 1,000 bytes and more, for a client that takes gzip', '{ long }', { 'accept-encoding': 'br, GZIP;q=0.5' }, 'gzip'],
    ['of less', '{ short }', { 'accept-encoding': 'gzip' }, undefined],
    ['for a client that does not say so', '{ long }', {}, undefined],
    ['for a client that refuses it', '{ long }', { 'accept-encoding': 'br, gzip;q=0' }, undefined],
  ];

  test.each(cases)('%s is compressed or not', async (_what, query, accepted, encoding) => {
    const api = await givenApi({ schema, resolvers });

    const { headers, body } = await bytesOf(api.graphqlUrl, query, accepted);

    expect(headers['content-encoding']).toBe(encoding);
    expect(Number(headers['content-length'])).toBe(body.length);
    const text = (encoding === undefined ? body : gunzipSync(body)).toString();
    expect(JSON.parse(text)).toEqual({ data: query === '{ long }' ? { long: 'l'.repeat(2000) } : { short: 's' } });
  });

  test('says what it cost in tokens, unless the request was refused', async () => {
    const api = await givenApi({ schema, resolvers });

    const [answered, refused] = await Promise.all([api.ask('{ short }'), api.post('{}', {})]);

    expect(answered.headers.get('x-amzn-appsync-tokensconsumed')).toBe('1');
    expect(refused.headers.get('x-amzn-appsync-tokensconsumed')).toBeNull();
  });
});

test('1,500 KB-seconds are one token, and more are more', () => {
  const tokens = [tokensConsumed(100, 5), tokensConsumed(1500 * 1024, 1000), tokensConsumed(3350 * 1024, 1000)];

  expect(tokens).toEqual([1, 1, 3]);
});
