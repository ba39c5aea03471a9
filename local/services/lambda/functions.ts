import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { ServiceError } from '../../errors.ts';
import { Faults } from '../../faults.ts';
import { sessionTokenOf } from '../../http/signature-v4.ts';
import type { Measure } from '../../measure.ts';
import { measureNothing } from '../../measure.ts';
import { functionNameOf } from './template.ts';
import type { LambdaDefinition } from './definition.ts';
import type { AsynchronousPorts, Ending } from './asynchronous.ts';
import { AsynchronousInvocations, MAX_EVENT_BYTES } from './asynchronous.ts';
import { BoundedLog } from './function-log.ts';
import type { Outcome } from './function-worker.ts';
import { FunctionWorker, failed } from './function-worker.ts';

/** Largest event of a synchronous invocation. @unit bytes @source Lambda quotas: 6 MB each for request and response */
export const MAX_REQUEST_BYTES = 6 * 1024 * 1024;
const MAX_RESPONSE_BYTES = MAX_REQUEST_BYTES + 100;

/** Threads of a function without a reserved concurrency; further invocations wait. AWS has 1,000 for an account, this machine has not. */
const WORKERS = 10;

/**
 * What can go wrong with an invocation on demand.
 *
 * - `throw`: the function fails without having run.
 * - `crash-before`: the environment dies before the handler starts.
 * - `crash-during`: the environment dies when an outgoing call is answered, before the code sees the answer: at the first call when the
 *   rule strikes for the first time, at the second call the second time, and so on. A handler with fewer calls ends as it would.
 * - `crash-after`: the handler has finished, and its result is lost.
 * - `throttle`: the function has no room for the invocation.
 * - `slow`: the invocation counts as longer by the rule's `milliseconds`, without a wait.
 */
export const LAMBDA_EFFECTS = ['throw', 'crash-before', 'crash-during', 'crash-after', 'throttle', 'slow'] as const;
export type LambdaEffect = (typeof LAMBDA_EFFECTS)[number];

export interface FunctionsOptions {
  /** What every function finds in its environment besides its own variables: credentials, region, endpoints. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where the logs go, one file for each function. */
  readonly logs: string;
  /** Told of each invocation what Lambda tells CloudWatch. */
  readonly measure?: Measure;
  /** What counts the lines of a log group; absent when nothing does. */
  counterOf?(this: void, logGroup: string | undefined): ((line: string) => void) | undefined;
  /** For asynchronous events. */
  readonly asynchronous: Omit<AsynchronousPorts, 'invoke'>;
}

/** An event on its way to a function. */
export interface QueuedInvocation {
  readonly requestId: string;
  /** How it ends; never rejects. */
  readonly ending: Promise<Ending>;
}

/** All functions of a stack. Threads are made when they are needed, and stay. */
export class Functions {
  /** The operations are the names of the functions. */
  readonly faults: Faults<LambdaEffect>;
  private readonly pools: ReadonlyMap<string, Pool>;
  private readonly queues: AsynchronousInvocations;

  constructor(definitions: readonly LambdaDefinition[], options: FunctionsOptions) {
    this.faults = new Faults('lambda', Object.fromEntries(definitions.map(({ name }) => [name, LAMBDA_EFFECTS])), {
      slow: 'milliseconds',
    });
    this.pools = new Map(definitions.map((definition) => [definition.name, new Pool(definition, options)]));
    this.queues = new AsynchronousInvocations({
      ...options.asynchronous,
      invoke: (name, event, requestId) => this.find(name).invoke(event, requestId, this.faults),
    });
  }

  get names(): readonly string[] {
    return [...this.pools.keys()];
  }

  /**
   * Invoke with plain JSON values, of at most `MAX_REQUEST_BYTES` as a text: the caller knows that they are.
   *
   * @param nameOrArn - name, ARN or partial ARN
   * @throws ServiceError when there is no such function, or its reserved concurrency is used up
   */
  async invoke(nameOrArn: string, event: unknown): Promise<Outcome & { readonly requestId: string }> {
    const pool = this.find(nameOrArn);
    const requestId = randomUUID();
    const outcome = await pool.invoke(event, requestId, this.faults);
    return { ...outcome, requestId };
  }

  /** Invoke with a JSON text. @throws ServiceError as `invoke`, and when the text is too long or no JSON */
  async invokeText(nameOrArn: string, text: string): Promise<Outcome & { readonly requestId: string }> {
    return this.invoke(nameOrArn, parse(text, MAX_REQUEST_BYTES));
  }

