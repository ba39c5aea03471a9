import { expect, test } from 'vitest';
import type { ApiLogging } from './request-log.ts';
import { API_KEY, code, givenApi, value } from '../../testing/appsync-fixture.ts';

const schema = 'type Query { thing: Thing  bad: String! } type Thing { id: ID  name: String }';
const resolvers = {
  'Query.thing': value('{ id: 1 }'),
  'Thing.name': value('"n"'),
  'Query.bad': code({ response: 'util.error("went wrong", "Bad", null, { hint: 1 });' }),
};
type Line = string | Record<string, unknown>;

/** What a request leaves in the log, and the id that its answer has. */
async function logged(logging: ApiLogging, ask: (api: Awaited<ReturnType<typeof givenApi>>) => Promise<{ headers: Headers }>) {
  const texts: string[] = [];
  const api = await givenApi({ schema, resolvers, logging, surroundings: { writeLog: (lines) => texts.push(lines) } });
  const { headers } = await ask(api);
  const id = headers.get('x-amzn-requestid') ?? '';
  const lines = texts
    .join('')
    .split('\n')
    .slice(0, -1)
    .map((line): Line => (line.startsWith('{') ? (JSON.parse(line) as Record<string, unknown>) : line));
  expect(lines.every((line) => (typeof line === 'string' ? line.startsWith(id) : line['requestId'] === id))).toBe(true);
  return lines.map((line) => (typeof line === 'string' ? line.slice(id.length + 1) : line));
}

const whole = { path: expect.any(Array) as unknown, requestId: expect.any(String) as string, graphQLAPIId: 'fixture' };
const number = expect.any(Number) as number;

test('with errors alone and no verbose content, it has summaries and the fields in error', async () => {
  const lines = await logged({ fieldLogLevel: 'ERROR', excludeVerboseContent: true }, (api) =>
    api.ask('{ thing { id name } bad }'),
  );

  expect(lines).toEqual([
    {
      ...{ logType: 'GraphQLFieldRuntimeError', fieldInError: true, ...whole, path: ['bad'], fieldName: 'bad' },
      errors: ['CustomTemplateException(message=went wrong, errorType=Bad, data=null, errorInfo={hint=1})'],
    },
    {
      ...{ logType: 'ExecutionSummary', duration: number, version: 1, requestId: whole.requestId, graphQLAPIId: 'fixture' },
      ...{ startTime: expect.stringMatching(/Z$/) as string, endTime: expect.stringMatching(/Z$/) as string },
      ...{ parsing: { startOffset: 0, duration: number }, validation: { startOffset: number, duration: number } },
    },
    { logType: 'RequestSummary', statusCode: 200, latency: number, requestId: whole.requestId, graphQLAPIId: 'fixture' },
  ]);
});

test('with everything, it traces each field of a resolver and quotes requests, keys cut short', async () => {
  const lines = await logged({ fieldLogLevel: 'ALL', excludeVerboseContent: false }, (api) =>
    api.ask('{ thing { id name } }', { a: 1 }),
  );

  const events = lines.filter((line) => typeof line === 'object');
  expect(events.map(({ logType }) => logType)).toEqual(['Tracing', 'Tracing', 'ExecutionSummary', 'RequestSummary']);
  expect(events[1]).toEqual({
    ...{ logType: 'Tracing', ...whole, path: ['thing', 'name'], fieldName: 'name', parentType: 'Thing', returnType: 'String' },
    ...{ duration: number, startOffset: number },
    resolverArn: 'arn:aws:appsync:us-east-1:000000000000:apis/fixture/types/Thing/fields/name',
  });
  const words = lines.filter((line) => typeof line === 'string');
  expect(words.map((line) => line.split(':')[0])).toEqual([
    ...['Begin Request', 'Request Headers', 'GraphQL Query', 'Tokens Consumed', 'Response Headers', 'End Request'],
  ]);
  expect(words[2]).toBe('GraphQL Query: { thing { id name } }, Operation: null, Variables: {"a":1}');
  expect(words[1]).toContain('x-api-key=[****ture]');
  expect(words.join()).not.toContain(API_KEY);
});

test('a request that is refused has its status, and no execution', async () => {
  const lines = await logged({ fieldLogLevel: 'NONE', excludeVerboseContent: true }, (api) => api.post('{}', {}));

  expect(lines).toEqual([
    { logType: 'RequestSummary', statusCode: 401, latency: number, requestId: whole.requestId, graphQLAPIId: 'fixture' },
  ]);
});

test('an API that declares no log writes none', async () => {
  const texts: string[] = [];
  const api = await givenApi({ schema, resolvers, surroundings: { writeLog: (lines) => texts.push(lines) } });

  await api.ask('{ thing { id } }');

  expect(texts).toEqual([]);
});
