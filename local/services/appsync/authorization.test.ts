import { describe, expect, test } from 'vitest';
import type { AuthenticationMode } from './definition.ts';
import { sign, type RequestToSign } from '../../http/signature-v4.ts';
import { API_KEY, credentials, givenApi, value, type Fixture } from '../../testing/appsync-fixture.ts';

const schema = `
  type Query {
    unmarked: String
    forKey: String @aws_api_key
    forIam: String @aws_iam
    forBoth: String @aws_api_key @aws_iam
    other: String @aws_oidc
    thing: Thing @aws_api_key @aws_iam
    open: Open @aws_api_key @aws_iam
  }
  type Thing { id: ID }
  type Open @aws_api_key @aws_iam { id: ID  secret: ID @aws_iam }
`;
const resolvers = {
  'Query.unmarked': value('"u"'),
  'Query.forKey': value('"k"'),
  'Query.forIam': value('"i"'),
  'Query.forBoth': value('"b"'),
  'Query.other': value('"o"'),
  'Query.thing': value('{ id: 1 }'),
  'Query.open': value('{ id: 1, secret: 2 }'),
};
const everything = '{ unmarked forKey forIam forBoth other thing { id } open { id secret } }';
const modes = (
  defaultAuthentication: AuthenticationMode,
): Pick<Fixture, 'defaultAuthentication' | 'additionalAuthentication'> => ({
  defaultAuthentication,
  additionalAuthentication: [defaultAuthentication === 'API_KEY' ? 'AWS_IAM' : 'API_KEY'],
});

describe('a field', () => {
  test('opens to the modes of its directives, else of its type’s, else to the default mode', async () => {
    const api = await givenApi({ schema, resolvers, ...modes('AWS_IAM') });

    const [withKey, signed] = await Promise.all([api.ask(everything), api.askSigned(everything)]);

    expect(withKey.data).toEqual({
      unmarked: null,
      forKey: 'k',
      forIam: null,
      forBoth: 'b',
      other: null,
      thing: { id: null },
      open: { id: '1', secret: null },
    });
    expect(signed.data).toEqual({
      unmarked: 'u',
      forKey: null,
      forIam: 'i',
      forBoth: 'b',
      other: null,
      thing: { id: '1' },
      open: { id: '1', secret: '2' },
    });
  });

  test('that is closed is null, with an error of type Unauthorized', async () => {
    const api = await givenApi({ schema, resolvers, ...modes('AWS_IAM') });

    const { status, errors, headers } = await api.ask('{ thing { id } }');

    expect({ status, header: headers.get('x-amzn-errortype') }).toEqual({ status: 200, header: null });
    expect(errors).toEqual([
      {
        path: ['thing', 'id'],
        data: null,
        errorType: 'Unauthorized',
        errorInfo: null,
        locations: [{ line: 1, column: 11, sourceName: null }],
        message: 'Not Authorized to access id on type Thing',
      },
    ]);
  });
});

describe('a request', () => {
  const refusals: [what: string, headers: Record<string, string>, message: RegExp][] = [
    ['without credentials', {}, /Missing authorization header/],
    ['with an unknown key', { 'x-api-key': 'da2-unknown' }, /not authorized to make this call/],
    ['with an expired key', { 'x-api-key': 'da2-old' }, /not authorized to make this call/],
    ['with a token of another mode', { authorization: 'Bearer abc' }, /Valid authorization header not provided/],
  ];

  test.each(refusals)('%s is refused with 401 before the query is read', async (_what, headers, message) => {
    const api = await givenApi({ schema, apiKeys: [{ value: API_KEY }, { value: 'da2-old', expiresAt: 1_000_000_000 }] });

    const answer = await api.post('not even JSON', headers);

    expect({ status: answer.status, header: answer.headers.get('x-amzn-errortype') }).toEqual({
      status: 401,
      header: 'UnauthorizedException',
    });
    expect(answer.errors).toEqual([{ errorType: 'UnauthorizedException', message: expect.stringMatching(message) as string }]);
  });

  test('in a mode that the API has not is refused', async () => {
    const api = await givenApi({ schema, resolvers, additionalAuthentication: [] });

    const { status, errors } = await api.askSigned('{ unmarked }');

    expect(status).toBe(401);
    expect(errors[0]?.message).toContain('AWS_IAM');
  });

  test('with a key that expires later is answered', async () => {
    const api = await givenApi({
      schema,
      resolvers,
      apiKeys: [{ value: API_KEY, expiresAt: Math.ceil(Date.now() / 1000) + 60 }],
    });

    const { data } = await api.ask('{ forKey }');

    expect(data).toEqual({ forKey: 'k' });
  });
});