  /**
   * Put plain JSON values into the function's queue.
   *
   * @throws ServiceError when there is no such function
   */
  invokeAsynchronously(nameOrArn: string, event: unknown): QueuedInvocation {
    const { definition } = this.find(nameOrArn);
    const requestId = randomUUID();
    return { requestId, ending: this.queues.add({ definition, event, requestId }) };
  }

  /** Queue a JSON text. @throws ServiceError as `invokeAsynchronously`, and when the text is too long or no JSON */
  invokeTextAsynchronously(nameOrArn: string, text: string): QueuedInvocation {
    return this.invokeAsynchronously(nameOrArn, parse(text, MAX_EVENT_BYTES));
  }

  /** From now on no event is tried again. Resolves when the attempts under way have ended. */
  closeQueues(): Promise<void> {
    return this.queues.close();
  }

  /** The directory with the function's code. @throws ServiceError when there is no such function */
  codeOf(nameOrArn: string): string {
    return this.find(nameOrArn).definition.directory;
  }

  /** The file with what the function prints. @throws ServiceError when there is no such function */
  logOf(nameOrArn: string): string {
    return this.find(nameOrArn).logPath;
  }

  /** Ends every thread, in the middle of an invocation or not. */
  async close(): Promise<void> {
    const queues = this.closeQueues();
    await Promise.all([...this.pools.values()].map((pool) => pool.close()));
    await queues;
  }

  private find(nameOrArn: string): Pool {
    const pool = this.pools.get(functionNameOf(nameOrArn));
    if (pool !== undefined) return pool;
    const message = `Function not found: ${nameOrArn}: the stack has ${this.names.join(', ')}`;
    throw new ServiceError('ResourceNotFoundException', message, 404, { fields: { Type: 'User' } });
  }
}

/** @throws ServiceError when the text is too long or no JSON; an empty one is an empty event */
function parse(text: string, mostBytes: number): unknown {
  const bytes = Buffer.byteLength(text);
  if (bytes > mostBytes) {
    const message = `Request must be smaller than ${String(mostBytes)} bytes for the InvokeFunction operation: got ${String(bytes)}`;
    throw new ServiceError('RequestEntityTooLargeException', message, 413, { fields: { Type: 'User' } });
  }
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch (cause) {
    const message = 'Could not parse request body into json';
    throw new ServiceError('InvalidRequestContentException', message, 400, { fields: { Type: 'User' }, cause });
  }
}

/** The execution environments of one function. */
class Pool {
  private readonly idle: FunctionWorker[] = [];
  private readonly busy = new Set<FunctionWorker>();
  private readonly waiting: (() => void)[] = [];
  readonly logPath: string;
  private readonly log: BoundedLog;
  private readonly measure: (name: string, value: number) => void;
  private closed = false;

  constructor(
    readonly definition: LambdaDefinition,
    private readonly options: FunctionsOptions,
  ) {
    this.logPath = join(options.logs, `${definition.name}.log`);
    this.log = new BoundedLog(this.logPath, options.counterOf?.(definition.logGroup));
    const { measure = measureNothing } = options;
    const dimensions = { FunctionName: definition.name };
    this.measure = (name, value) => {
      measure({ namespace: 'AWS/Lambda', name, dimensions, value });
    };
  }

  async invoke(event: unknown, requestId: string, faults: Faults<LambdaEffect>): Promise<Outcome> {
    const fault = faults.take(this.definition.name);
    const worker = await this.take(fault);
    const started = performance.now();
    try {
      const outcome = await this.run(worker, event, requestId, fault);
      const passed = performance.now() - started + (fault?.effect === 'slow' ? (fault.milliseconds ?? 0) : 0);
      this.report(requestId, passed, outcome);
      this.measure('Invocations', 1);
      this.measure('Errors', outcome.functionError === undefined ? 0 : 1);
      this.measure('Duration', passed);
      return bounded(outcome);
    } finally {
      this.giveBack(worker);
    }
  }

