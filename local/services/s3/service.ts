import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ServiceError, errorStack } from '../../errors.ts';
import { Faults } from '../../faults.ts';
import { startLoopbackServer } from '../../http/loopback-server.ts';
import { SignatureError, verify } from '../../http/signature-v4.ts';
import type { SignatureErrorCode } from '../../http/signature-v4.ts';
import type { SignedPayload } from './body.ts';
import type { BucketConfiguration } from './bucket-descriptions.ts';
import { Buckets } from './buckets.ts';
import type { CreationReason, ObjectCreated, S3Response, S3Call } from './call.ts';
import { checkPayloadHash } from './chunks.ts';
import { notImplemented, s3Error } from './errors.ts';
import { checkHeaders } from './headers.ts';
import { objectsInProcess } from './in-process.ts';
import type { S3Objects } from './in-process.ts';
import type { ObjectFacts } from './objects.ts';
import { s3Operations } from './operations.ts';
import { OPERATION_NAMES, operationOf, targetOf } from './request.ts';
import type { Target } from './request.ts';
import { toXml } from './xml.ts';

export interface S3Options {
  /** Where the buckets live; made if absent. One process at a time. */
  readonly directory: string;
  /** 0: any free port. */
  readonly port: number;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly region: string;
  /** Whose buckets they are. */
  readonly accountId: string;
  log(this: void, line: string): void;
  /** Hears of every object that is whole and in its place, by PUT, copy or completed upload. */
  onObjectCreated?(this: void, event: ObjectCreated): void;
}

/** S3 on one machine: objects are files. Both path and `bucket.localhost` addresses. */
export interface S3Service {
  readonly url: string;
  /** The same objects without HTTP, for services of this process. */
  readonly objects: S3Objects;
  /** Make a bucket unless it is there. @param configuration - as clients may ask for it; it is not obeyed further */
  createBucket(name: string, configuration?: BucketConfiguration): Promise<void>;
  /** Stops listening and resolves when running calls are answered. */
  close(): Promise<void>;
}

type S3Effect = 'unavailable' | 'unavailable-after' | 'throttle';

/** What S3 says to a request that is not signed as it should be. */
const SIGNATURE_REFUSALS: Readonly<Record<SignatureErrorCode, readonly [code: string, status: number, message?: string]>> = {
  MissingAuthenticationToken: ['AccessDenied', 403, 'Access Denied'],
  IncompleteSignature: ['AuthorizationHeaderMalformed', 400],
  UnsupportedAlgorithm: ['InvalidRequest', 400],
  InvalidSignature: ['SignatureDoesNotMatch', 403],
  UnrecognizedClient: ['InvalidAccessKeyId', 403, 'The AWS Access Key Id you provided does not exist in our records.'],
  SignatureExpired: ['RequestTimeTooSkewed', 403],
  PayloadHashMismatch: ['XAmzContentSHA256Mismatch', 400],
};

export async function startS3(options: S3Options): Promise<S3Service> {
  const state = await Buckets.load(options.directory);
  const effects: readonly S3Effect[] = ['unavailable', 'unavailable-after', 'throttle'];
  const faults = new Faults<S3Effect>('s3', Object.fromEntries(OPERATION_NAMES.map((name) => [name, effects])));
  const running = { ...options, state, faults };
  const server = await startLoopbackServer({ port: options.port }, (request, response) => serve(running, request, response));
  return {
    url: server.url,
    objects: objectsInProcess(state, (bucket, facts) => {
      notifyObjectCreated(options, { requestId: newRequestId(), sourceAddress: '127.0.0.1', bucket, reason: 'PutObject', facts });
    }),
    async createBucket(name, configuration = {}) {
      if (!state.has(name)) await state.create(name);
      state.configure(name, configuration);
    },
    close: () => server.close(),
  };
}

interface S3State {
  readonly state: Buckets;
  readonly faults: Faults<S3Effect>;
}

async function serve(options: S3Options & S3State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const requestId = newRequestId();
  const common = { 'x-amz-request-id': requestId, 'x-amz-id-2': createHash('sha256').update(requestId).digest('base64') };
  try {
    if (await options.faults.serve(request, response)) return;
    const target = targetOf(request);
    // A form has its signature among its fields, so that the request itself has none.
    if (request.method === 'POST' && request.headers['content-type']?.startsWith('multipart/form-data') === true)
      throw notImplemented('PostObject (an upload by a form)');
    const payload = checkSignature(options, request);
    const name = operationOf(request, target);
    checkHeaders(request.headers);
    checkOwners(options, request);
    const fault = options.faults.take(name);
    if (fault?.effect === 'unavailable') throw s3Error('InternalError');
    if (fault?.effect === 'throttle') throw s3Error('SlowDown');
    const answer = await s3Operations[name](callOf(options, request, requestId, { target, payload }));
    if (fault?.effect === 'unavailable-after') throw s3Error('InternalError');
    await send(response, answer, common, request.method === 'HEAD');
  } catch (error) {
    if (!(error instanceof ServiceError) && !isClientGone(error, request, response)) {
      options.log(`s3 ${String(request.method)} ${String(request.url)} failed: ${errorStack(error)}`);
    }
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const refusal = error instanceof ServiceError ? error : s3Error('InternalError');
    // A body that was not read to its end would be taken for the next request on this connection.
    if (!request.complete) response.setHeader('connection', 'close');
    await send(response, refused(refusal, common), common, request.method === 'HEAD').catch(() => undefined);
    request.resume();
  }
}

