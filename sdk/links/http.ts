import { ApolloLink } from '@apollo/client/core';
import { Observable } from 'rxjs';
import {
  AuthenticationError,
  ConnectionError,
  RequestRefusedError,
  ServiceUnavailableError,
  UnreadableAnswerError,
} from '../errors.ts';
import { refusalsOf } from './refusals.ts';
import { contextOf } from './request-context.ts';
import type { Transport } from './transport.ts';

export interface HttpLinkOptions {
  readonly url: URL;
  readonly transport: Transport;
  /**
   * How long one attempt may take.
   *
   * @unit milliseconds
   */
  readonly timeout: number;
}

/** Posts the bytes, and turns what HTTP has to say into an answer or an error of ours. */
export function httpLink({ url, transport, timeout }: HttpLinkOptions): ApolloLink {
  return new ApolloLink((operation) => {
    const { body, headers, signal } = contextOf(operation);
    return new Observable<ApolloLink.Result>((observer) => {
      const attempt = new AbortController();
      const abort = () => {
        attempt.abort(signal.reason);
      };
      const timer = setTimeout(() => {
        attempt.abort(new Error(`no answer within ${String(timeout)} ms`));
      }, timeout);
      signal.addEventListener('abort', abort, { once: true });
      if (signal.aborted) abort();

      transport
        .post({ headers: headers ?? {}, body: body ?? new Uint8Array(), signal: attempt.signal })
        .then(
          ({ status, text }) => read(url.href, status, text),
          (cause: unknown) => {
            throw new ConnectionError(url.href, { cause });
          },
        )
        .catch((error: unknown) => {
          signal.throwIfAborted();
          throw error;
        })
        .finally(() => {
          clearTimeout(timer);
          signal.removeEventListener('abort', abort);
        })
        .then(
          (answer) => {
            observer.next(answer);
            observer.complete();
          },
          (error: unknown) => {
            observer.error(error);
          },
        );
    });
  });
}

/** @throws AuthenticationError for 401 and 403, ServiceUnavailableError for 429 and 5xx, RequestRefusedError for any other 4xx */
function read(url: string, status: number, text: string): ApolloLink.Result {
  let answer: unknown, cause: unknown;
  try {
    answer = JSON.parse(text);
  } catch (error) {
    cause = error;
  }
  const isAnswer = typeof answer === 'object' && answer !== null && ('data' in answer || 'errors' in answer);
  const errors = isAnswer ? refusalsOf(answer as ApolloLink.Result) : [];

  if (status === 401 || status === 403) {
    const reason = errors[0]?.message ?? excerpt(text);
    throw new AuthenticationError(`${url} does not know this caller (${String(status)}): ${reason}; check the key`, errors);
  }
  if (status === 429 || status >= 500) throw new ServiceUnavailableError(url, status, errors);
  if (!isAnswer) throw new UnreadableAnswerError(url, status, excerpt(text), { cause });
  if (status >= 400) throw new RequestRefusedError(errors, null);
  return answer as ApolloLink.Result;
}

const excerpt = (text: string) => text.slice(0, 200);
