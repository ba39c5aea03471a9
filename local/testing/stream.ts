import { once } from 'node:events';
import { existsSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { KinesisClient, PutRecordCommand } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Outputs } from '../outputs.ts';

/** Put texts into the stack's stream, one after the other. */
export async function put({ endpoints, credentials, region, stack }: Outputs, ...texts: readonly string[]): Promise<void> {
  // The SDK's own handler for Kinesis speaks HTTP/2 only.
  const requestHandler = new NodeHttpHandler();
  const kinesis = new KinesisClient({ endpoint: endpoints['kinesis'] ?? '', credentials, region, requestHandler });
  for (const text of texts) {
    await kinesis.send(new PutRecordCommand({ StreamName: stack['StreamName'], PartitionKey: 'k', Data: Buffer.from(text) }));
  }
  kinesis.destroy();
}

/** Resolves when the file has all the lines; a pattern stands for any line that it matches. */
export async function whenWritten(file: string, lines: readonly (string | RegExp)[]): Promise<readonly string[]> {
  const read = (): string[] => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []);
  const changes = watch(join(file, '..'));
  try {
    while (!lines.every((line) => read().some((one) => (typeof line === 'string' ? one === line : line.test(one)))))
      await once(changes, 'change');
    return read();
  } finally {
    changes.close();
  }
}
