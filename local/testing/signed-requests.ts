import {
  CreateMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { DescribeTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DescribeStreamSummaryCommand, KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Port } from './hostile-clients.ts';

/** Of the stack, what clients need to call its services. */
export interface Addresses {
  readonly endpoints: Readonly<Partial<Record<string, string>>>;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly region: string;
}

/** What a client of AWS sends. */
interface Sent {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface Stack {
  readonly middlewareStack: {
    add(
      middleware: unknown,
      options: { readonly step: 'finalizeRequest'; readonly priority: 'low'; readonly name: string; readonly override: boolean },
    ): void;
  };
}

/** The request as it goes over the wire. */
export function wireForm({ method, path, query = {}, headers, body }: Sent): Buffer {
  const pairs = Object.entries(query).map(([name, value]) =>
    value === null || value === ''
      ? encodeURIComponent(name)
      : `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`,
  );
  const content = body === undefined ? Buffer.alloc(0) : Buffer.from(body as string | Uint8Array);
  const lines = Object.entries({ ...headers, ...(content.length > 0 && { 'content-length': String(content.length) }) }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return Buffer.concat([
    Buffer.from(
      `${method} ${path}${pairs.length === 0 ? '' : `?${pairs.join('&')}`} HTTP/1.1\r\n${lines.join('')}\r\n`,
      'latin1',
    ),
    content,
  ]);
}

/** Keep what a client sends, in its wire form and as it was signed. */
function recorded(client: Stack): Buffer[] {
  const requests: Buffer[] = [];
  const record = (next: (args: { readonly request: Sent }) => unknown) => (args: { readonly request: Sent }) => {
    requests.push(wireForm(args.request));
    return next(args);
  };
  client.middlewareStack.add(record, { step: 'finalizeRequest', priority: 'low', name: 'record', override: true });
  return requests;
}

const portOf = (url: string | undefined): number => Number(new URL(url ?? 'http://127.0.0.1:1').port);

/** Signed requests of the SDK to the services that every stack has, as bytes. @param bucket - one that is there */
export async function signedRequests(stack: Addresses, bucket: string, streamName: string): Promise<readonly Port[]> {
  const { credentials, region, endpoints } = stack;
  const options = (service: string) => ({
    credentials,
    region,
    endpoint: endpoints[service] ?? '',
    requestHandler: new NodeHttpHandler(),
    maxAttempts: 1,
  });
  const s3 = new S3Client({ ...options('s3'), forcePathStyle: true, requestChecksumCalculation: 'WHEN_REQUIRED' });
  const kinesis = new KinesisClient(options('kinesis'));
  const dynamodb = new DynamoDBClient(options('dynamodb'));
  const lambda = new LambdaClient(options('lambda'));
  const ports = {
    s3: recorded(s3),
    kinesis: recorded(kinesis),
    dynamodb: recorded(dynamodb),
    lambda: recorded(lambda),
  };
  const ofObject = { Bucket: bucket, Key: 'hostile/object' };
  await s3.send(new PutObjectCommand({ ...ofObject, Body: 'content of an object' }));
  await s3.send(new GetObjectCommand(ofObject)).then(({ Body }) => Body?.transformToString());
  await s3.send(new HeadObjectCommand(ofObject));
  await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'hostile/' }));
  const upload = { Bucket: bucket, Key: 'hostile/parts' };
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(upload));
  const { ETag } = await s3.send(new UploadPartCommand({ ...upload, UploadId, PartNumber: 1, Body: 'a part' }));
  // Of an upload that stays, so that a repeated request gets as far as its body: the number of the part is none.
  await s3
    .send(new CompleteMultipartUploadCommand({ ...upload, UploadId, MultipartUpload: { Parts: [{ PartNumber: 2, ETag }] } }))
    .catch(() => undefined);
  await s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: [{ Key: 'hostile/none' }] } }));
  await kinesis.send(
    new PutRecordsCommand({ StreamName: streamName, Records: [{ PartitionKey: 'k', Data: Buffer.from('hostile\n') }] }),
  );
  await kinesis.send(new DescribeStreamSummaryCommand({ StreamName: streamName }));
  await dynamodb.send(new ListTablesCommand({}));
  await dynamodb.send(new DescribeTableCommand({ TableName: 'nowhere' })).catch(() => undefined);
  await lambda.send(new InvokeCommand({ FunctionName: 'nobody', Payload: Buffer.from('{}') })).catch(() => undefined);
  for (const client of [s3, kinesis, dynamodb, lambda]) client.destroy();
  return Object.entries(ports).map(([name, requests]) => ({ name, port: portOf(endpoints[name]), requests }));
}
