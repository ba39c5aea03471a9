import { startDynamoDb } from '../../local/services/dynamodb.ts';
import { ordersTable } from '../parity/dynamodb-endpoint.ts';
import { LOCAL } from '../parity/remote.ts';

// A process that can be killed: it serves the directory of its first argument and says where.
const [, , directory = ''] = process.argv;
const service = await startDynamoDb({ ...LOCAL, directory, port: 0, log: console.error });
await service.createTable(ordersTable('Orders'));
process.send?.({ url: service.url });
