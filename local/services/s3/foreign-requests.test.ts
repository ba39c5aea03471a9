import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ChunkSignatures } from '../../http/chunk-signatures.ts';
import { sign } from '../../http/signature-v4.ts';
import { startS3 } from './service.ts';
import type { S3Service } from './service.ts';
import { LOCAL, temporaryDirectory } from '../../testing/remote.ts';
import { checksumOf, putInChunks, signingKeyOf } from '../../testing/signed-chunks.ts';

const DECLARED = {
  VersioningConfiguration: { Status: 'Enabled' },
  Tags: [{ Key: 'shop', Value: 'tills & more' }],
  MetricsConfigurations: [{ Id: 'raw', Prefix: 'raw/' }],
  NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
  PublicAccessBlockConfiguration: { BlockPublicAcls: true, IgnorePublicAcls: 'true', BlockPublicPolicy: true },
  PolicyDocument: { Statement: [{ Effect: 'Deny', Principal: { AWS: '*' }, Action: 's3:*', Resource: '*' }] },
  LoggingConfiguration: { DestinationBucketName: 'logs', LogFilePrefix: 'access/' },
  OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerPreferred' }] },
  BucketEncryption: {
    ServerSideEncryptionConfiguration: [
      { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'key' } },
    ],
  },
  LifecycleConfiguration: {
    Rules: [
      {
        Id: 'raw',
        Status: 'Enabled',
        Prefix: 'raw/',
        TagFilters: [{ Key: 'a', Value: 'b' }],
        ExpirationInDays: 30,
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
        NoncurrentVersionExpiration: { NoncurrentDays: 3 },
        Transitions: [{ StorageClass: 'GLACIER', TransitionInDays: 10 }],
      },
    ],
  },
};

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let service: S3Service;
beforeAll(async () => {
  directory = await temporaryDirectory();
  service = await startS3({ ...LOCAL, directory: directory.path, port: 0, log: console.error });
  await service.createBucket('bucket');
  await service.createBucket('declared', DECLARED);
});
afterAll(async () => {
  await service.close();
  await directory[Symbol.asyncDispose]();
});

async function sendRaw(method: string, path: string, headers: Record<string, string>, body: string | Buffer = '') {
  const { port } = new URL(service.url);
  const length = Buffer.byteLength(body);
  const call = request({ host: '127.0.0.1', port, method, path, headers: { ...headers, 'content-length': length } });
  call.end(body);
  const [answer] = (await once(call, 'response')) as [IncomingMessage];
  return { status: answer.statusCode, headers: answer.headers, text: await text(answer) };
}

function send(method: string, path: string, headers: Record<string, string> = {}, body = '') {
  return sendRaw(
    method,
    path,
    { ...headers, ...sign({ method, url: service.url + path, headers, body, ...LOCAL, service: 's3' }) },
    body,
  );
}

const codeOf = ({ text: body }: { readonly text: string }) => /<Code>(\w+)<\/Code>/.exec(body)?.[1];

