// Lets a worker thread begin with a TypeScript file, under every Node that we support.
import { workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
await import(workerData.entry);
