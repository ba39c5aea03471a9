import { platform } from '#sdk/platform';
import type { TypedDocument } from './document.ts';
import { ClosedError, InvalidConnectionError, RequestRefusedError, type TillgraphError } from './errors.ts';
import { joinHooks, type Hooks } from './hooks.ts';
import type { CallOptions, ConnectOptions } from './options.ts';
import { authenticator, type Identity } from './request/authenticate.ts';
import type { Call } from './request/call.ts';
import { operationOf } from './request/operation.ts';
import { DEFAULT_RETRY, retryCall, type RetryPolicy } from './request/retry.ts';
import { sendRequest, type Answer, type Endpoint } from './request/send-request.ts';
import { fetchTransport } from './request/transport.ts';

const DEFAULT_TIMEOUT = 35_000;

/** Runs calls against one address: each under one signal, one policy of retries, and the hooks of client and call. */
export class Caller {
  readonly #endpoint: Endpoint;
  readonly #retry: RetryPolicy;
  readonly #hooks: Hooks;
  readonly #calls = new Set<AbortController>();
  #closed = false;

  /** @throws InvalidConnectionError */
  constructor({ url: address, fetch, retry, timeout = DEFAULT_TIMEOUT, hooks = {}, ...identity }: ConnectOptions) {
    const url = toUrl(address);
    this.#retry = refine(DEFAULT_RETRY, retry);
    this.#hooks = hooks;
    this.#endpoint = {
      url,
      timeout,
      authenticate: authenticator(url, identityOf(url, identity)),
      transport: fetch === undefined ? platform.openTransport(url) : fetchTransport(url, fetch),
    };
  }

  /** Runs one call under one signal, which the caller's signal and `close` both end. */
  async run<Result>({ signal, retry, hooks }: CallOptions = {}, run: (call: Call) => Promise<Result>): Promise<Result> {
    if (this.#closed) throw new ClosedError();
    signal?.throwIfAborted();
    const ending = new AbortController();
    const abort = () => {
      ending.abort(signal?.reason);
    };
    // Many calls at once under one signal are no leak, and one call may have many requests.
    for (const shared of [signal, ending.signal]) if (shared !== undefined) platform.allowManyListeners(shared);
    signal?.addEventListener('abort', abort, { once: true });
    this.#calls.add(ending);
    try {
      return await run({ signal: ending.signal, retry: refine(this.#retry, retry), hooks: joinHooks(this.#hooks, hooks) });
    } catch (error) {
      ending.signal.throwIfAborted(); // the reason itself
      throw error;
    } finally {
      signal?.removeEventListener('abort', abort);
      this.#calls.delete(ending);
    }
  }

  /** Asks, and asks again where an invoice was corrected while it was read, or the store was busy. @throws RequestRefusedError */
  query<Data, Variables extends object>(
    document: TypedDocument<Data, Variables>,
    variables: Variables,
    call: Call,
  ): Promise<Answer<Data>> {
    const operation = operationOf('query', document, variables);
    const ask = () => sendRequest(this.#endpoint, operation, call, false);
    return retryCall(call, operation.name, ask, isPassingRead) as Promise<Answer<Data>>;
  }

  /** @param keepPartial - whether data that comes together with errors is an answer, as a receipt is, or a refusal */
  mutate<Data, Variables extends object>(
    document: TypedDocument<Data, Variables>,
    variables: Variables,
    call: Call,
    keepPartial = false,
  ): Promise<Answer<Data>> {
    const operation = operationOf('mutation', document, variables);
    return sendRequest(this.#endpoint, operation, call, keepPartial) as Promise<Answer<Data>>;
  }

  /** Ends all calls that are under way with a `ClosedError`, and refuses further ones. */
  close(): void {
    this.#closed = true;
    for (const call of this.#calls) call.abort(new ClosedError());
    this.#endpoint.transport.close();
  }
}

const PASSING_READS: ReadonlySet<string | null> = new Set(['InvoiceChanged', 'StoreUnavailable']);

const isPassingRead = (error: TillgraphError) =>
  error instanceof RequestRefusedError &&
  error.errors.length > 0 &&
  error.errors.every(({ errorType }) => PASSING_READS.has(errorType));

function refine(policy: RetryPolicy, change: Partial<RetryPolicy> | false | undefined): RetryPolicy {
  if (change === undefined) return policy;
  return change === false ? { ...policy, attempts: 1 } : { ...policy, ...change };
}

function toUrl(address: string): URL {
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol))
    throw new InvalidConnectionError(`write the url as in "http://127.0.0.1:4000/graphql": got "${address}"`);
  return new URL(address);
}

function identityOf(
  url: URL,
  { apiKey, region, credentials }: Pick<ConnectOptions, 'apiKey' | 'region' | 'credentials'>,
): Identity {
  const signing = credentials === undefined ? undefined : { region: region ?? regionOf(url), credentials };
  if (apiKey === undefined && signing === undefined)
    throw new InvalidConnectionError('give connect() an apiKey to read, credentials to send, or both: got neither');
  return { apiKey, signing };
}

/** @source AppSync addresses: `https://<id>.appsync-api.<region>.amazonaws.com/graphql` */
function regionOf({ hostname }: URL): string {
  const [, region] = /\.appsync-api\.([a-z0-9-]+)\.amazonaws\.com/.exec(hostname) ?? [];
  if (region === undefined)
    throw new InvalidConnectionError(`give connect() the region, such as "us-east-1": the host "${hostname}" names none`);
  return region;
}
