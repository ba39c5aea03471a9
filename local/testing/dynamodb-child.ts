import { startDynamoDb } from '../services/dynamodb/service.ts';
import { ordersTable } from './dynamodb-endpoint.ts';
import { LOCAL } from './remote.ts';

// A process that can be killed: it serves the directory of its first argument and says where.
const [, , directory = ''] = process.argv;
const service = await startDynamoDb({ ...LOCAL, directory, port: 0, log: console.error });
await service.createTable(ordersTable('Orders'));
process.send?.({ url: service.url });
