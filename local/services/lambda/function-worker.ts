import { Worker } from 'node:worker_threads';
import type { LambdaDefinition } from './definition.ts';
import type { BoundedLog } from './function-log.ts';
import { KILLED } from './worker-messages.ts';
import type { Invocation, WorkerMessage, WorkerSetup } from './worker-messages.ts';

/** How an invocation ended. `payload` is JSON: the result, or the error when `functionError` is there. */
export interface Outcome {
  readonly payload: string;
  readonly functionError?: 'Unhandled';
}

/** Time for loading the code. @unit ms @source Lambda, "Init phase": 10 seconds, and once more within the function's time-out */
const INIT_LIMIT = 10_000;

/** One execution environment of a function: a thread that runs one invocation at a time, and dies as an environment does. */
export class FunctionWorker {
  private readonly worker: Worker;
  private readonly loaded: Promise<Outcome | undefined>;
  private settle: ((outcome: Outcome) => void) | undefined;
  private finishLoading: (failure: Outcome | undefined) => void = () => undefined;
  private ended = false;

  constructor(
    private readonly definition: LambdaDefinition,
    environment: Readonly<Record<string, string>>,
    logStreamName: string,
    log: BoundedLog,
  ) {
    const { directory, handler, name, arn, memoryMegabytes } = definition;
    const setup: WorkerSetup = { directory, handler, functionName: name, functionArn: arn, memoryMegabytes, logStreamName };
    this.loaded = new Promise((resolve) => (this.finishLoading = resolve));
    this.worker = new Worker(new URL('./worker.mjs', import.meta.url), {
      workerData: setup,
      env: { ...environment, AWS_LAMBDA_LOG_STREAM_NAME: logStreamName },
      // Neither the loaders nor the debugger of this process: the function's thread is its own.
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: memoryMegabytes },
    });
    for (const stream of [this.worker.stdout, this.worker.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => log.write(text));
    this.worker.on('message', (message: WorkerMessage) => this.onMessage(message));
    this.worker.on('error', (error: unknown) => this.end(crash(error)));
    this.worker.on('exit', (code) => this.end(exit(code)));
  }

  /** Whether it can take another invocation. */
  get alive(): boolean {
    return !this.ended;
  }

  /** Run one invocation; after a time-out, or when the thread ends, the worker is not alive any more. */
  async invoke(invocation: Omit<Invocation, 'deadline'>): Promise<Outcome> {
    const failure = await this.load();
    if (failure !== undefined) return failure;
    const { timeoutSeconds } = this.definition;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.settle = undefined;
        void this.terminate();
        resolve(
          failed(
            'Sandbox.Timedout',
            `RequestId: ${invocation.requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`,
          ),
        );
      }, timeoutSeconds * 1000);
      this.settle = (outcome) => {
        clearTimeout(timer);
        this.settle = undefined;
        resolve(outcome);
      };
      this.worker.postMessage({ ...invocation, deadline: Date.now() + timeoutSeconds * 1000 } satisfies Invocation);
    });
  }

  /** End the thread wherever it is. */
  async terminate(): Promise<void> {
    this.ended = true;
    await this.worker.terminate();
  }

  private async load(): Promise<Outcome | undefined> {
    const timer = setTimeout(() => {
      this.end(failed('Sandbox.Timedout', `Error: the code was not loaded within ${String(INIT_LIMIT / 1000)} seconds`));
      void this.terminate();
    }, INIT_LIMIT);
    try {
      return await this.loaded;
    } finally {
      clearTimeout(timer);
    }
  }

  private onMessage(message: WorkerMessage): void {
    switch (message.type) {
      case 'ready':
        this.finishLoading(undefined);
        break;
      case 'broken':
        this.end({ payload: message.payload, functionError: 'Unhandled' });
        void this.terminate();
        break;
      case 'result':
        this.settle?.({ payload: message.payload });
        break;
      case 'error':
        this.settle?.({ payload: message.payload, functionError: 'Unhandled' });
        break;
    }
  }

  private end(outcome: Outcome): void {
    this.ended = true;
    this.finishLoading(outcome);
    this.settle?.(outcome);
  }
}

/** @param errorType - such as `Runtime.ExitError` */
export function failed(errorType: string, errorMessage: string): Outcome {
  return { payload: JSON.stringify({ errorType, errorMessage }), functionError: 'Unhandled' };
}

/** An uncaught exception, or a full heap, ended the thread. */
function crash(error: unknown): Outcome {
  const { name, message, stack, code } = error as Error & { code?: unknown };
  if (code === 'ERR_WORKER_OUT_OF_MEMORY')
    return failed('Runtime.ExitError', 'Error: Runtime exited with error: signal: killed (out of memory)');
  return {
    payload: JSON.stringify({ errorType: name, errorMessage: message, trace: (stack ?? '').split('\n') }),
    functionError: 'Unhandled',
  };
}

function exit(code: number): Outcome {
  return failed(
    'Runtime.ExitError',
    `Error: Runtime exited with error: ${code === KILLED ? 'signal: killed' : `exit status ${String(code)}`}`,
  );
}