describe('a body in signed chunks', () => {
  // S3 takes less than 8 KiB in the last chunk alone.
  const first = 'hello'.padEnd(8_192, '.');
  const checksum = checksumOf(`${first} world`);
  const trailer = `x-amz-checksum-crc32:${checksum}`;
  const put = async (key: string, change: (body: string) => string, withTrailer = true, more: Record<string, string> = {}) => {
    const path = `/bucket/${key}`;
    const { headers, body } = putInChunks(service.url + path, [first, ' world'], withTrailer ? trailer : undefined, more);
    const answer = await sendRaw('PUT', path, headers, change(body));
    const { status } = await send('HEAD', path);
    return { ...answer, isThere: status === 200 };
  };

  test.each([true, false])('is stored when all is as it was signed (a trailer: %s)', async (withTrailer) => {
    const { status } = await put(`whole-${String(withTrailer)}`, (body) => body, withTrailer);

    expect([status, (await send('GET', `/bucket/whole-${String(withTrailer)}`)).text]).toEqual([200, `${first} world`]);
  });

  test.each<[string, string, (body: string) => string]>([
    ['another byte', 'SignatureDoesNotMatch', (body) => body.replace('hello', 'jello')],
    ['another byte of the last chunk', 'SignatureDoesNotMatch', (body) => body.replace(' world', ' World')],
    ['chunks in another order', 'SignatureDoesNotMatch', (body) => body.replace(/(2000;[^]*?\.\r\n)(6;[^]*?world\r\n)/, '$2$1')],
    ['another signature', 'SignatureDoesNotMatch', (body) => body.replace(/signature=\w{4}/, 'signature=0000')],
    ['no signature', 'SignatureDoesNotMatch', (body) => body.replace(/;chunk-signature=\w+/, '')],
    ['an unsigned end', 'SignatureDoesNotMatch', (body) => body.replace(/0;chunk-signature=\w{4}/, '0;chunk-signature=0000')],
    ['another trailer', 'SignatureDoesNotMatch', (body) => body.replace(checksum, 'AAAAAA==')],
    ['an unsigned trailer', 'SignatureDoesNotMatch', (body) => body.replace(/x-amz-trailer-signature.*\r\n/, '')],
    ['no trailer', 'InvalidRequest', (body) => body.replace(/x-amz-checksum[^]*$/, '\r\n')],
    ['a chunk less', 'SignatureDoesNotMatch', (body) => body.replace(/6;[^]*?world\r\n/, '')],
    ['a last chunk that is cut off', 'IncompleteBody', (body) => body.slice(0, body.indexOf('world'))],
    ['something behind the end', 'IncompleteBody', (body) => `${body}more`],
    ['a second body behind the first', 'IncompleteBody', (body) => body + body],
  ])('with %s is no object', async (what, code, change) => {
    const answer = await put(`altered-${what.replaceAll(' ', '-')}`, change);

    expect([answer.status, codeOf(answer), answer.isThere]).toEqual([code === 'SignatureDoesNotMatch' ? 403 : 400, code, false]);
  });

  test.each(['8197', '8199', '0'])('is no object when it should have %s bytes', async (length) => {
    const answer = await put(`length-${length}`, (body) => body, true, { 'x-amz-decoded-content-length': length });

    expect([answer.status, codeOf(answer), answer.isThere]).toEqual([400, 'IncompleteBody', false]);
  });

  test.each([
    [['hello', ' world'], '2', '5'],
    [[first, 'hello', ' world'], '3', '5'],
    [['h'.repeat(8_191), first], '2', '8191'],
  ])('is no object when a chunk before the last is small', async (chunks, number, size) => {
    const { headers, body } = putInChunks(`${service.url}/bucket/small`, chunks);
    const answer = await sendRaw('PUT', '/bucket/small', headers, body);

    expect([answer.status, codeOf(answer)]).toEqual([400, 'InvalidChunkSizeError']);
    expect(answer.text).toContain(`<Chunk>${number}</Chunk><BadChunkSize>${size}</BadChunkSize>`);
    expect((await send('HEAD', '/bucket/small')).status).toBe(404);
  });

  test('has the signatures of the examples in the documentation of AWS', () => {
    const key = signingKeyOf('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', '20130524', 'us-east-1');
    const at = { key, date: '20130524T000000Z', scope: '20130524/us-east-1/s3/aws4_request' };
    const [long, short, none] = [65_536, 1024, 0].map((length) => hashOf('a'.repeat(length))) as [string, string, string];

    const plain = new ChunkSignatures({ ...at, signature: '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9' });
    const trailed = new ChunkSignatures({ ...at, signature: '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e' });

    expect([
      plain.isChunk(long, 'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648'),
      plain.isChunk(short, '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497'),
      plain.isChunk(none, 'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9'),
    ]).toEqual([true, true, true]);
    expect([
      trailed.isChunk(long, 'b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2'),
      trailed.isChunk(short, '1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7'),
      trailed.isChunk(none, '2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992'),
      trailed.isTrailer(
        hashOf('x-amz-checksum-crc32c:sOO8/Q==\n'),
        'd81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435',
      ),
    ]).toEqual([true, true, true, true]);
  });

  test.each([
    ['STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD', 501, 'NotImplemented'],
    ['STREAMING-SOMETHING', 400, 'InvalidArgument'],
    ['anything', 400, 'InvalidArgument'],
  ])('that is called %s is refused by its name', async (payload, status, code) => {
    const answer = await send('PUT', '/bucket/called', { 'x-amz-content-sha256': payload }, 'body');

    expect([answer.status, codeOf(answer)]).toEqual([status, code]);
    expect(answer.text).toContain(payload);
  });
});

