import { ApolloLink } from '@apollo/client/core';
import { map } from 'rxjs';
import { AuthenticationError, RequestRefusedError, type Refusal } from '../errors.ts';
import { contextOf } from './request-context.ts';

/**
 * Turns the errors of an answer into one of ours, before Apollo wraps them.
 *
 * @remarks AppSync writes `errorType` and `errorInfo` beside the message instead of in `extensions`; all of it is kept.
 */
export function refusalLink(): ApolloLink {
  return new ApolloLink((operation, forward) => {
    const { keepPartial } = contextOf(operation);
    return forward(operation).pipe(
      map((answer) => {
        const { data } = answer as { data?: Record<string, unknown> | null };
        const errors = refusalsOf(answer);
        if (errors.length === 0 && data !== null && data !== undefined) return { data };
        if (keepPartial && data !== null && data !== undefined) return { data };
        if (errors.length > 0 && errors.every(({ errorType }) => errorType === 'Unauthorized')) throw unauthorized(errors);
        throw new RequestRefusedError(errors, data ?? null);
      }),
    );
  });
}

/** The errors of an answer in one shape, also those of servers that are no AppSync. */
export function refusalsOf(answer: ApolloLink.Result): Refusal[] {
  const { errors } = answer as { errors?: unknown };
  return Array.isArray(errors) ? errors.map(toRefusal) : [];
}

function toRefusal(error: unknown): Refusal {
  const { message, errorType, errorInfo, path } = (error ?? {}) as { [name in keyof Refusal]?: unknown };
  return {
    message: typeof message === 'string' ? message : JSON.stringify(error),
    errorType: typeof errorType === 'string' ? errorType : null,
    errorInfo: errorInfo ?? null,
    path: Array.isArray(path) ? (path as (string | number)[]) : null,
  };
}

function unauthorized(errors: readonly Refusal[]) {
  const reason = errors[0]?.message ?? 'not authorized';
  const what = 'an API key can read, never write, and may be for aggregates alone, without customers and invoices';
  return new AuthenticationError(`${reason}: ${what}; for more, give connect() credentials`, errors);
}
