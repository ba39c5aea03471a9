import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { expect, onTestFinished, test } from 'vitest';
import {
  FIRST_SHARD,
  LOCAL,
  SECOND_SHARD,
  STREAM,
  entries,
  givenClient,
  givenDirectory,
  givenKinesis,
} from '../../testing/given-kinesis.ts';

const ALL = { maxRecords: 1_000_000, maxBytes: 1e9 };

/** Kinesis in a process of its own, with the address it prints. */
async function givenProcess(directory: string) {
  const script = join(import.meta.dirname, '..', '..', 'testing', 'kinesis-child.ts');
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', script, directory, STREAM, LOCAL.accessKeyId, LOCAL.secretAccessKey],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { url, kill: () => (child.kill('SIGKILL'), once(child, 'exit')) };
}

test('a process killed in the middle of writing loses nothing that it acknowledged', async () => {
  const directory = await givenDirectory();
  const { url, kill } = await givenProcess(directory);
  const client = givenClient(url);
  const acknowledged: string[] = [];
  const writers = [FIRST_SHARD, SECOND_SHARD, FIRST_SHARD, SECOND_SHARD].map(async (shard, writer) => {
    for (let batch = 0; ; batch += 1) {
      const texts = Array.from(
        { length: 25 },
        (_, index) => `${String(writer)}/${String(batch)}/${String(index)}/${'x'.repeat(6000)}`,
      );
      await client.send(new PutRecordsCommand({ StreamName: STREAM, Records: entries(texts, shard) }));
      acknowledged.push(...texts);
      if (acknowledged.length === 2500) await kill();
    }
  });
  await Promise.allSettled(writers);

  const service = await givenKinesis({ directory });
  const stored = await readAll(service);

  expect(acknowledged.length).toBeGreaterThanOrEqual(2500);
  const kept = new Set(stored);
  expect(acknowledged.filter((text) => !kept.has(text))).toEqual([]);
  // A batch under way may be there in part, never twice.
  expect(kept.size).toBe(stored.length);
  expect(stored.length).toBeLessThanOrEqual(acknowledged.length + 4 * 25);
});

test('half a record at the end of a file is cut off at the start, and logged once', async () => {
  const directory = await givenDirectory();
  const first = await givenProcess(directory);
  const before = givenClient(first.url);
  await before.send(new PutRecordsCommand({ StreamName: STREAM, Records: entries(['a', 'b']) }));
  await first.kill();
  const shard = join(directory, `${STREAM}.stream`, 'shardId-000000000000');
  const [file = ''] = await readdir(shard);
  await appendFile(join(shard, file), Buffer.from([200, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));

  const service = await givenKinesis({ directory });
  const after = givenClient(service.url);
  await after.send(new PutRecordsCommand({ StreamName: STREAM, Records: entries(['c']) }));

  expect(service.lines).toEqual([
    expect.stringContaining('cut off 13 bytes of a write that was never finished nor acknowledged'),
  ]);
  expect(await readAll(service)).toEqual(['a', 'b', 'c']);
});

async function readAll(service: Awaited<ReturnType<typeof givenKinesis>>): Promise<string[]> {
  const texts: string[] = [];
  for (const shardId of service.shardIds(STREAM)) {
    for (let after: string | null = null; ;) {
      const page = await service.read(STREAM, shardId, after, ALL);
      if (page.length === 0) break;
      texts.push(...page.map(({ data }) => data.toString()));
      after = page.at(-1)?.sequenceNumber ?? after;
    }
  }
  return texts;
}
