// The Lambda runtime inside a worker thread. Plain JavaScript, because a function's thread must carry no module loader: at AWS it has none.
import { existsSync } from 'node:fs';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import { logFailure, patchConsole } from './console-lines.mjs';

/** @typedef {import('./worker-messages.ts').Invocation} Invocation */
/** @typedef {(event: unknown, context: object) => unknown} Handler */

const setup = /** @type {import('./worker-messages.ts').WorkerSetup} */ (workerData);
const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);
/** Exit code of a process that was killed: 128 + SIGKILL. */
const KILLED = 137;

/** @param {import('./worker-messages.ts').WorkerMessage} message */
const say = (message) => {
  port.postMessage(message);
};

/** The error as the Node runtime of Lambda reports it. @param {unknown} error */
function describe(error) {
  if (!(error instanceof Error)) return JSON.stringify({ errorType: typeof error, errorMessage: format(error), trace: [] });
  return JSON.stringify({ errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') });
}

/** @param {string} errorType @param {string} errorMessage */
const broken = (errorType, errorMessage) => {
  say({ type: 'broken', payload: JSON.stringify({ errorType, errorMessage, trace: [] }) });
};

let requestId = 'INIT';
patchConsole(process.env, () => requestId);

/** @returns {Promise<Handler | undefined>} */
async function load() {
  const dot = setup.handler.lastIndexOf('.');
  const [file, name] = [setup.handler.slice(0, dot), setup.handler.slice(dot + 1)];
  const path = ['.mjs', '.js', '.cjs']
    .map((extension) => join(setup.directory, file + extension))
    .find((candidate) => existsSync(candidate));
  if (path === undefined) {
    broken('Runtime.ImportModuleError', `Error: Cannot find module '${file}'`);
    return undefined;
  }
  const module = /** @type {Record<string, any>} */ (await import(pathToFileURL(path).href));
  const handler = module[name] ?? module['default']?.[name];
  if (typeof handler !== 'function') {
    broken('Runtime.HandlerNotFound', `${setup.handler} is undefined or not exported`);
    return undefined;
  }
  if (handler.length > 2) {
    broken(
      'Runtime.CallbackHandlerDeprecated',
      'callbacks ended with the Node.js 24 runtime: make the handler async and return the result',
    );
    return undefined;
  }
  return handler;
}

/** Die in the middle of the work, at the same place every time. @param {number} answers @returns {() => void} to call off */
function dieAfter(answers) {
  let left = answers;
  const count = () => {
    left -= 1;
    if (left <= 0) process.exit(KILLED);
  };
  const channels = ['http.client.response.finish', 'undici:request:headers'];
  for (const channel of channels) subscribe(channel, count);
  return () => {
    for (const channel of channels) unsubscribe(channel, count);
  };
}

/** What was printed takes another road than the result, and must be there first: the log ends with the report on the invocation. */
async function untilPrinted() {
  for (const stream of [process.stdout, process.stderr])
    if (stream.writableLength > 0) await new Promise((resolve) => stream.write('', resolve));
}

/** @param {Handler} handler @param {Invocation} invocation */
async function run(handler, invocation) {
  requestId = invocation.requestId;
  const context = {
    awsRequestId: invocation.requestId,
    functionName: setup.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: setup.functionArn,
    memoryLimitInMB: String(setup.memoryMegabytes),
    logGroupName: `/aws/lambda/${setup.functionName}`,
    logStreamName: setup.logStreamName,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, invocation.deadline - Date.now()),
  };
  const callOff = invocation.dieAfterAnswers === undefined ? undefined : dieAfter(invocation.dieAfterAnswers);
  try {
    const payload = JSON.stringify(await handler(invocation.event, context)) ?? 'null';
    await untilPrinted();
    say({ type: 'result', payload });
  } catch (error) {
    logFailure(process.env['AWS_LAMBDA_LOG_FORMAT'], 'Invoke Error', error);
    await untilPrinted();
    say({ type: 'error', payload: describe(error) });
  } finally {
    callOff?.();
  }
}

try {
  const handler = await load();
  if (handler !== undefined) {
    port.on('message', (/** @type {Invocation} */ invocation) => void run(handler, invocation));
    say({ type: 'ready' });
  }
} catch (error) {
  say({ type: 'broken', payload: describe(error) });
}
