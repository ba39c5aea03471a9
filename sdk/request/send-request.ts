import {
  AuthenticationError,
  ConnectionError,
  RequestRefusedError,
  ServiceUnavailableError,
  TillgraphError,
  UnreadableAnswerError,
} from '../errors.ts';
import { redactHeaders } from '../hooks.ts';
import type { Authenticate } from './authenticate.ts';
import type { Call } from './call.ts';
import type { Operation } from './operation.ts';
import { untilAborted } from './pause.ts';
import { dataOf, refusalsOf, type RawAnswer } from './refusals.ts';
import { isUndelivered, retryCall } from './retry.ts';
import type { Post, Reply, Transport } from './transport.ts';

export interface Endpoint {
  readonly url: URL;
  readonly transport: Transport;
  readonly authenticate: Authenticate;
  /**
   * How long one attempt may take.
   *
   * @unit milliseconds
   */
  readonly timeout: number;
}

/** What was asked for, and how AWS names the request that brought it. */
export interface Answer<Data> {
  readonly data: Data;
  readonly requestId: string | undefined;
}

/** Sends an operation, and again as the policy says. Each attempt is authenticated anew, because a signature carries its time. */
export function sendRequest(
  endpoint: Endpoint,
  operation: Operation,
  call: Call,
  keepPartial: boolean,
): Promise<Answer<unknown>> {
  return retryCall(
    call,
    operation.name,
    (attempt) => sendOnce(endpoint, operation, call, { attempt, keepPartial }),
    isUndelivered,
  );
}

async function sendOnce(
  { url, transport, authenticate, timeout }: Endpoint,
  { name, kind, body }: Operation,
  { signal, hooks }: Call,
  { attempt, keepPartial }: { readonly attempt: number; readonly keepPartial: boolean },
): Promise<Answer<unknown>> {
  const headers = await untilAborted(authenticate(kind, body), signal);
  const event = {
    ...{ operationName: name, kind, attempt, url: url.href, bytes: body.byteLength },
    headers: hooks.onRequest === undefined && hooks.onResponse === undefined ? {} : redactHeaders(headers),
  };
  hooks.onRequest?.(event);
  const started = performance.now();
  let reply: Reply | undefined;
  let answer: Answer<unknown> | TillgraphError;
  try {
    reply = await post(transport, { headers, body, signal }, timeout);
    answer = { data: dataOf(readAnswer(url.href, reply), keepPartial), requestId: reply.requestId };
  } catch (error) {
    signal.throwIfAborted();
    answer = error instanceof TillgraphError ? error : new ConnectionError(url.href, { cause: error });
    answer.requestId = reply?.requestId;
  }
  const error = answer instanceof TillgraphError ? answer : undefined;
  const { status, requestId } = reply ?? { status: undefined, requestId: undefined };
  hooks.onResponse?.({ ...event, status, requestId, elapsed: performance.now() - started, error });
  if (answer instanceof TillgraphError) throw answer;
  return answer;
}

/** One POST, until it is answered, or takes too long, or is aborted. */
async function post(transport: Transport, { signal, ...request }: Post, timeout: number): Promise<Reply> {
  const attempt = new AbortController();
  const abort = () => {
    attempt.abort(signal.reason);
  };
  const timer = setTimeout(() => {
    attempt.abort(new Error(`no answer within ${String(timeout)} ms`));
  }, timeout);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await untilAborted(transport.post({ ...request, signal: attempt.signal }), attempt.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

/** @throws AuthenticationError for 401 and 403, ServiceUnavailableError for 429 and 5xx, RequestRefusedError for any other 4xx */
function readAnswer(url: string, { status, text }: Reply): RawAnswer {
  let answer: unknown, cause: unknown;
  try {
    answer = JSON.parse(text);
  } catch (error) {
    cause = error;
  }
  const isAnswer = typeof answer === 'object' && answer !== null && ('data' in answer || 'errors' in answer);
  const errors = isAnswer ? refusalsOf(answer as RawAnswer) : [];

  if (status === 401 || status === 403) {
    const reason = errors[0]?.message ?? excerpt(text);
    throw new AuthenticationError(`${url} does not know this caller (${String(status)}): ${reason}; check the key`, errors);
  }
  if (status === 429 || status >= 500) throw new ServiceUnavailableError(url, status, errors);
  if (!isAnswer) throw new UnreadableAnswerError(url, status, excerpt(text), { cause });
  if (status >= 400) throw new RequestRefusedError(errors, null);
  return answer as RawAnswer;
}

const excerpt = (text: string) => text.slice(0, 200);
