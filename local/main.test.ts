import { existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import type { Outputs } from './outputs.ts';
import { start } from './testing/command.ts';
import { shop } from './testing/shop.ts';
import { newDirectory } from './testing/directories.ts';
import { put, whenWritten } from './testing/stream.ts';

interface Place {
  readonly data: string;
  /** Where the shop's function writes. */
  readonly file: string;
  readonly flags: readonly string[];
}

function newPlace(more?: Parameters<typeof shop>[1]): Place {
  const directory = newDirectory('stack');
  const [data, file] = [join(directory, 'data'), join(directory, 'written.txt')];
  return { data, file, flags: ['--data', data, '--port', '0', '--assembly', shop(file, more)] };
}

describe('the command', () => {
  test('runs the stack, tells where everything is, and ends cleanly when told', async () => {
    const { data, flags } = newPlace();
    const command = start(...flags);
    const outputs = await command.ready;

    const graphql = await fetch(outputs.graphqlUrl ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': outputs.apiKey ?? '' },
      body: '{"query":"{ door }"}',
    });
    const order = await fetch(outputs.stack['OrdersUrl'] ?? '', {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: 'one',
    });

    expect(await graphql.json()).toEqual({ data: { door: 'open' } });
    expect(await order.json()).toEqual({ received: 'one' });
    expect(outputs).toMatchObject({
      region: 'us-east-1',
      accountId: '000000000000',
      stack: { GraphqlUrl: outputs.graphqlUrl, OrdersUrl: `${outputs.restUrl ?? ''}/orders`, StreamName: 'Shop-Stream' },
    });
    expect(Object.keys(outputs.endpoints)).toEqual(['kinesis', 'dynamodb', 's3', 'lambda']);
    expect(statSync(join(data, 'outputs.json')).mode & 0o777).toBe(0o600);
    expect(await command.end('SIGTERM')).toBe(0);
    expect(existsSync(join(data, 'outputs.json'))).toBe(false);
  });

  test('delivers what is written to the stream, and goes on where it was after a kill', async () => {
    const { file, flags } = newPlace();
    const first = start(...flags);
    const outputs = await first.ready;
    await put(outputs, 'one', 'poison', 'two');
    await whenWritten(file, ['one', 'two']);
    await first.end('SIGKILL');

    const second = start(...flags);
    const again = await second.ready;
    await put(again, 'three');
    const lines = await whenWritten(file, ['three']);

    expect(lines.slice(-1)).toEqual(['three']);
    expect(lines).not.toContain('poison');
    expect(await keptRecords(again)).toEqual(['poison']);
    expect(again.credentials).toEqual(outputs.credentials);
    expect(await second.end('SIGINT')).toBe(0);
  });

  test('refuses to share its data, and names the process that has it', async () => {
    const { flags } = newPlace();
    const first = start(...flags);
    const { pid } = await first.ready;

    const second = start(...flags);

    expect(await second.exited).toBe(1);
    expect(second.printed()).toContain(`is in use by process ${String(pid)}`);
    expect(await first.end('SIGINT')).toBe(0);
  });

  test('says which port is taken, and what can be done', async () => {
    const { data, flags } = newPlace();
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;

    const command = start(...flags, '--port', String(port));

    expect(await command.exited).toBe(1);
    expect(command.printed()).toBe(
      `ERROR: port ${String(port)} is taken: end what listens there, or give another port (0: any free one)\n`,
    );
    // Nothing was begun.
    expect(existsSync(data)).toBe(false);
    other.close();
  });

  test('refuses a template with a resource that it cannot run, and leaves the data directory free', async () => {
    const { data, flags } = newPlace({ Broker: { Type: 'AWS::AmazonMQ::Broker' } });

    const command = start(...flags);

    expect(await command.exited).toBe(1);
    expect(command.printed()).toContain('ERROR: resource Broker has the type AWS::AmazonMQ::Broker');
    expect(existsSync(join(data, 'lock.json'))).toBe(false);
  });

  test.each([
    [['--help'], 0, 'Usage: npm start'],
    [['--prot', '1'], 2, 'ERROR: --prot 1: there is no option --prot, did you mean --port?'],
    [['--port', 'many'], 2, 'ERROR: --port takes a whole number from 0 to 65535: got "many"'],
    [['--time-factor', '0'], 2, 'ERROR: --time-factor takes a number, 1 or more: got "0"'],
    [['--assembly', '/nowhere'], 1, 'ERROR: /nowhere: no manifest.json'],
    [['--context', 'lean'], 2, 'ERROR: --context takes key=value, such as stage=lean: got "lean"'],
    [['--context', 'stage=lean', '--assembly', '/nowhere'], 2, 'leave one of them out'],
  ])('with %j ends with %d and words', async (flags, code, words) => {
    const command = start(...flags);

    expect(await command.exited).toBe(code);
    expect(command.printed()).toContain(words);
  });
});

/** The texts of the records in the bucket of what was given up. */
async function keptRecords({ endpoints, credentials, region }: Outputs): Promise<readonly string[]> {
  const s3 = new S3Client({ endpoint: endpoints['s3'] ?? '', credentials, region });
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'shop-bucket', Prefix: 'aws/lambda/' }));
  const documents = await Promise.all(
    Contents.map(async ({ Key }) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'shop-bucket', Key }));
      return JSON.parse((await Body?.transformToString()) ?? '') as { payload: string };
    }),
  );
  s3.destroy();
  return documents.flatMap(({ payload }) => {
    const { Records } = JSON.parse(payload) as { Records: { kinesis: { data: string } }[] };
    return Records.map(({ kinesis }) => Buffer.from(kinesis.data, 'base64').toString());
  });
}
