import * as sdk from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { checkHeaders, headerSupport } from './headers.ts';
import { OPERATION_NAMES, operationOf } from './request.ts';
import type { IncomingMessage } from 'node:http';

/** An operation as the SDK's model has it: the fourth member says its method and path, the fifth its input. */
type Operation = readonly [kind: 9, namespace: string, name: string, traits: { http: [string, string] }, input: () => Structure];
type Structure = readonly [kind: 3, namespace: string, name: string, traits: unknown, names: string[], members: unknown[]];

const operations = Object.values(sdk).filter((value): value is never => Array.isArray(value) && value[0] === 9) as Operation[];

/** Every header that a request of S3 can have, by S3's own model. */
const headers = [
  ...new Set(
    operations.flatMap(([, , , , input]) =>
      (typeof input === 'function' ? input() : (input as Structure))[5].flatMap((member) => {
        const { httpHeader } = (Array.isArray(member) ? (member[1] as { httpHeader?: string } | undefined) : undefined) ?? {};
        return httpHeader === undefined ? [] : [httpHeader.toLowerCase()];
      }),
    ),
  ),
].filter((name) => name.startsWith('x-amz-'));

const REFUSED_FAMILIES =
  /^x-amz-(acl|grant-|bucket-|object-(lock|ownership|annotation|if-match)|server-side-encryption|copy-source-server-side|storage-class|tagging|website-redirect|checksum-xxhash|if-match|rename-source|write-offset|fwd-|request-(route|token))/;

test('every header that S3 has is obeyed, has no effect here, or is refused by its name', () => {
  expect(headers.length).toBeGreaterThan(80);

  const refused = headers.filter((name) => ['refused', 'default only'].includes(headerSupport(name)));
  const ignored = headers.filter((name) => headerSupport(name) === 'ignored');

  expect(refused).toEqual(headers.filter((name) => REFUSED_FAMILIES.test(name) && !ignored.includes(name)));
  expect(ignored.sort()).toEqual([
    'x-amz-bucket-object-lock-token',
    'x-amz-bypass-governance-retention',
    'x-amz-client-token',
    'x-amz-confirm-remove-self-bucket-access',
    'x-amz-create-session-mode',
    'x-amz-mfa',
    'x-amz-optional-object-attributes',
    'x-amz-request-payer',
    'x-amz-skip-destination-validation',
    'x-amz-transition-default-minimum-object-size',
  ]);
});

test.each([
  'x-amz-server-side-encryption-customer-key',
  'x-amz-server-side-encryption-aws-kms-key-id',
  'x-amz-object-lock-mode',
  'x-amz-object-lock-anything-that-comes-later',
  'x-amz-grant-read',
  'x-amz-tagging',
  'x-amz-website-redirect-location',
  'x-amz-checksum-xxhash3',
  'x-amz-checksum-of-the-future',
  'x-amz-copy-source-version-id',
])('%s would change what the request means, and is refused by name', (name) => {
  expect(() => {
    checkHeaders({ [name]: 'something' });
  }).toThrow(`the header ${name}: something is not supported locally`);
});

test.each([
  { 'x-amz-api-version': '2006-03-01' },
  { 'x-amz-te': 'append-md5' },
  { 'x-amz-user-agent': 'aws-sdk-js/3' },
  { 'x-amz-cf-id': 'a proxy' },
  { 'x-amz-request-payer': 'requester' },
  { 'x-amz-acl': 'bucket-owner-full-control' },
  { 'x-amz-server-side-encryption': 'AES256', 'x-amz-storage-class': 'STANDARD' },
  { 'x-amz-object-lock-legal-hold': 'OFF', 'x-amz-tagging': '' },
])('%j is no reason to refuse a request', (sent) => {
  expect(() => {
    checkHeaders(sent);
  }).not.toThrow();
});

test('every path of S3 leads to its own operation, or is refused by name: never to another one', () => {
  const fates = operations.map(([, , name, { http }]) => {
    const [method, path] = http;
    const [level, query = ''] = path.split('?');
    // What the model binds elsewhere: to members of the input.
    const bound: Readonly<Record<string, string>> = {
      ListParts: 'uploadId=1',
      AbortMultipartUpload: 'uploadId=1',
      CompleteMultipartUpload: 'uploadId=1',
      UploadPart: 'partNumber=1&uploadId=1',
      UploadPartCopy: 'partNumber=1&uploadId=1',
      GetBucketMetricsConfiguration: 'id=1',
    };
    const copies = ['CopyObject', 'UploadPartCopy'].includes(name) ? { 'x-amz-copy-source': 'a/b' } : {};
    const target = {
      bucket:
        name === 'ListBuckets' || name === 'ListDirectoryBuckets' || level === '/WriteGetObjectResponse' ? undefined : 'bucket',
      key: level === '/{Key+}' ? 'key' : undefined,
      query: new URLSearchParams(`${query}&${bound[name] ?? ''}`),
    };
    try {
      return [name, operationOf({ method, headers: copies } as unknown as IncomingMessage, target)];
    } catch (error) {
      return [name, (error as { code: string }).code];
    }
  });

  const wrong = fates.filter(([name = '', fate]) => {
    const isKnown = (OPERATION_NAMES as readonly string[]).includes(name);
    return isKnown ? fate !== name : !['NotImplemented', 'MethodNotAllowed'].includes(fate ?? '');
  });
  expect(fates.length).toBeGreaterThan(100);
  // Directory buckets are S3 Express's: their list has another address, and is told apart from this one by nothing else.
  expect(wrong).toEqual([['ListDirectoryBuckets', 'ListBuckets']]);
});
