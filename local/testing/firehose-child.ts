/**
 * Started by `firehose/restart.test.ts` as a process of its own, to be killed: Kinesis, S3 and Firehose in one directory. Its table is a
 * file; it tells its parent of each thing it does outside itself, before and after.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { startFirehose } from '../services/firehose/service.ts';
import { startKinesis } from '../services/kinesis/service.ts';
import { startS3 } from '../services/s3/service.ts';
import { CREDENTIALS, deliveryStream } from './delivery-stream.ts';

const [directory = ''] = process.argv.slice(2);
const log = (line: string): void => {
  console.error(line);
};
const common = { port: 0, credentials: CREDENTIALS, region: 'us-east-1', accountId: '000000000000', log };
const send = (message: unknown): void => void process.send?.(message);

const [kinesis, s3] = await Promise.all([
  startKinesis({ ...common, directory: join(directory, 'kinesis') }),
  startS3({ ...common, directory: join(directory, 's3') }),
]);
await kinesis.createStream({ name: 'transactions', shardCount: 2, retentionHours: 24, mode: 'PROVISIONED' });
await s3.createBucket('lake');
const firehose = await startFirehose({
  ...common,
  directory: join(directory, 'firehose'),
  // A buffer is due after 20 ms.
  timeFactor: 3_000,
  streams: [deliveryStream()],
  source: kinesis,
  secretOf: () => ({ username: 'loader', password: 'secret' }),
  invoke: () => Promise.reject(new Error('no function is declared')),
  objects: {
    async write(bucket, key, body) {
      send({ step: 'write' });
      await s3.objects.write(bucket, key, body);
      send({ step: 'written' });
    },
  },
  async copy(statement) {
    send({ step: 'copy' });
    const [, bucket = '', manifest = ''] = /FROM 's3:\/\/([^/]+)\/([^']+)'/.exec(statement) ?? [];
    const { entries } = JSON.parse(await text(await s3.objects.read(bucket, manifest))) as { entries: { url: string }[] };
    const parts = await Promise.all(
      entries.map(async ({ url }) => buffer(await s3.objects.read(bucket, url.slice(`s3://${bucket}/`.length)))),
    );
    const rows = Buffer.concat(parts);
    appendFileSync(join(directory, 'table.ndjson'), rows);
    send({ step: 'copied' });
    return { rows: rows.toString().split('\n').length - 1 };
  },
});
await kinesis.startTrimming();
send({ step: 'started', kinesis: kinesis.url, firehose: firehose.url });
