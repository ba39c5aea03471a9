import { once } from 'node:events';
import http from 'node:http';
import type { LocalOutputs } from '../demo/local-stack.ts';
import { UnequalAnswersError } from './load.ts';

/** What the API says about sales. */
export interface Answer {
  readonly status: string;
  readonly source: string;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** Asks the GraphQL API with the key, over one connection that is kept. */
export class GraphqlClient {
  private readonly agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

  constructor(private readonly outputs: LocalOutputs) {}

  /** From the first byte that is sent to the last one that comes. @unit milliseconds @throws UnequalAnswersError */
  async time(query: string): Promise<number> {
    const started = performance.now();
    const text = await this.send(query);
    const milliseconds = performance.now() - started;
    if (!text.includes('"status":"FINISHED"')) throw new UnequalAnswersError(`the API answers ${query} with ${text}`);
    return milliseconds;
  }

  /** @throws UnequalAnswersError */
  async ask(query: string, field: string): Promise<Answer> {
    const text = await this.send(query);
    const { data } = JSON.parse(text) as { readonly data?: Readonly<Record<string, Answer>> | null };
    const answer = data?.[field];
    if (answer?.status !== 'FINISHED') throw new UnequalAnswersError(`the API answers ${query} with ${text}`);
    return answer;
  }

  close(): void {
    this.agent.destroy();
  }

  private async send(query: string): Promise<string> {
    const body = JSON.stringify({ query });
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'x-api-key': this.outputs.apiKey,
    };
    const request = http.request(this.outputs.graphqlUrl, { method: 'POST', agent: this.agent, headers });
    request.end(body);
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString('utf8');
  }
}
