import { AuthenticationError, RequestRefusedError, type Refusal } from '../errors.ts';

/** An answer of GraphQL as it came: not yet known to have either. */
export interface RawAnswer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: unknown;
}

/**
 * The data of an answer.
 *
 * @remarks AppSync writes `errorType` and `errorInfo` beside the message instead of in `extensions`; all of it is kept.
 * @param keepPartial - whether data that comes together with errors is an answer, as a receipt is
 * @throws RequestRefusedError, AuthenticationError
 */
export function dataOf(answer: RawAnswer, keepPartial: boolean): unknown {
  const { data } = answer;
  const errors = refusalsOf(answer);
  if (data !== null && data !== undefined && (errors.length === 0 || keepPartial)) return data;
  if (errors.length > 0 && errors.every(({ errorType }) => errorType === 'Unauthorized')) throw unauthorized(errors);
  throw new RequestRefusedError(errors, data ?? null);
}

/** The errors of an answer in one shape, also those of servers that are no AppSync. */
export function refusalsOf({ errors }: RawAnswer): Refusal[] {
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
