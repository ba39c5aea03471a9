import { mkdir } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { Faults } from '../../faults.ts';
import { startJsonServer } from '../../http/aws-json-server.ts';
import type { FromWorker, ToWorker, WorkerOptions } from './service.ts';
import { Engine } from './engine.ts';
import { installEvaluators } from './evaluators.ts';
import type { Effect } from './model.ts';
import { dynamoDbOperations, effectsOf } from './operations.ts';
import { Store } from './store.ts';
import { Tables } from './tables.ts';
import { Transactions } from './transactions.ts';

// DynamoDB in a thread of its own, so that it can have a core of its own.

const port = parentPort;
if (!port) throw new Error('dynamodb-worker.ts is run by dynamodb.ts, in a worker thread');
/** @source DynamoDB, "Service, account, and table quotas": a request body has at most 16 MB */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

const post = (message: FromWorker) => {
  port.postMessage(message);
};
const { options } = workerData as { options: WorkerOptions };

installEvaluators();
await mkdir(options.directory, { recursive: true });
const log = (line: string) => {
  post({ type: 'log', line });
};
const store = await Store.open(options.directory, log);
const tables = await Tables.load(store, options);
const engine = new Engine(store, (name) => tables.get(name));
const transactions = await Transactions.load(engine, Date.now);
const operations = dynamoDbOperations(engine, tables, transactions, (throttled) => {
  post({ type: 'throttled', ...throttled });
});
const server = await startJsonServer<Effect>(
  {
    signingName: 'dynamodb',
    targetPrefix: 'DynamoDB_20120810',
    jsonVersion: '1.0',
    operations,
    faults: new Faults<Effect>('dynamodb', effectsOf(Object.keys(operations))),
    maxBodyBytes: MAX_BODY_BYTES,
    sendsCrc32: true,
  },
  { ...options, log },
);

port.on('message', (message: ToWorker) => {
  run(message).then(
    () => {
      post({ type: 'done', id: message.id });
    },
    (error: unknown) => {
      post({ type: 'failed', id: message.id, error });
    },
  );
});
post({ type: 'ready', url: server.url });

async function run(message: ToWorker): Promise<void> {
  if (message.type === 'createTable') {
    await tables.ensure(engine, message.table);
    return;
  }
  await server.close();
  await store.close();
}
