import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { crc32 } from 'node:zlib';
import { ServiceError, internalFailure, errorStack } from '../errors.ts';
import type { ResponseEffect, Fault, Faults } from '../faults.ts';
import { CborError, decodeCbor, encodeCbor } from './aws-cbor.ts';
import { joinBody } from './body-buffers.ts';
import type { Body } from './body-buffers.ts';
import { startLoopbackServer, type LoopbackServer } from './loopback-server.ts';
import { SignatureError, verify } from './signature-v4.ts';
import type { SignatureErrorCode, VerifiedRequest } from './signature-v4.ts';

/** One call of an operation, as far as the operation may care. */
export interface JsonCall<Effect extends string> {
  readonly requestId: string;
  /** Of the role whose session calls; absent: the owner of the key pair, who may do everything. */
  readonly roleArn?: string;
  /** A fault that the operation itself must show; `unavailable` and `unavailable-after` never arrive here. */
  readonly fault: Fault<Exclude<Effect, ResponseEffect>> | undefined;
}

/** An answer that is JSON already, for services that hold it as bytes, or with numbers that JavaScript has not. */
export class JsonBytes {
  constructor(readonly bytes: Buffer) {}
}

/** Validate, then run. Members that AWS ignores are ignored. @throws ServiceError for what AWS refuses */
export type JsonOperation<Effect extends string> = (input: Readonly<Record<string, unknown>>, call: JsonCall<Effect>) => unknown;

/** The operations of a service by name; another one is refused by name. */
export type JsonOperations<Effect extends string> = Readonly<Record<string, JsonOperation<Effect>>>;

/** A service that speaks an AWS JSON protocol: POST /, the operation in `x-amz-target`. */
export interface JsonService<Effect extends string> {
  /** The name in the credential scope of a signature, such as `kinesis`. */
  readonly signingName: string;
  /** What stands before the dot in `x-amz-target`, such as `Kinesis_20131202`. */
  readonly targetPrefix: string;
  readonly jsonVersion: '1.0' | '1.1';
  readonly operations: JsonOperations<Effect>;
  readonly faults: Faults<Effect>;
  /** Longest body that is read. @unit bytes */
  readonly maxBodyBytes: number;
  /** Whether answers carry their CRC-32 in `x-amz-crc32`, as DynamoDB's do. @default false */
  readonly sendsCrc32?: boolean;
  /**
   * Parses a body, for services with large ones. What it gives may look into the body as long as the operation runs, and not longer.
   *
   * @default JSON.parse
   */
  parse?(this: void, body: Buffer): unknown;
  /** Makes of a request in CBOR what `parse` makes of one in JSON. Left out, the service takes no CBOR. */
  fromCbor?(this: void, input: unknown): unknown;
  /** What AWS shows elsewhere or nowhere, for GET without a signature: a path such as `/_deliveries`, and what it answers as JSON. */
  readonly pages?: Readonly<Record<string, () => unknown>>;
}

/** Where a service listens, and the credentials it accepts. */
export interface JsonServerOptions {
  /** 0: any free port. */
  readonly port: number;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly region: string;
  log(this: void, line: string): void;
}

export type JsonServer = LoopbackServer;

/** Serve `service` on the loopback. @throws PortTakenError */
export async function startJsonServer<Effect extends string>(
  service: JsonService<Effect>,
  options: JsonServerOptions,
): Promise<JsonServer> {
  return startLoopbackServer({ port: options.port }, (request, response, isOpen) =>
    serve(service, { ...options, isOpen }, request, response),
  );
}

interface ServeOptions extends JsonServerOptions {
  /** Whether further requests of a connection are accepted. */
  isOpen(this: void): boolean;
}

async function serve<Effect extends string>(
  service: JsonService<Effect>,
  options: ServeOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const requestId = randomUUID();
  const target = request.headers['x-amz-target'];
  const encoding = encodingOf(service, request);
  let body: Body | undefined;
  try {
    if (await service.faults.serve(request, response)) return;
    const page = request.method === 'GET' ? service.pages?.[request.url ?? ''] : undefined;
    if (page !== undefined) {
      response.setHeader('content-type', 'application/json');
      response.end(`${JSON.stringify(await page())}\n`);
      return;
    }
    body = await readBody(request, service.maxBodyBytes);
    const { roleArn } = checkSignature(service, options, request, body.bytes);
    const operationName = operationOf(service, request);
    const fault = service.faults.take(operationName);
    if (fault?.effect === 'unavailable') throw internalFailure(`fault ${fault.effect}`);
    const inner = fault?.effect === 'unavailable-after' ? undefined : (fault as JsonCall<Effect>['fault']);
    const call = { requestId, fault: inner, ...(roleArn !== undefined && { roleArn }) };
    const answer = await service.operations[operationName]?.(parseInput(body.bytes, encoding.read), call);
    if (fault?.effect === 'unavailable-after') throw internalFailure(`fault ${fault.effect}`);
    response.shouldKeepAlive &&= options.isOpen();
    send(response, 200, answer, { encoding, requestId, sendsCrc32: service.sendsCrc32 });
  } catch (error) {
    if (!(error instanceof ServiceError)) options.log(`${service.signingName} ${String(target)} failed: ${errorStack(error)}`);
    const refusal = error instanceof ServiceError ? error : internalFailure(error);
    // A body that was not read to its end would be taken for the next request on this connection.
    response.shouldKeepAlive &&= options.isOpen() && request.complete;
    send(response, refusal.statusCode, refusal.toWire(), { encoding, requestId, sendsCrc32: service.sendsCrc32 });
  } finally {
    body?.release();
  }
}