function newRequestId(): string {
  return randomUUID().replaceAll('-', '').slice(0, 16).toUpperCase();
}

function callOf(
  options: S3Options & S3State,
  request: IncomingMessage,
  requestId: string,
  { target, payload }: { readonly target: Target; readonly payload: SignedPayload },
): S3Call {
  const { bucket = '', key = '', query } = target;
  return {
    request,
    payload,
    bucket,
    key,
    query,
    buckets: options.state,
    region: options.region,
    created: (reason, facts) => {
      notifyObjectCreated(options, {
        requestId,
        sourceAddress: request.socket.remoteAddress ?? '127.0.0.1',
        bucket,
        reason,
        facts,
      });
    },
  };
}

/** The object exists already: a listener that fails must not make the request fail. */
function notifyObjectCreated(
  { onObjectCreated, log }: S3Options,
  {
    requestId,
    sourceAddress,
    bucket,
    reason,
    facts: { key, size, etag, lastModified: time },
  }: {
    readonly requestId: string;
    readonly sourceAddress: string;
    readonly bucket: string;
    readonly reason: CreationReason;
    readonly facts: ObjectFacts;
  },
): void {
  try {
    onObjectCreated?.({ bucket, key, size, etag, reason, requestId, sourceAddress, time });
  } catch (error) {
    log(`s3: whoever was told of ${bucket}/${key} failed: ${String(error)}`);
  }
}

function checkSignature(options: S3Options, request: IncomingMessage): SignedPayload {
  const { method = '', url: rawUrl = '', headers } = request;
  try {
    const verified = verify({ method, rawUrl, headers }, { credentials: options.credentials, service: 's3' });
    const { 'x-amz-content-sha256': declared } = headers;
    if (!verified.presigned && declared === undefined)
      throw s3Error('InvalidRequest', {}, 'Missing required header for this request: x-amz-content-sha256');
    // A presigned URL leaves the body open; a client may still declare its hash.
    const hash = verified.payloadHash === 'UNSIGNED-PAYLOAD' ? String(declared ?? verified.payloadHash) : verified.payloadHash;
    checkPayloadHash(hash);
    return { hash, seed: verified.seed };
  } catch (error) {
    if (!(error instanceof SignatureError)) throw error;
    const [code, status, message = error.message] = SIGNATURE_REFUSALS[error.code];
    throw new ServiceError(code, message, status, { cause: error });
  }
}

/** Every bucket is of one account: who expects another one is refused, as AWS refuses who meets another's bucket. */
function checkOwners({ accountId }: S3Options, { headers }: IncomingMessage): void {
  for (const name of ['x-amz-expected-bucket-owner', 'x-amz-source-expected-bucket-owner']) {
    const owner = headers[name];
    if (owner === undefined || owner === accountId) continue;
    if (/^\d{12}$/.test(String(owner))) throw s3Error('AccessDenied');
    throw s3Error('InvalidBucketOwnerAWSAccountID', { BucketOwner: String(owner) });
  }
}

/** The caller has closed the connection: no response can be sent. */
function isClientGone(error: unknown, request: IncomingMessage, response: ServerResponse): boolean {
  // Node's word for a connection that was closed while its body was being read, all of which may have arrived.
  if (error instanceof Error && 'code' in error && error.code === 'ECONNRESET') return true;
  return request.destroyed && !request.complete ? true : response.destroyed;
}

function refused(error: ServiceError, common: { 'x-amz-request-id': string; 'x-amz-id-2': string }): S3Response {
  if (error.statusCode === 304) return { status: 304 };
  const body = toXml(
    'Error',
    {
      Code: error.code,
      Message: error.message,
      ...(error.fields as Readonly<Record<string, string>>),
      RequestId: common['x-amz-request-id'],
      HostId: common['x-amz-id-2'],
    },
    '',
  );
  return { status: error.statusCode, headers: { 'content-type': 'application/xml' }, body };
}

async function send(
  response: ServerResponse,
  { status = 200, headers = {}, body = '' }: S3Response,
  common: Readonly<Record<string, string>>,
  isHead: boolean,
): Promise<void> {
  const isWhole = typeof body === 'string' || Buffer.isBuffer(body);
  const { 'content-length': declared, ...others } = headers;
  const length = declared ?? (isWhole && status !== 204 && status !== 304 ? Buffer.byteLength(body) : undefined);
  response.writeHead(status, {
    ...common,
    server: 'AmazonS3',
    ...others,
    // Last: behind it, Node refuses a content-disposition that is Latin-1.
    ...(length !== undefined && { 'content-length': length }),
  });
  if (isHead) response.end();
  else if (isWhole) response.end(body);
  else await pipeline(Readable.from(body, { objectMode: false, highWaterMark: 1024 * 1024 }), response);
}