  private async run(
    worker: FunctionWorker,
    event: unknown,
    requestId: string,
    fault: ReturnType<Faults<LambdaEffect>['take']>,
  ): Promise<Outcome> {
    if (fault?.effect === 'throw') return failed('Error', 'fault throw');
    if (fault?.effect === 'crash-before') return this.crash(worker, requestId);
    const dieAfterAnswers = fault?.effect === 'crash-during' ? { dieAfterAnswers: fault.strike + 1 } : {};
    const outcome = await worker.invoke({ requestId, event, ...dieAfterAnswers });
    return fault?.effect === 'crash-after' ? this.crash(worker, requestId) : outcome;
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.idle, ...this.busy].map((worker) => worker.terminate()));
    this.log.flush();
  }

  private async take(fault: ReturnType<Faults<LambdaEffect>['take']>): Promise<FunctionWorker> {
    const { reservedConcurrency } = this.definition;
    if (fault?.effect === 'throttle' || this.busy.size >= (reservedConcurrency ?? Infinity)) {
      this.measure('Throttles', 1);
      const fields = { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded', Type: 'User' };
      throw new ServiceError('TooManyRequestsException', 'Rate Exceeded.', 429, { fields });
    }
    while (this.busy.size >= WORKERS && !this.closed) await new Promise<void>((resolve) => this.waiting.push(resolve));
    if (this.closed) throw new ServiceError('ServiceException', 'the stack is closing', 500);
    const worker = this.idle.pop() ?? this.start();
    this.busy.add(worker);
    return worker;
  }

  private giveBack(worker: FunctionWorker): void {
    this.busy.delete(worker);
    if (worker.alive) this.idle.push(worker);
    this.waiting.shift()?.();
  }

  private start(): FunctionWorker {
    const { definition, options } = this;
    const environment = {
      ...options.environment,
      // Every call of the function is in its role's name.
      AWS_SESSION_TOKEN: sessionTokenOf(definition.roleArn),
      TZ: ':UTC',
      LANG: 'en_US.UTF-8',
      // What the SDK says of an old Node is true of this machine and not of Lambda's runtime.
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      LAMBDA_TASK_ROOT: definition.directory,
      _HANDLER: definition.handler,
      AWS_LAMBDA_FUNCTION_NAME: definition.name,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMegabytes),
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      ...(definition.logging && {
        AWS_LAMBDA_LOG_FORMAT: definition.logging.format,
        AWS_LAMBDA_LOG_LEVEL: definition.logging.level,
      }),
      AWS_LAMBDA_LOG_GROUP_NAME: definition.logGroup ?? `/aws/lambda/${definition.name}`,
      ...definition.environment,
    };
    const logStreamName = `${new Date().toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]${randomUUID().replaceAll('-', '')}`;
    return new FunctionWorker(definition, environment, logStreamName, this.log);
  }

  private async crash(worker: FunctionWorker, requestId: string): Promise<Outcome> {
    await worker.terminate();
    return failed('Runtime.ExitError', `RequestId: ${requestId} Error: Runtime exited with error: signal: killed`);
  }

  /** How the invocation went, as Lambda writes it beside what the function's runtime does. */
  private report(requestId: string, milliseconds: number, { functionError, payload }: Outcome): void {
    const time = new Date().toISOString();
    if (this.definition.logging?.format === 'JSON') {
      // https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#platform-report
      const record = { requestId, metrics: { durationMs: Number(milliseconds.toFixed(3)) }, ...statusOf(functionError, payload) };
      this.log.write(`${JSON.stringify({ time, type: 'platform.report', record })}\n`);
      return;
    }
    if (functionError !== undefined) this.log.write(`${time}\t${requestId}\tERROR\t${payload}\n`);
    this.log.write(`${time}\t${requestId}\tREPORT\tDuration: ${milliseconds.toFixed(2)} ms\n`);
  }
}

function statusOf(functionError: string | undefined, payload: string): { readonly status: string; readonly errorType?: string } {
  if (functionError === undefined) return { status: 'success' };
  const { errorType = functionError } = JSON.parse(payload) as { errorType?: string };
  if (errorType === 'Sandbox.Timedout') return { status: 'timeout' };
  return { status: errorType.startsWith('Runtime.') ? 'failure' : 'error', errorType };
}

function bounded(outcome: Outcome): Outcome {
  if (Buffer.byteLength(outcome.payload) <= MAX_RESPONSE_BYTES) return outcome;
  return failed(
    'Function.ResponseSizeTooLarge',
    `Response payload size exceeded maximum allowed payload size (${String(MAX_RESPONSE_BYTES)} bytes).`,
  );
}
