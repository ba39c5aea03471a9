import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import { canonicalPath, canonicalQuery, isUnsignable, trimAll } from './canonical-request.ts';
import type { SignatureSeed } from './chunk-signatures.ts';

/** An AWS key pair; locally there is exactly one. */
export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Sent, and signed, as `x-amz-security-token`. */
  readonly sessionToken?: string;
}

/** Whose session a local token says that it is; behind it stands the role's ARN. */
const LOCAL_SESSION = 'local:';

/** The session token of a role: all sessions share one key pair, and the token tells them apart. */
export function sessionTokenOf(roleArn: string): string {
  return LOCAL_SESSION + roleArn;
}

export interface RequestToSign {
  readonly method: string;
  readonly url: URL | string;
  /** All of them are signed, except those that proxies change on the way (`connection`, `user-agent`, …). */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  readonly credentials: SigningCredentials;
  readonly region: string;
  /** Signing name, such as `dynamodb`, `kinesis`, `s3`, `appsync`, `execute-api`. */
  readonly service: string;
  /** @default now */
  readonly date?: Date;
}

export interface ReceivedRequest {
  readonly method: string;
  /** Path and query exactly as they came over the wire. */
  readonly rawUrl: string;
  /** As `node:http` gives them: names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /**
   * The body, or, when it was streamed past, the lower-case hex SHA-256 of it. Left out, the hash that the client declared is
   * believed: code that streams the body compares it with `Verified.payloadHash` afterwards.
   */
  readonly body?: Uint8Array | string;
}

export interface ExpectedSignature {
  readonly credentials: SigningCredentials;
  /** Left out, every region is accepted. */
  readonly region?: string;
  readonly service: string;
  /** @unit milliseconds since 1970 @default Date.now() */
  readonly now?: number;
  /** How far the client's clock may be off. @unit milliseconds @default 15 minutes */
  readonly toleranceMs?: number;
}

/** What a valid signature says. */
export interface VerifiedRequest {
  readonly accessKeyId: string;
  readonly region: string;
  /** The payload hash that was signed: hex digits, `UNSIGNED-PAYLOAD` or a `STREAMING-…` name. */
  readonly payloadHash: string;
  /** Whether the signature came in the query string. */
  readonly presigned: boolean;
  /** Of the role whose session signed; absent: the key pair's owner, who may do everything. */
  readonly roleArn?: string;
  /** What the signatures of the body's chunks follow from, when it comes in some. */
  readonly seed: SignatureSeed;
}

export type SignatureErrorCode =
  | 'UnsupportedAlgorithm'
  | 'MissingAuthenticationToken'
  | 'IncompleteSignature'
  | 'InvalidSignature'
  | 'UnrecognizedClient'
  | 'SignatureExpired'
  | 'PayloadHashMismatch';

/** A request that is not signed, or not as it should be; each service gives it its own name on the wire. */
export class SignatureError extends Error {
  override readonly name = 'SignatureError';

