/** What a function's worker is made with. */
export interface WorkerSetup {
  /** Where the code is. */
  readonly directory: string;
  /** `<file>.<export>`. */
  readonly handler: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly memoryMegabytes: number;
  readonly logStreamName: string;
}

/** One invocation, on its way to the worker. */
export interface Invocation {
  readonly requestId: string;
  /** Plain JSON values. Cloned by the channel: three times as fast as a JSON text of the same six megabytes. */
  readonly event: unknown;
  /** When the time is up. @unit ms since 1970 */
  readonly deadline: number;
  /** The worker dies when this many of its outgoing calls are answered, before the function sees the answer. */
  readonly dieAfterAnswers?: number;
}

/** What the worker says: that it is ready, that it cannot be, or how an invocation ended. */
export type WorkerMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'broken'; readonly payload: string }
  | { readonly type: 'result'; readonly payload: string }
  | { readonly type: 'error'; readonly payload: string };

/** Exit code of a worker that a fault ended: 128 + SIGKILL. */
export const KILLED = 137;
