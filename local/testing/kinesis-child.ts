/** Started by `kinesis-restart.test.ts` as a process of its own, to be killed: serves Kinesis in a directory and prints its address. */
import { startKinesis } from '../services/kinesis/service.ts';

const [directory = '', name = '', accessKeyId = '', secretAccessKey = ''] = process.argv.slice(2);
const log = (line: string) => {
  console.error(line);
};
const credentials = { accessKeyId, secretAccessKey };
const service = await startKinesis({ directory, port: 0, credentials, region: 'us-east-1', accountId: '000000000000', log });
await service.createStream({ name, shardCount: 2, retentionHours: 24, mode: 'PROVISIONED' });
console.log(service.url);
