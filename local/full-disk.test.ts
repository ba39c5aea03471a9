import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, closeSync, existsSync, mkdirSync, openSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { expect, onTestFinished, test } from 'vitest';
import { startDynamoDb } from './services/dynamodb/service.ts';
import { keyOf, localClient } from './testing/dynamodb-endpoint.ts';
import { LOCAL as PARITY } from './testing/remote.ts';
import { LOCAL, STREAM, entries, givenClient, givenDirectory, givenKinesis } from './testing/given-kinesis.ts';
import { newDirectory } from './testing/directories.ts';
import { shop } from './testing/shop.ts';

/** A program that can write no file beyond a size, which to it is a disk that is full there. @param kibibytes - of each file */
function startLimited(kibibytes: number, script: string, words: readonly string[]): ChildProcess {
  const limited = ['-c', `ulimit -f ${String(kibibytes)}; exec "$0" "$@"`, process.execPath, '--import', 'tsx', script, ...words];
  const child = spawn('bash', limited, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

test('a stream on a full disk refuses what does not fit, and loses nothing acknowledged', async () => {
  const directory = await givenDirectory();
  const script = join(import.meta.dirname, 'testing', 'kinesis-child.ts');
  const child = startLimited(300, script, [directory, STREAM, LOCAL.accessKeyId, LOCAL.secretAccessKey]);
  if (child.stdout === null) throw new Error('the child has no output');
  const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
  const client = givenClient(url);
  const acknowledged: string[] = [];
  const refused: string[] = [];
  for (let call = 0; call < 20; call += 1) {
    const texts = [`${String(call)}${'x'.repeat(call % 2 === 0 ? 40_000 : 10)}`];
    const { Records = [] } = await client.send(new PutRecordsCommand({ StreamName: STREAM, Records: entries(texts) }));
    (Records[0]?.ErrorCode === undefined ? acknowledged : refused).push(...texts);
  }
  child.kill('SIGKILL');
  await once(child, 'exit');

  const after = await givenKinesis({ directory });
  const [shardId = ''] = after.shardIds(STREAM);
  const records = await after.read(STREAM, shardId, null, { maxRecords: 100, maxBytes: 1e9 });

  expect(refused.length).toBeGreaterThan(0);
  expect(acknowledged.some((text) => text.length < 20 && Number(text.slice(0, 2)) > 10)).toBe(true);
  expect(records.map(({ data }) => data.toString())).toEqual(acknowledged);
  expect(after.lines).toEqual([]);
});

test('tables on a full disk refuse writes until there is room, and lose none acknowledged', async () => {
  const directory = newDirectory('tables');
  const child = startLimited(400, join(import.meta.dirname, 'testing', 'dynamodb-child.ts'), [directory]);
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  const client = localClient(url);
  onTestFinished(() => {
    client.destroy();
  });
  const acknowledged: string[] = [];
  const errors: unknown[] = [];
  for (let call = 0; call < 40; call += 1) {
    // Random, because LevelDB packs what it writes.
    const text = Array.from({ length: 30 }, () => Math.random().toString(36))
      .join('')
      .repeat(call % 2 === 0 ? 150 : 1);
    const Item = { ...keyOf(String(call)), day: { S: 'd' }, no: { S: String(call) }, text: { S: text } };
    await client.send(new PutItemCommand({ TableName: 'Orders', Item })).then(
      () => acknowledged.push(String(call)),
      (error: unknown) => errors.push(error),
    );
  }
  expect(child.exitCode).toBeNull();
  child.kill('SIGKILL');
  await once(child, 'exit');

  const after = await startDynamoDb({ ...PARITY, directory, port: 0, log: () => undefined });
  onTestFinished(() => after.close());
  const reader = localClient(after.url);
  onTestFinished(() => {
    reader.destroy();
  });
  const missing: string[] = [];
  for (const id of acknowledged) {
    const { Item } = await reader.send(new GetItemCommand({ TableName: 'Orders', Key: keyOf(id) }));
    if (Item === undefined) missing.push(id);
  }

  expect(missing).toEqual([]);
  expect(errors.length).toBeGreaterThan(0);
  for (const error of errors) expect(error).toMatchObject({ $metadata: { httpStatusCode: 500 } });
  expect(said).toContain('are opened anew, because a write failed');
});

test('a stack whose logs cannot be written runs on, whether they go to a file or to a terminal', async () => {
  const directory = newDirectory('stack');
  const data = join(directory, 'data');
  mkdirSync(join(data, 'logs'), { recursive: true });
  writeFileSync(join(data, '.aws-on-one-machine.json'), '{"format":1}');
  symlinkSync('/dev/full', join(data, 'logs', 'local.log'));
  const shard = join(data, 'kinesis', 'Shop-Stream.stream', 'shardId-000000000000');
  const flags = ['--data', data, '--port', '0', '--assembly', shop(join(directory, 'written.txt'))];
  const full = openSync('/dev/full', 'w');
  const run = () =>
    spawn(process.execPath, ['--import', 'tsx', 'local/main.ts', ...flags], {
      cwd: join(import.meta.dirname, '..'),
      stdio: ['ignore', full, full],
    });
  const first = run();
  onTestFinished(() => void first.kill('SIGKILL'));
  await whenThere(join(data, 'outputs.json'));
  first.kill('SIGTERM');
  expect(await once(first, 'exit')).toEqual([0, null]);

  // Now there is something to say: a write that was never finished.
  const [segment = ''] = readdirSync(shard);
  appendFileSync(join(shard, segment), 'never finished');
  const second = run();
  onTestFinished(() => void second.kill('SIGKILL'));
  await whenThere(join(data, 'outputs.json'));
  second.kill('SIGTERM');

  expect(await once(second, 'exit')).toEqual([0, null]);
  closeSync(full);
});

/** Resolves when a file has come to be. */
async function whenThere(path: string): Promise<void> {
  while (!existsSync(path)) await pause(50);
}