describe('a signature', () => {
  const body = JSON.stringify({ query: '{ forIam }' });
  const spoilt: [what: string, spoil: Partial<RequestToSign>, code: string, message: RegExp][] = [
    [
      'by an unknown key',
      { credentials: { ...credentials, accessKeyId: 'AKIDELSE' } },
      'UnrecognizedClientException',
      /^The security token included in the request is invalid\.$/,
    ],
    [
      'of an unknown session',
      { credentials: { ...credentials, sessionToken: 'else' } },
      'UnrecognizedClientException',
      /security token/,
    ],
    [
      'with another secret',
      { credentials: { ...credentials, secretAccessKey: 'else' } },
      'InvalidSignatureException',
      /^The request signature we calculated does not match the signature you provided\. .*Consult the service documentation for details\.$/,
    ],
    ['of another body', { body: '{}' }, 'InvalidSignatureException', /signature we calculated/],
    ['for another service', { service: 'execute-api' }, 'InvalidSignatureException', /correct service: 'appsync'/],
    ['for another region', { region: 'eu-west-1' }, 'InvalidSignatureException', /valid region, not 'eu-west-1'/],
    [
      'of an hour ago',
      { date: new Date(Date.now() - 3_600_000) },
      'InvalidSignatureException',
      /^Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 15 min\.\)$/,
    ],
    ['of tomorrow', { date: new Date(Date.now() + 86_400_000) }, 'InvalidSignatureException', /^Signature not yet current: /],
  ];

  test.each(spoilt)('%s is refused with 403 and its own name', async (_what, spoil, code, message) => {
    const api = await givenApi({ schema, resolvers });
    const headers = { 'content-type': 'application/json' };
    const signed = sign({
      method: 'POST',
      url: api.graphqlUrl,
      headers,
      body,
      credentials,
      region: 'us-east-1',
      service: 'appsync',
      ...spoil,
    });

    const answer = await api.post(body, signed);

    expect([answer.status, answer.headers.get('x-amzn-errortype')]).toEqual([403, code]);
    expect(JSON.parse(answer.text)).toEqual({ errors: [{ errorType: code, message: expect.stringMatching(message) as string }] });
  });

  test('that lacks its parts is refused, even beside a key', async () => {
    const api = await givenApi({ schema, resolvers });

    const { status, errors } = await api.post(body, { authorization: 'AWS4-HMAC-SHA256 Credential=x', 'x-api-key': API_KEY });

    expect(status).toBe(403);
    expect(errors[0]?.errorType).toBe('IncompleteSignatureException');
  });
});

test('a signed caller has an identity', async () => {
  const api = await givenApi({
    schema: 'type Query { who: AWSJSON }',
    resolvers: { 'Query.who': value('[ctx.identity, util.authType()]') },
    ...modes('AWS_IAM'),
  });

  const { data } = await api.askSigned('{ who }');

  expect(JSON.parse(data?.['who'] as string)).toEqual([
    {
      accountId: '000000000000',
      cognitoIdentityPoolId: null,
      cognitoIdentityId: null,
      sourceIp: ['127.0.0.1'],
      username: 'AKIDLOCAL',
      userArn: 'arn:aws:iam::000000000000:user/local',
      cognitoIdentityAuthType: null,
      cognitoIdentityAuthProvider: null,
    },
    'IAM Authorization',
  ]);
});
