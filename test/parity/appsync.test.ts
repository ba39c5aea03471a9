import { describe, expect, test } from 'vitest';
import { API_KEY, givenApi } from '@tillgraph/local-aws/testing/appsync-fixture';
import { isRemote } from '@tillgraph/local-aws/testing/remote';
import { answersAsHere } from '../../infra/confirm/api/parity.ts';
import { PARITY_CASES, PARITY_RESOLVERS, PARITY_SCHEMA } from '../../infra/confirm/api/parity-cases.ts';

/**
 * The same claims against our API and, with PARITY_REMOTE=aws, against one on AWS that has `PARITY_SCHEMA` and these resolvers on a data
 * source of the type NONE: PARITY_GRAPHQL_URL is its address and PARITY_API_KEY a key of it.
 */
const remote = { url: process.env['PARITY_GRAPHQL_URL'], key: process.env['PARITY_API_KEY'] ?? '' };

const resolvers = Object.fromEntries(Object.entries(PARITY_RESOLVERS).map(([field, code]) => [`Query.${field}`, code]));

async function answerTo(query: string, variables: unknown, apiKey?: string) {
  const api = isRemote ? undefined : await givenApi({ schema: PARITY_SCHEMA, resolvers });
  const response = await fetch(api?.graphqlUrl ?? remote.url ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': apiKey ?? (isRemote ? remote.key : API_KEY) },
    body: JSON.stringify({ query, variables }),
  });
  const body = JSON.parse((await response.text()).replaceAll(/,"sourceName":null/g, '')) as Record<string, unknown>;
  return { status: response.status, errorType: response.headers.get('x-amzn-errortype'), body };
}

describe.skipIf(isRemote && remote.url === undefined)('AppSync', () => {
  test.each(PARITY_CASES)('$id', async ({ query, variables, status = 200, errors, data }) => {
    const answer = await answerTo(query, variables);

    expect(answer.status).toBe(status);
    expect(answer.body['errors']).toEqual(errors);
    if (status === 200) expect(answer.body['data']).toEqual(data ?? null);
  });

  test('the kit finds every answer to be as here, and another one not', async () => {
    const asText = async (query: string, variables?: object) => {
      const { status, body } = await answerTo(query, variables);
      return { status, body: JSON.stringify(body) };
    };
    const [first, second] = PARITY_CASES;
    const seen = await Promise.all(PARITY_CASES.map((one) => answersAsHere(one, asText)));

    expect(seen.filter(({ holds }) => !holds)).toEqual([]);
    expect(await answersAsHere(first!, () => asText(second!.query))).toMatchObject({ holds: false });
  });

  test('appsync-unknown-key is 401 with its name in the header', async () => {
    const answer = await answerTo('{ loop }', {}, 'da2-nobody');

    expect(answer).toEqual({
      status: 401,
      errorType: 'UnauthorizedException',
      body: { errors: [{ errorType: 'UnauthorizedException', message: 'You are not authorized to make this call.' }] },
    });
  });
});
