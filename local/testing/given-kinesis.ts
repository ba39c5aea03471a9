import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { onTestFinished } from 'vitest';
import { startKinesis } from '../services/kinesis/service.ts';
import type { KinesisOptions, KinesisService } from '../services/kinesis/service.ts';

export const LOCAL = { accessKeyId: 'local', secretAccessKey: 'local-secret' };
export const STREAM = 'transactions';

/** A folder that is gone when the test is over. */
export async function givenDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'kinesis-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** An endpoint with one stream of two shards; closed when the test is over. */
export async function givenKinesis(
  options: Partial<KinesisOptions> = {},
): Promise<KinesisService & { readonly lines: readonly string[] }> {
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  const directory = options.directory ?? (await givenDirectory());
  const service = await startKinesis({
    port: 0,
    credentials: LOCAL,
    region: 'us-east-1',
    accountId: '000000000000',
    log,
    ...options,
    directory,
  });
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= service.close());
  onTestFinished(close);
  await service.createStream({ name: STREAM, shardCount: 2, retentionHours: 24, mode: 'PROVISIONED' });
  return { ...service, close, lines };
}

/** An ordinary SDK client; it does not retry, so that every refusal is seen. */
export function givenClient(url: string, credentials = LOCAL): KinesisClient {
  const requestHandler = new NodeHttpHandler();
  const client = new KinesisClient({ endpoint: url, region: 'us-east-1', credentials, requestHandler, maxAttempts: 1 });
  onTestFinished(() => {
    client.destroy();
  });
  return client;
}

/** Hash keys that lead to the first and to the second of two shards. */
export const FIRST_SHARD = '0';
export const SECOND_SHARD = (2n ** 128n - 1n).toString();

/** Records for PutRecords, one for each text. */
export function entries(texts: readonly string[], explicitHashKey = FIRST_SHARD) {
  return texts.map((text) => ({ Data: Buffer.from(text), PartitionKey: '17850', ExplicitHashKey: explicitHashKey }));
}
