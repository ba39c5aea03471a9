import { join } from 'node:path';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { attackPorts, type Port } from './testing/hostile-clients.ts';
import { signedRequests, wireForm } from './testing/signed-requests.ts';
import { start } from './testing/command.ts';
import { newDirectory } from './testing/directories.ts';
import { shop } from './testing/shop.ts';

test('no broken, slow or endless request on any port ends the stack or delays another', async () => {
  const directory = newDirectory('hostile');
  const command = start('--data', join(directory, 'data'), '--port', '0', '--assembly', shop(join(directory, 'written.txt')));
  const outputs = await command.ready;
  const s3 = new S3Client({ ...outputs, endpoint: outputs.endpoints['s3'] ?? '', forcePathStyle: true });
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  const aws = await signedRequests(outputs, Buckets[0]?.Name ?? '', outputs.stack['StreamName'] ?? '');
  const json = (url: string, body: string, more: Record<string, string> = {}): Buffer => {
    const { pathname: path, host } = new URL(url);
    return wireForm({ method: 'POST', path, headers: { host, 'content-type': 'application/json', ...more }, body });
  };
  const { graphqlUrl = '', apiKey = '', stack } = outputs;
  const orders = stack['OrdersUrl'] ?? '';
  const page = wireForm({ method: 'GET', path: '/', headers: { host: new URL(graphqlUrl).host } });
  const doors: readonly Port[] = [
    {
      name: 'graphql',
      port: Number(new URL(graphqlUrl).port),
      requests: [json(graphqlUrl, '{"query":"{ door }"}', { 'x-api-key': apiKey }), page],
    },
    { name: 'http', port: Number(new URL(orders).port), requests: [json(orders, '{"order":1}')] },
  ];

  const found = await attackPorts([...aws, ...doors], 40, 541_909);

  expect(found).toEqual([]);
  expect(await s3.send(new ListBucketsCommand({})).then(({ Buckets: still }) => still?.length)).toBe(Buckets.length);
  expect(command.printed().match(/^.*(?:\n\s+at .*)+/gm) ?? []).toEqual([]);
  expect(await command.end('SIGINT')).toBe(0);
  s3.destroy();
});
