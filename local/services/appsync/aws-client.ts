import http from 'node:http';
import { sessionTokenOf, sign, type RequestToSign, type SigningCredentials } from '../../http/signature-v4.ts';

export interface AwsResponse {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export interface AwsRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Left out, the request goes unsigned. */
  readonly signing?: Signing | undefined;
}

export interface Signing {
  readonly region: string;
  readonly service: string;
  /** Of the role in whose name the request goes; absent: the owner of the credentials. */
  readonly roleArn?: string | undefined;
}

/** Sends requests to the machine's own services over connections that stay open. */
export class AwsClient {
  private readonly agent = new http.Agent({ keepAlive: true, maxSockets: 64, scheduling: 'lifo' });

  constructor(private readonly credentials: SigningCredentials) {}

  /** @throws Error when there is no answer */
  send({ method, url, headers, body, signing }: AwsRequest): Promise<AwsResponse> {
    const bytes = Buffer.from(body);
    const signature = signing === undefined ? {} : this.sign({ method, url, headers, body: bytes }, signing);
    const options = {
      agent: this.agent,
      method,
      hostname: url.hostname,
      port: url.port,
      path: url.pathname + url.search,
      headers: { ...headers, ...signature, 'content-length': String(bytes.length) },
    };
    return new Promise((resolve, reject) => {
      const request = http.request(options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const [first] = chunks;
          const whole = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: whole.toString('utf8') });
        });
        response.on('error', reject);
      });
      request.on('error', (error: NodeJS.ErrnoException) => {
        // A server may close an idle connection in the very moment it is used again: nothing was sent, so once more is safe.
        if (request.reusedSocket && error.code === 'ECONNRESET') resolve(this.send({ method, url, headers, body, signing }));
        else reject(error);
      });
      request.end(bytes);
    });
  }

  private sign(request: Pick<RequestToSign, 'method' | 'url' | 'headers' | 'body'>, { region, service, roleArn }: Signing) {
    const credentials = roleArn === undefined ? this.credentials : { ...this.credentials, sessionToken: sessionTokenOf(roleArn) };
    return sign({ ...request, credentials, region, service });
  }

  close(): void {
    this.agent.destroy();
  }
}