function hashOf(bytes: string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

describe('what a link asks for instead of a header', () => {
  const get = (name: string, value: string) => send('GET', `/bucket/named?response-${name}=${encodeURIComponent(value)}`);
  beforeAll(async () => {
    const [url, body] = [`${service.url}/bucket/named`, 'body'];
    const headers = { 'content-disposition': 'attachment; filename="größe"' };
    const { host: _, ...added } = sign({ method: 'PUT', url, headers, body, ...LOCAL, service: 's3' });
    // Unlike fetch, Node's own client mangles this header when the length of the body is known.
    expect(await fetch(url, { method: 'PUT', headers: { ...headers, ...added }, body })).toMatchObject({ status: 200 });
  });

  const names = ['content-type', 'content-encoding', 'content-language', 'content-disposition', 'cache-control', 'expires'];
  test.each(names)('is its %s, in Latin-1 too', async (name) => {
    const answer = await get(name, 'größe £');

    expect([answer.status, answer.headers[name], answer.text]).toEqual([200, 'größe £', 'body']);
  });

  test.each(names.flatMap((name) => ['größe – 倉', 'a\nb', 'a\r\nset-cookie: b', 'a\u0000b'].map((value) => [name, value])))(
    'is no %s of %j',
    async (name = '', value = '') => {
      const answer = await get(name, value);

      expect([answer.status, codeOf(answer)]).toEqual([400, 'InvalidArgument']);
      expect(answer.text).toContain(`<ArgumentName>response-${name}</ArgumentName>`);
    },
  );

  test('is not needed for an object whose own header is Latin-1', async () => {
    const answer = await send('GET', '/bucket/named');

    expect([answer.status, answer.headers['content-disposition']]).toEqual([200, 'attachment; filename="größe"']);
  });
});

describe('DeleteObjects', () => {
  const remove = (keys: string) => {
    const body = `<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Object><Key>${keys}</Key></Object></Delete>`;
    return send('POST', '/bucket?delete', { 'content-md5': createHash('md5').update(body).digest('base64') }, body);
  };
  test.each([
    '\u0001',
    '\u0010',
    '\u000b',
    '\ufffe',
    '\uffff',
    '&#x1;',
    '&#0;',
    '&#x10;',
    '&#xD800;',
    '&#x110000;',
    '&nothing;',
    'a & b',
  ])('of the key %j is malformed XML, and deletes nothing', async (key) => {
    await send('PUT', `/bucket/${encodeURIComponent('\u0001')}`, {}, 'body');

    const answer = await remove(key);

    expect([answer.status, codeOf(answer)]).toEqual([400, 'MalformedXML']);
    expect((await send('HEAD', '/bucket/%01')).status).toBe(200);
  });

  test.each([
    ['a&#13;b', 'a\rb'],
    ['a&#xD;b', 'a\rb'],
    ['tab&#9;line&#10;', 'tab\tline\n'],
    ['&lt;&amp;&gt;&quot;&apos;', '<&>"\''],
    ['&#x1F384; \u0085\u2028', '🎄 \u0085\u2028'],
  ])('of %j deletes the object, and says so in XML that can be read', async (written, key) => {
    const path = `/bucket/${encodeURIComponent(key)}`;
    await send('PUT', path, {}, 'body');

    const answer = await remove(written);

    expect(answer.status).toBe(200);
    expect((await send('HEAD', path)).status).toBe(404);
  });
});

test.each([
  ['a link', 'GET', '/bucket/named?AWSAccessKeyId=local&Expires=9999999999&Signature=abc%3D', {}],
  ['a header', 'GET', '/bucket/named', { authorization: 'AWS local:frJIUN8DYpKDtOLCwo//yllqDzg=' }],
])('a signature of version 2 in %s hears what to use instead', async (_, method, path, headers) => {
  const answer = await sendRaw(method, path, headers);

  expect([answer.status, codeOf(answer)]).toEqual([400, 'InvalidRequest']);
  expect(answer.text).toContain('The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.');
});

test('buckets are listed by their beginning, and page by page', async () => {
  const names = async (query: string) =>
    [...(await send('GET', `/?${query}`)).text.matchAll(/<Name>(\w+)<\/Name>/g)].map(([, name]) => name);
  const first = (await send('GET', '/?max-buckets=1')).text;
  const token = /<ContinuationToken>(.*)<\/ContinuationToken>/.exec(first)?.[1] ?? '';

  expect(await names('')).toEqual(['bucket', 'declared']);
  expect(first).toContain('<Name>bucket</Name>');
  expect(await names(`max-buckets=1&continuation-token=${token}`)).toEqual(['declared']);
  expect(await names('prefix=dec')).toEqual(['declared']);
  expect(await names('bucket-region=eu-west-1')).toEqual([]);
  expect(codeOf(await send('GET', '/?max-buckets=0'))).toBe('InvalidArgument');
});

test.each(['Tags', 'Bucket', 'Location'])('a bucket that is to be made with %s is refused by name', async (member) => {
  const body = `<CreateBucketConfiguration><${member}><a>b</a></${member}></CreateBucketConfiguration>`;

  const answer = await send('PUT', '/made', {}, body);

  expect([answer.status, codeOf(answer)]).toEqual([501, 'NotImplemented']);
  expect(answer.text).toContain(`${member} in CreateBucket`);
  expect((await send('HEAD', '/made')).status).toBe(404);
});

test('an upload by a form is refused by its name, though it is not signed as others are', async () => {
  const answer = await sendRaw('POST', '/bucket', { 'content-type': 'multipart/form-data; boundary=x' }, '--x--');

  expect([answer.status, codeOf(answer)]).toEqual([501, 'NotImplemented']);
  expect(answer.text).toContain('PostObject');
});

test.each([
  ['x-amz-expected-bucket-owner', LOCAL.accountId, 200, undefined],
  ['x-amz-expected-bucket-owner', '111122223333', 403, 'AccessDenied'],
  ['x-amz-expected-bucket-owner', 'somebody', 400, 'InvalidBucketOwnerAWSAccountID'],
  ['x-amz-source-expected-bucket-owner', '111122223333', 403, 'AccessDenied'],
])('%s: %s is answered with %s', async (name, value, status, code) => {
  const answer = await send('GET', '/bucket?list-type=2&max-keys=1', { [name]: value });

  expect([answer.status, codeOf(answer)]).toEqual([status, code]);
});

describe('a bucket is described', () => {
  const bodyOf = async (path: string) =>
    (await send('GET', path)).text.replace(/^<\?xml.*\?>\n/, '').replace(/ xmlns="[^"]*"/, '');

  test.each([
    ['versioning', '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>'],
    ['tagging', '<Tagging><TagSet><Tag><Key>shop</Key><Value>tills &amp; more</Value></Tag></TagSet></Tagging>'],
    ['metrics&id=raw', '<MetricsConfiguration><Id>raw</Id><Filter><Prefix>raw/</Prefix></Filter></MetricsConfiguration>'],
    [
      'notification',
      '<NotificationConfiguration><EventBridgeConfiguration></EventBridgeConfiguration></NotificationConfiguration>',
    ],
    [
      'publicAccessBlock',
      '<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls>' +
        '<BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>false</RestrictPublicBuckets></PublicAccessBlockConfiguration>',
    ],
    ['policy', JSON.stringify(DECLARED.PolicyDocument)],
    ['policyStatus', '<PolicyStatus><IsPublic>false</IsPublic></PolicyStatus>'],
    [
      'logging',
      '<BucketLoggingStatus><LoggingEnabled><TargetBucket>logs</TargetBucket><TargetPrefix>access/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>',
    ],
    [
      'ownershipControls',
      '<OwnershipControls><Rule><ObjectOwnership>BucketOwnerPreferred</ObjectOwnership></Rule></OwnershipControls>',
    ],
    [
      'encryption',
      '<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm>' +
        '<KMSMasterKeyID>key</KMSMasterKeyID></ApplyServerSideEncryptionByDefault><BucketKeyEnabled>true</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>',
    ],
    [
      'lifecycle',
      '<LifecycleConfiguration><Rule><ID>raw</ID><Filter><And><Prefix>raw/</Prefix><Tag><Key>a</Key><Value>b</Value></Tag></And></Filter>' +
        '<Status>Enabled</Status><Expiration><Days>30</Days></Expiration><Transition><Days>10</Days><StorageClass>GLACIER</StorageClass></Transition>' +
        '<NoncurrentVersionExpiration><NoncurrentDays>3</NoncurrentDays></NoncurrentVersionExpiration>' +
        '<AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule></LifecycleConfiguration>',
    ],
  ])('as its template declares it: ?%s', async (query, body) => {
    expect(await bodyOf(`/declared?${query}`)).toBe(body);
  });

  test.each([
    ['versioning', 200, undefined],
    ['accelerate', 200, undefined],
    ['acl', 200, undefined],
    ['encryption', 200, undefined],
    ['logging', 200, undefined],
    ['metrics', 200, undefined],
    ['notification', 200, undefined],
    ['ownershipControls', 200, undefined],
    ['publicAccessBlock', 200, undefined],
    ['requestPayment', 200, undefined],
    ['location', 200, undefined],
    ['cors', 404, 'NoSuchCORSConfiguration'],
    ['lifecycle', 404, 'NoSuchLifecycleConfiguration'],
    ['metrics&id=none', 404, 'NoSuchConfiguration'],
    ['object-lock', 404, 'ObjectLockConfigurationNotFoundError'],
    ['policy', 404, 'NoSuchBucketPolicy'],
    ['policyStatus', 404, 'NoSuchBucketPolicy'],
    ['replication', 404, 'ReplicationConfigurationNotFoundError'],
    ['tagging', 404, 'NoSuchTagSet'],
    ['website', 404, 'NoSuchWebsiteConfiguration'],
    ['analytics', 501, 'NotImplemented'],
    ['abac', 501, 'NotImplemented'],
  ])('as a new one of S3 is, where the template says nothing: ?%s', async (query, status, code) => {
    const answer = await send('GET', `/bucket?${query}`);
    const nowhere = await send('GET', `/nowhere?${query}`);

    expect([answer.status, codeOf(answer)]).toEqual([status, code]);
    if (status !== 501) expect([nowhere.status, codeOf(nowhere)]).toEqual([404, 'NoSuchBucket']);
  });
});
