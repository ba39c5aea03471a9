import { request } from 'node:http';
import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { sign } from '@tillgraph/local-aws';
import type { StoreAddresses } from '../../../demo/inventory.ts';

/** A stack of ours that runs somewhere: where its doors and its stores are. */
export interface Deployed extends StoreAddresses {
  readonly graphqlUrl: string;
  readonly restUrl: string;
  /** What requests to `restUrl` name as their host, when it is not the address. */
  readonly restHost?: string;
  readonly apiKey: string;
}

/** What came back over the wire. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

type Headers = Readonly<Record<string, string>>;

/** How a request says who asks. */
export type Caller = 'IAM' | 'key' | 'nobody';

/** Ask the GraphQL API. @param body - as it goes over the wire */
export function ask(stack: Deployed, body: string, caller: Caller = 'IAM'): Promise<Answer> {
  return post(stack, { url: stack.graphqlUrl, service: 'appsync', body, caller });
}

/** Send to the HTTP API. */
export function sendByHttp(stack: Deployed, body: string, caller: Caller = 'IAM'): Promise<Answer> {
  const url = `${stack.restUrl.replace(/\/$/, '')}/transactions`;
  return post(stack, { url, service: 'execute-api', body, caller, host: stack.restHost });
}

/** Put records on the stream as a foreign producer would. */
export async function putOnStream(stack: Deployed, records: readonly { readonly key: string; readonly data: Uint8Array }[]) {
  const { region, credentials, endpoints } = stack;
  const client = new KinesisClient({ region, credentials, endpoint: endpoints.kinesis, requestHandler: new NodeHttpHandler() });
  try {
    const { FailedRecordCount } = await client.send(
      new PutRecordsCommand({
        StreamName: stack.stack['StreamName'],
        Records: records.map(({ key, data }) => ({ PartitionKey: key, Data: data })),
      }),
    );
    if (FailedRecordCount !== 0) throw new Error(`the stream did not take ${String(FailedRecordCount)} records`);
  } finally {
    client.destroy();
  }
}

interface Posted {
  readonly url: string;
  readonly service: string;
  readonly body: string;
  readonly caller: Caller;
  readonly host?: string | undefined;
}

function post(stack: Deployed, { url, service, body, caller, host }: Posted): Promise<Answer> {
  const plain = { 'content-type': 'application/json' };
  const headers: Headers =
    caller === 'nobody'
      ? plain
      : caller === 'key'
        ? { ...plain, 'x-api-key': stack.apiKey }
        : { ...plain, ...signed(stack, { url, service, body, headers: plain }) };
  return new Promise((resolve, reject) => {
    // Not by fetch, which lets nobody name a host.
    const sending = request(
      url,
      { method: 'POST', headers: { ...headers, ...(host === undefined ? {} : { host }) } },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          resolve({ status: answer.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown });
        });
      },
    );
    sending.on('error', reject);
    sending.end(body);
  });
}

function signed(
  { credentials, region }: Deployed,
  request: { readonly url: string; readonly service: string; readonly body: string; readonly headers: Headers },
): Headers {
  const { host: _host, ...rest } = sign({ method: 'POST', ...request, credentials, region });
  return rest;
}
