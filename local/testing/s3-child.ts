import { startS3 } from '../services/s3/service.ts';
import { LOCAL } from './remote.ts';

// A process that can be killed: it serves the directory of its first argument and says where.
const [, , directory = ''] = process.argv;
const service = await startS3({ ...LOCAL, directory, port: 0, log: console.error });
await service.createBucket('bucket');
process.send?.({ url: service.url, memory: process.memoryUsage().rss });
process.on('message', () => process.send?.({ memory: process.memoryUsage().rss }));
