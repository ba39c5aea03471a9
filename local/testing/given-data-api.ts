import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import type { ExecuteStatementCommandInput } from '@aws-sdk/client-redshift-data';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { onTestFinished } from 'vitest';
import type { Clock } from '../clock.ts';
import { sessionTokenOf, sign } from '../http/signature-v4.ts';
import { startRedshiftData } from '../services/redshift-data/service.ts';
import type { RedshiftDataOptions } from '../services/redshift-data/service.ts';
import { MemoryRedshift } from './memory-redshift.ts';

export const LOCAL = { accessKeyId: 'local', secretAccessKey: 'local-secret' };
export const TARGET = { WorkgroupName: 'shop', Database: 'tillgraph' };
export const LOADER = 'arn:aws:iam::000000000000:role/service/loader-role';
export const READER = 'arn:aws:iam::000000000000:role/reader-role';
export const SECRET = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:loader-AbCdEf';

/** Time that passes only when it is told to. */
export class HandClock implements Clock {
  private time = Date.UTC(2026, 10, 22);
  private readonly waits = new Set<{ readonly until: number; resolve(this: void): void }>();

  now(): number {
    return this.time;
  }

  wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wait = { until: this.time + milliseconds, resolve };
      if (signal.aborted) {
        resolve();
        return;
      }
      this.waits.add(wait);
      signal.addEventListener('abort', () => {
        this.waits.delete(wait);
        resolve();
      });
    });
  }

  /** How many wait for time to pass. */
  get waiting(): number {
    return this.waits.size;
  }

  pass(milliseconds: number): void {
    this.time += milliseconds;
    for (const wait of this.waits) {
      if (wait.until > this.time) continue;
      this.waits.delete(wait);
      wait.resolve();
    }
  }
}

/** The endpoint over a warehouse in memory; closed when the test is over. */
export async function givenDataApi(options: Partial<RedshiftDataOptions> = {}) {
  const redshift = new MemoryRedshift();
  const clock = new HandClock();
  const lines: string[] = [];
  const api = await startRedshiftData({
    port: 0,
    credentials: LOCAL,
    region: 'us-east-1',
    accountId: '000000000000',
    log: (line) => void lines.push(line),
    workgroups: [{ name: 'shop', databaseName: 'tillgraph' }],
    redshift,
    secretOf: (arn) => ({ username: 'loader', password: arn === SECRET ? 'Right123' : 'Wrong123' }),
    clock,
    ...options,
  });
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= api.close());
  onTestFinished(close);
  return { url: api.url, close, redshift, clock, lines, client: givenClient(api.url) };
}

/** An ordinary SDK client; unless told to, it does not retry, so that every refusal is seen. @param roleArn - whose session; absent: the administrator */
export function givenClient(url: string, roleArn?: string, maxAttempts = 1): RedshiftDataClient {
  const credentials = { ...LOCAL, ...(roleArn !== undefined && { sessionToken: sessionTokenOf(roleArn) }) };
  const requestHandler = new NodeHttpHandler();
  const client = new RedshiftDataClient({ endpoint: url, region: 'us-east-1', credentials, requestHandler, maxAttempts });
  onTestFinished(() => {
    client.destroy();
  });
  return client;
}

/** Input of ExecuteStatement that waits for the end. */
export const sql = (text: string, more: Partial<ExecuteStatementCommandInput> = {}): ExecuteStatementCommandInput => ({
  ...TARGET,
  Sql: text,
  WaitTimeSeconds: 30,
  ...more,
});

/** Set the faults of the endpoint, or clear them. */
export async function faults(url: string, rules: readonly object[] | undefined): Promise<void> {
  const method = rules === undefined ? 'DELETE' : 'PUT';
  const answer = await fetch(`${url}/_faults`, { method, ...(rules !== undefined && { body: JSON.stringify(rules) }) });
  if (!answer.ok) throw new Error(await answer.text());
}

/** A call without an SDK: what is on the wire. */
export async function wire(url: string, operation: string, input: unknown): Promise<{ status: number; text: string; body: any }> {
  const body = JSON.stringify(input);
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `RedshiftData.${operation}` };
  const signed = sign({ method: 'POST', url, headers, body, credentials: LOCAL, region: 'us-east-1', service: 'redshift-data' });
  const answer = await fetch(url, { method: 'POST', headers: { ...headers, ...signed }, body });
  const text = await answer.text();
  return { status: answer.status, text, body: JSON.parse(text) };
}

/** The error of a call that is to be refused. */
export const refusalOf = (call: Promise<unknown>): Promise<Error> =>
  call.then(
    (answer) => Promise.reject(new Error(`it was not refused, but answered: ${JSON.stringify(answer)}`)),
    (error: unknown) => error as Error,
  );