function readBody(request: IncomingMessage, maxBytes: number): Promise<Body> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      chunks.push(chunk);
      if (length <= maxBytes) return;
      request.pause();
      reject(
        new ServiceError(
          'RequestEntityTooLargeException',
          `the body is longer than ${String(maxBytes)} bytes: send fewer records at a time`,
          413,
        ),
      );
    });
    request.once('end', () => {
      resolve(joinBody(chunks, length));
    });
    const abort = (cause?: unknown): void => {
      reject(new ServiceError('RequestAborted', 'the caller went away before the end of the body', 400, { cause }));
    };
    // Without an effect once the body has ended. A connection that is reset ends with an error, and one that is closed without.
    request.once('error', abort).once('close', abort);
  });
}

function operationOf<Effect extends string>(service: JsonService<Effect>, request: IncomingMessage): string {
  const target = request.headers['x-amz-target'];
  const contentType = request.headers['content-type'] ?? '';
  if (isCbor(contentType) && service.fromCbor === undefined) {
    throw new ServiceError(
      'SerializationException',
      `${contentType} is not supported locally by ${service.signingName}: switch the client to application/x-amz-json-${service.jsonVersion}`,
    );
  }
  if (request.method !== 'POST' || typeof target !== 'string') {
    throw new ServiceError(
      'UnknownOperationException',
      `send POST with the header x-amz-target: ${service.targetPrefix}.<operation>`,
      404,
    );
  }
  const [prefix = '', operation = ''] = target.split('.');
  if (prefix === service.targetPrefix && Object.hasOwn(service.operations, operation)) return operation;
  const supported = Object.keys(service.operations).join(', ');
  throw new ServiceError(
    'UnknownOperationException',
    `${target} is not supported locally: ${service.signingName} knows ${supported}`,
  );
}

/** How a caller writes, and is answered to. */
interface Encoding {
  readonly contentType: string;
  /** @throws unknown when the body is not written so */
  read(this: void, body: Buffer): unknown;
  write(this: void, answer: unknown): Buffer;
}

const isCbor = (contentType: string) => /^application\/(?:x-amz-)?cbor/i.test(contentType);

/** A caller who writes CBOR is answered in CBOR, whatever the answer: it could not read another one. */
function encodingOf<Effect extends string>(service: JsonService<Effect>, request: IncomingMessage): Encoding {
  const { jsonVersion, parse = parseJson, fromCbor } = service;
  if (isCbor(request.headers['content-type'] ?? '')) {
    const read = (body: Buffer) => (fromCbor ?? ((input) => input))(decodeCbor(body));
    return { contentType: `application/x-amz-cbor-${jsonVersion}`, read, write: encodeCbor };
  }
  return { contentType: `application/x-amz-json-${jsonVersion}`, read: parse, write: jsonBytes };
}

function parseInput(body: Buffer, read: Encoding['read']): Readonly<Record<string, unknown>> {
  if (body.length === 0) return {};
  let input: unknown;
  try {
    input = read(body);
  } catch (cause) {
    if (cause instanceof ServiceError) throw cause;
    const words = cause instanceof CborError ? `the body is not CBOR: ${cause.message}` : 'the body is not JSON';
    throw new ServiceError('SerializationException', words, 400, { cause });
  }
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw new ServiceError('SerializationException', 'the body must be an object');
  return input as Record<string, unknown>;
}

function parseJson(body: Buffer): unknown {
  return JSON.parse(body.toString('utf8'));
}

function jsonBytes(answer: unknown): Buffer {
  return answer instanceof JsonBytes ? answer.bytes : Buffer.from(JSON.stringify(answer));
}

interface SendOptions {
  readonly encoding: Encoding;
  readonly requestId: string;
  readonly sendsCrc32?: boolean | undefined;
}

/** Nothing is no body at all. */
function send(
  response: ServerResponse,
  statusCode: number,
  answer: unknown,
  { encoding: { contentType, write }, requestId, sendsCrc32 = false }: SendOptions,
): void {
  const bytes = answer === undefined ? Buffer.alloc(0) : write(answer);
  response.writeHead(statusCode, {
    'content-type': contentType,
    'content-length': bytes.length,
    'x-amzn-requestid': requestId,
    ...(sendsCrc32 && { 'x-amz-crc32': crc32(bytes) }),
  });
  response.end(bytes);
}

/** What each refusal of a signature is called in the JSON protocols. */
const SIGNATURE_REFUSALS: Readonly<Record<SignatureErrorCode, string>> = {
  MissingAuthenticationToken: 'MissingAuthenticationTokenException',
  IncompleteSignature: 'IncompleteSignatureException',
  UnsupportedAlgorithm: 'IncompleteSignatureException',
  InvalidSignature: 'InvalidSignatureException',
  UnrecognizedClient: 'UnrecognizedClientException',
  SignatureExpired: 'InvalidSignatureException',
  PayloadHashMismatch: 'InvalidSignatureException',
};

function checkSignature(
  service: { readonly signingName: string },
  options: JsonServerOptions,
  request: IncomingMessage,
  body: Buffer,
): VerifiedRequest {
  const { method = '', url: rawUrl = '', headers } = request;
  try {
    return verify(
      { method, rawUrl, headers, body },
      { credentials: options.credentials, region: options.region, service: service.signingName },
    );
  } catch (error) {
    if (!(error instanceof SignatureError)) throw error;
    throw new ServiceError(SIGNATURE_REFUSALS[error.code], error.message, 400, { cause: error });
  }
}
