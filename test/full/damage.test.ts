import { cpSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { GetRecordsCommand, GetShardIteratorCommand, KinesisClient } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { expect, test } from 'vitest';
import type { Outputs } from '@tillgraph/local-aws';
import { newDirectory } from '@tillgraph/local-aws/testing/directories';
import { put, whenWritten } from '@tillgraph/local-aws/testing/stream';
import { shop } from '@tillgraph/local-aws/testing/shop';
import { start } from '@tillgraph/local-aws/testing/command';

const TEXTS = ['one', 'two', 'three', 'four'];

/** What tells of a run and is read by nobody, and what says who has the directory. */
const IS_NO_STATE = /^logs\/|(^|\/)(LOG|LOG\.old|LOCK|lock\.json)$/;

function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .filter((name) => !IS_NO_STATE.test(name))
    .sort();
}

async function textsIn({ endpoints, credentials, region, stack }: Outputs): Promise<string[]> {
  const requestHandler = new NodeHttpHandler();
  const client = new KinesisClient({ endpoint: endpoints['kinesis'] ?? '', credentials, region, requestHandler });
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({
      StreamName: stack['StreamName'],
      ShardId: 'shardId-000000000000',
      ShardIteratorType: 'TRIM_HORIZON',
    }),
  );
  const { Records = [] } = await client.send(new GetRecordsCommand({ ShardIterator }));
  client.destroy();
  return Records.map(({ Data }) => Buffer.from(Data ?? []).toString());
}

test('the next start refuses a damaged file by name, or has all that was acknowledged', async () => {
  const directory = newDirectory('damage');
  const [data, file] = [join(directory, 'data'), join(directory, 'written.txt')];
  const assembly = shop(file);
  const flagsFor = (place: string) => ['--data', place, '--port', '0', '--assembly', assembly];
  const first = start(...flagsFor(data));
  await put(await first.ready, ...TEXTS);
  await whenWritten(file, TEXTS);
  await first.end('SIGKILL');
  const files = filesIn(data);
  expect(files.length).toBeGreaterThan(8);

  const outcomes: string[] = [];
  for (const name of files) {
    const { size } = statSync(join(data, name));
    for (const [kind, damage] of [
      ['emptied', () => Buffer.alloc(0)],
      ['flipped', (bytes: Buffer) => flip(bytes, Math.floor(size / 2))],
      ['flipped at its end', (bytes: Buffer) => flip(bytes, size - 2)],
    ] as const) {
      if (size === 0 || name === 'outputs.json') continue;
      const copy = newDirectory('copy');
      cpSync(data, copy, { recursive: true });
      writeFileSync(join(copy, name), damage(readFileSync(join(copy, name))));

      const command = start(...flagsFor(copy));
      const outcome = await command.ready.then(textsIn, () => 'refused');
      await command.end('SIGKILL');

      if (outcome === 'refused') expect(command.printed(), `${name} ${kind}`).toMatch(refusalOf(copy));
      else expect(outcome, `${name} ${kind}`).toEqual(TEXTS);
      outcomes.push(`${name} ${kind}: ${outcome === 'refused' ? 'refused' : 'whole'}`);
      rmSync(copy, { recursive: true, force: true });
    }
  }
  expect(outcomes.filter((outcome) => outcome.endsWith('refused')).length).toBeGreaterThan(15);
});

/** One line that names a file of the directory, or the directory of a database. */
const refusalOf = (directory: string): RegExp => new RegExp(`^ERROR: ${directory}.*$`, 'm');

function flip(bytes: Buffer, at: number): Buffer {
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
}
