import { Worker } from 'node:worker_threads';
import type { Measure } from '../../measure.ts';
import { measureNothing } from '../../measure.ts';

/** The input of CreateTable, in JSON. */
export type CreateTable = Readonly<Record<string, unknown>> & { readonly TableName: string };

export interface WorkerOptions {
  /** Where the tables live; made if absent. One process at a time. */
  readonly directory: string;
  /** 0: any free port. */
  readonly port: number;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly region: string;
  readonly accountId: string;
}

export interface DynamoDbOptions extends WorkerOptions {
  /** Told what DynamoDB tells CloudWatch. */
  readonly measure?: Measure;
  log(this: void, line: string): void;
}

/** DynamoDB on one machine: dynalite's engine, with transactions, exact capacity and one atomic write per call. */
export interface DynamoDbService {
  readonly url: string;
  /** Make a table unless it is there. @throws Error when it is there with other keys or indexes */
  createTable(table: CreateTable): Promise<void>;
  /** Answers running calls and closes the store. */
  close(): Promise<void>;
}

export type ToWorker = { readonly id: number } & (
  { readonly type: 'createTable'; readonly table: CreateTable } | { readonly type: 'close' }
);
/** Requests that a table had no capacity for. */
export interface Throttled {
  readonly table: string;
  readonly metric: 'ReadThrottleEvents' | 'WriteThrottleEvents';
  readonly count: number;
}

export type FromWorker =
  | ({ readonly type: 'throttled' } & Throttled)
  | { readonly type: 'ready'; readonly url: string }
  | { readonly type: 'log'; readonly line: string }
  | { readonly type: 'done'; readonly id: number }
  | { readonly type: 'failed'; readonly id: number; readonly error: unknown };

export async function startDynamoDb({ log, measure = measureNothing, ...options }: DynamoDbOptions): Promise<DynamoDbService> {
  const entry = new URL('./worker.ts', import.meta.url).href;
  const worker = new Worker(new URL('../../worker-boot.mjs', import.meta.url), { workerData: { entry, options } });
  const calls = new Map<number, { resolve: () => void; reject: (error: unknown) => void }>();
  let lastId = 0;
  let isReady = false;
  let isClosing = false;

  const url = await new Promise<string>((resolve, reject) => {
    const fail = (error: Error) => {
      reject(error);
      for (const call of calls.values()) call.reject(error);
      calls.clear();
    };
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'ready') {
        isReady = true;
        resolve(message.url);
      } else if (message.type === 'log') log(message.line);
      else if (message.type === 'throttled') {
        const { table: TableName, metric: name, count: value } = message;
        measure({ namespace: 'AWS/DynamoDB', name, dimensions: { TableName }, value });
      } else {
        const call = calls.get(message.id);
        calls.delete(message.id);
        if (message.type === 'done') call?.resolve();
        else call?.reject(message.error);
      }
    });
    worker.on('error', (error) => {
      if (isReady) log(`dynamodb ended: ${error.stack ?? error.message}`);
      fail(error);
    });
    worker.on('exit', (code) => {
      if (!isClosing) fail(new Error(`dynamodb ended with exit code ${String(code)}`));
    });
  });

  function ask(message: { type: 'createTable'; table: CreateTable } | { type: 'close' }): Promise<void> {
    return new Promise((resolve, reject) => {
      const id = (lastId += 1);
      calls.set(id, { resolve, reject });
      worker.postMessage({ ...message, id } satisfies ToWorker);
    });
  }

  return {
    url,
    createTable: (table) => ask({ type: 'createTable', table }),
    async close() {
      if (isClosing) return;
      isClosing = true;
      await ask({ type: 'close' });
      await worker.terminate();
    },
  };
}