  constructor(
    readonly code: SignatureErrorCode,
    message: string,
  ) {
    super(message);
  }
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';
const DEFAULT_TOLERANCE_MS = 15 * 60 * 1000;
/** Longest life of a presigned address. @unit seconds @source S3 User Guide, "Authenticating requests: query parameters" */
const MAX_PRESIGNED_SECONDS = 604_800;

/** Header values travel as Latin-1, so hashing them as Latin-1 hashes the bytes of the wire. */
const sha256 = (text: string) => hash('sha256', Buffer.from(text, 'latin1'), 'hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

const MAX_CACHED_KEYS = 64;
const signingKeys = new Map<string, Buffer>();

/** The key for one day, region and service. */
function signingKey(secretAccessKey: string, day: string, region: string, service: string): Buffer {
  const name = `${day}/${region}/${service}/${secretAccessKey}`;
  let key = signingKeys.get(name);
  if (key === undefined) {
    key = hmac(hmac(hmac(hmac(`AWS4${secretAccessKey}`, day), region), service), 'aws4_request');
    if (signingKeys.size >= MAX_CACHED_KEYS) signingKeys.clear();
    signingKeys.set(name, key);
  }
  return key;
}

function signatureOf(canonicalRequest: string, date: string, scope: string, key: Buffer): string {
  return createHmac('sha256', key)
    .update(`${ALGORITHM}\n${date}\n${scope}\n${sha256(canonicalRequest)}`)
    .digest('hex');
}

/** Signs a request with Signature Version 4. @returns the headers to add */
export function sign(request: RequestToSign): Record<string, string> {
  const { credentials, region, service } = request;
  const url = typeof request.url === 'string' ? new URL(request.url) : request.url;
  const date = `${(request.date ?? new Date()).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
  const added: Record<string, string> = { host: url.host, 'x-amz-date': date };
  if (credentials.sessionToken !== undefined) added['x-amz-security-token'] = credentials.sessionToken;
  const signed: Record<string, string> = { ...added };
  for (const [name, value] of Object.entries(request.headers)) {
    const lower = name.toLowerCase();
    if (!isUnsignable(lower)) signed[lower] = value;
  }
  const payloadHash = signed['x-amz-content-sha256'] ?? hash('sha256', request.body, 'hex');
  if (service === 's3') signed['x-amz-content-sha256'] = added['x-amz-content-sha256'] = payloadHash;

  const names = Object.keys(signed).sort();
  let headerLines = '';
  for (const name of names) headerLines += `${name}:${trimAll(signed[name] ?? '')}\n`;
  const signedHeaders = names.join(';');
  const canonicalRequest = `${request.method}\n${canonicalPath(url.pathname, service)}\n${canonicalQuery(url.search.slice(1))}\n${headerLines}\n${signedHeaders}\n${payloadHash}`;

  const day = date.slice(0, 8);
  const scope = `${day}/${region}/${service}/aws4_request`;
  const signature = signatureOf(canonicalRequest, date, scope, signingKey(credentials.secretAccessKey, day, region, service));
  added['authorization'] =
    `${ALGORITHM} Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
  return added;
}

/** The parts of a signature, from the header or from the query string. */
interface SignatureClaim {
  readonly credential: string;
  readonly signedHeaders: string;
  readonly signature: string;
  readonly date: string;
  /** Only of a presigned address. @unit seconds */
  readonly expires?: number;
  readonly payloadHash?: string | undefined;
  readonly sessionToken?: string | undefined;
}

/** Checks a request's Signature Version 4, in the header or presigned. @throws SignatureError */
export function verify(request: ReceivedRequest, expected: ExpectedSignature): VerifiedRequest {
  const { headers, rawUrl } = request;
  const questionMark = rawUrl.indexOf('?');
  const query = questionMark === -1 ? '' : rawUrl.slice(questionMark + 1);
  const authorization = headerText(headers['authorization']);
  const presigned = authorization === undefined && query.includes('X-Amz-Signature=');
  if (isOlder(authorization, query))
    throw new SignatureError(
      'UnsupportedAlgorithm',
      `The authorization mechanism you have provided is not supported. Please use ${ALGORITHM}.`,
    );
  const claim = presigned ? claimOfQuery(query) : claimOfHeader(authorization, headers);

  const [accessKeyId, day, region, service, end] = claim.credential.split('/');
  if (accessKeyId === undefined || day === undefined || region === undefined || service === undefined || end !== 'aws4_request') {
    throw new SignatureError(
      'IncompleteSignature',
      `Credential must be <access key>/<date>/<region>/<service>/aws4_request, got "${claim.credential}"`,
    );
  }
  if (accessKeyId !== expected.credentials.accessKeyId) {
    throw new SignatureError('UnrecognizedClient', 'The security token included in the request is invalid.');
  }
  checkScope(claim, { day, region, service }, expected);
  checkTime(claim, expected);
  const roleArn = roleOf(claim, presigned);

  const payloadHash = payloadHashOf(request, claim, service, presigned);
  let headerLines = '';
  let hostIsSigned = false;
  for (const name of claim.signedHeaders.split(';')) {
    if (name === 'host') hostIsSigned = true;
    headerLines += `${name}:${trimAll(headerText(headers[name]) ?? '')}\n`;
  }
  if (!hostIsSigned)
    throw new SignatureError('InvalidSignature', "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  const path = questionMark === -1 ? rawUrl : rawUrl.slice(0, questionMark);
  const canonicalRequest = `${request.method}\n${canonicalPath(path, service)}\n${canonicalQuery(query)}\n${headerLines}\n${claim.signedHeaders}\n${payloadHash}`;
  const key = signingKey(expected.credentials.secretAccessKey, day, region, service);
  const scope = `${day}/${region}/${service}/aws4_request`;
  const signature = signatureOf(canonicalRequest, claim.date, scope, key);
  const [right, given] = [Buffer.from(signature), Buffer.from(claim.signature)];
  if (right.length !== given.length || !timingSafeEqual(right, given)) {
    throw new SignatureError(
      'InvalidSignature',
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    );
  }
  const seed = { key, date: claim.date, scope, signature };
  return { accessKeyId, region, payloadHash, presigned, seed, ...(roleArn !== undefined && { roleArn }) };
}

/** Whether this is a signature of version 2: `Authorization: AWS key:signature`, or its parameters in an address. */
function isOlder(authorization: string | undefined, query: string): boolean {
  if (authorization !== undefined) return /^AWS [^:]*:/.test(authorization);
  return /(?:^|&)AWSAccessKeyId=/.test(query) && /(?:^|&)Signature=/.test(query);
}

/** The role of a session. The token must be signed too: it says who calls. */
function roleOf({ sessionToken, signedHeaders }: SignatureClaim, presigned: boolean): string | undefined {
  if (sessionToken === undefined) return undefined;
  if (!presigned && !signedHeaders.split(';').includes('x-amz-security-token'))
    throw new SignatureError('InvalidSignature', "'X-Amz-Security-Token' must be a 'SignedHeader' in the AWS Authorization.");
  const roleArn = sessionToken.startsWith(LOCAL_SESSION) ? sessionToken.slice(LOCAL_SESSION.length) : '';
  if (/^arn:[^:]*:iam::\d*:role\/.+$/.test(roleArn)) return roleArn;
  throw new SignatureError('UnrecognizedClient', 'The security token included in the request is invalid.');
}

function headerText(value: string | readonly string[] | undefined): string | undefined {
  return value === undefined || typeof value === 'string' ? value : value.join(',');
}

const AUTHORIZATION = /^AWS4-HMAC-SHA256 +Credential=([^\s,]+) *, *SignedHeaders=([^\s,]+) *, *Signature=([0-9a-f]{64}) *$/;

function claimOfHeader(authorization: string | undefined, headers: ReceivedRequest['headers']): SignatureClaim {
  if (authorization === undefined || authorization === '') {
    throw new SignatureError('MissingAuthenticationToken', 'Missing Authentication Token');
  }
  const [, credential, signedHeaders, signature] = AUTHORIZATION.exec(authorization) ?? partsInAnyOrder(authorization);
  const date = headerText(headers['x-amz-date']) ?? compactDate(headerText(headers['date']));
  if (credential === undefined || signedHeaders === undefined || signature === undefined || date === undefined) {
    const parts = {
      Credential: credential,
      SignedHeaders: signedHeaders,
      Signature: signature,
      "'X-Amz-Date' or a 'Date' header": date,
    };
    const missing = Object.entries(parts).flatMap(([name, value]) => (value === undefined ? [name] : []));
    throw new SignatureError('IncompleteSignature', `Authorization header requires ${missing.join(', ')}.`);
  }
  return {
    credential,
    signedHeaders,
    signature,
    date,
    payloadHash: headerText(headers['x-amz-content-sha256']),
    sessionToken: headerText(headers['x-amz-security-token']),
  };
}

/** For signers that order the three parts otherwise. */
function partsInAnyOrder(authorization: string): (string | undefined)[] {
  if (!authorization.startsWith(`${ALGORITHM} `)) {
    throw new SignatureError('IncompleteSignature', `Unsupported authorization: it must begin with ${ALGORITHM}`);
  }
  const part = (name: string) => new RegExp(`[ ,]${name}=([^\\s,]+)`).exec(authorization)?.[1];
  return [undefined, part('Credential'), part('SignedHeaders'), part('Signature')];
}

function compactDate(date: string | undefined): string | undefined {
  if (date === undefined) return undefined;
  const time = Date.parse(date);
  return Number.isNaN(time) ? undefined : `${new Date(time).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
}

function claimOfQuery(query: string): SignatureClaim {
  const parameters = new URLSearchParams(query);
  const required = (name: string): string => {
    const value = parameters.get(name);
    if (value === null || value === '') throw new SignatureError('IncompleteSignature', `a presigned address requires ${name}`);
    return value;
  };
  if (required('X-Amz-Algorithm') !== ALGORITHM) {
    throw new SignatureError('IncompleteSignature', `X-Amz-Algorithm only supports "${ALGORITHM}"`);
  }
  const expires = Number(required('X-Amz-Expires'));
  if (!Number.isInteger(expires) || expires < 0 || expires > MAX_PRESIGNED_SECONDS) {
    throw new SignatureError('IncompleteSignature', `X-Amz-Expires must be 0 to ${String(MAX_PRESIGNED_SECONDS)} seconds`);
  }
  return {
    credential: required('X-Amz-Credential'),
    signedHeaders: required('X-Amz-SignedHeaders'),
    signature: required('X-Amz-Signature'),
    date: required('X-Amz-Date'),
    expires,
    payloadHash: parameters.get('X-Amz-Content-Sha256') ?? undefined,
    sessionToken: parameters.get('X-Amz-Security-Token') ?? undefined,
  };
}

function checkScope(
  claim: SignatureClaim,
  scope: { day: string; region: string; service: string },
  expected: ExpectedSignature,
): void {
  if (scope.service !== expected.service) {
    throw new SignatureError('InvalidSignature', `Credential should be scoped to correct service: '${expected.service}'. `);
  }
  if (expected.region !== undefined && scope.region !== expected.region) {
    throw new SignatureError('InvalidSignature', `Credential should be scoped to a valid region, not '${scope.region}'. `);
  }
  if (!claim.date.startsWith(scope.day)) {
    throw new SignatureError(
      'InvalidSignature',
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${scope.day}' != '${claim.date.slice(0, 8)}'.`,
    );
  }
}

function checkTime(claim: SignatureClaim, expected: ExpectedSignature): void {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(claim.date) ?? [];
  const time = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  if (Number.isNaN(time))
    throw new SignatureError('IncompleteSignature', `X-Amz-Date must be YYYYMMDDTHHMMSSZ, got "${claim.date}"`);
  const now = expected.now ?? Date.now();
  const toleranceMs = expected.toleranceMs ?? DEFAULT_TOLERANCE_MS;
  const life = claim.expires === undefined ? toleranceMs : claim.expires * 1000;
  if (now > time + life) {
    throw new SignatureError(
      'SignatureExpired',
      `Signature expired: ${claim.date} is now earlier than ${compactTime(now - life)} (${compactTime(now)} - ${minutes(life)} min.)`,
    );
  }
  if (now < time - toleranceMs) {
    throw new SignatureError(
      'SignatureExpired',
      `Signature not yet current: ${claim.date} is still later than ${compactTime(now + toleranceMs)} (${compactTime(now)} + ${minutes(toleranceMs)} min.)`,
    );
  }
}

const minutes = (milliseconds: number) => String(Math.round(milliseconds / 60_000));
const compactTime = (time: number) => `${new Date(time).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;

/** The payload hash that goes into the canonical request; a hash declared by the client must be that of the body. */
function payloadHashOf(request: ReceivedRequest, claim: SignatureClaim, service: string, presigned: boolean): string {
  const declared = claim.payloadHash ?? (presigned && service === 's3' ? UNSIGNED_PAYLOAD : undefined);
  if (declared === UNSIGNED_PAYLOAD || declared?.startsWith('STREAMING-') === true) return declared;
  const { body } = request;
  if (body === undefined) return declared ?? UNSIGNED_PAYLOAD;
  const actual = typeof body === 'string' ? body : hash('sha256', body, 'hex');
  if (declared !== undefined && declared !== actual) {
    throw new SignatureError(
      'PayloadHashMismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  }
  return actual;
}
