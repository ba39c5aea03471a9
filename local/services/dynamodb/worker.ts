import { mkdir } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { startJsonServer } from '../../http/aws-json-server.ts';
import type { FromWorker, ToWorker, WorkerOptions } from './service.ts';
import { Engine } from './engine.ts';
import { installEvaluators } from './evaluators.ts';
import { dynamoDbService } from './operations.ts';
import { Store } from './store.ts';
import { Tables } from './tables.ts';
import { Transactions } from './transactions.ts';

// DynamoDB in a thread of its own, so that it can have a core of its own.

const port = parentPort;
if (!port) throw new Error('dynamodb-worker.ts is run by dynamodb.ts, in a worker thread');
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
const server = await startJsonServer(
  dynamoDbService(engine, tables, transactions, (throttled) => {
    post({ type: 'throttled', ...throttled });
  }),
  {
    ...options,
    log,
  },
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
