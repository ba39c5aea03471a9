import type { RefusalType } from './answers.ts';

/** The name of each class of errors, by its `code`. */
const NAMES = {
  ANSWER_PENDING: 'AnswerPendingError',
  CLOSED: 'ClosedError',
  CONNECTION_FAILED: 'ConnectionError',
  ENDLESS_PAGES: 'EndlessPagesError',
  INVALID_CONNECTION: 'InvalidConnectionError',
  INVALID_MONEY: 'InvalidMoneyError',
  LINE_COUNT: 'LineCountError',
  NOT_AUTHORIZED: 'AuthenticationError',
  REQUEST_REFUSED: 'RequestRefusedError',
  SERVICE_UNAVAILABLE: 'ServiceUnavailableError',
  UNREADABLE_ANSWER: 'UnreadableAnswerError',
  WAREHOUSE_FAILED: 'WarehouseFailedError',
} as const;

/** The `code` of an error of this client; docs/sdk.md says what to do about each. */
export type ErrorCode = keyof typeof NAMES;

/** Every `code` there is. */
export const ERROR_CODES = Object.keys(NAMES) as readonly ErrorCode[];

/** What went wrong, as a class to catch and a `code` to compare. Aborting is no error of ours: it throws the signal's reason. */
export abstract class TillgraphError extends Error {
  abstract readonly code: ErrorCode;
  /** How AWS names the request that failed (`x-amzn-requestid`); undefined where no answer of AWS is behind the error. */
  declare requestId?: string | undefined;
}

/** One error of an answer, as AppSync sends it: the type stands beside the message, not in `extensions`. */
export interface Refusal {
  readonly message: string;
  /** One of ours such as `InvalidValue`, or AppSync's own such as `ValidationError`; null where it names none. */
  readonly errorType: RefusalType | null;
  /** What the resolver added for the caller; null where nothing. */
  readonly errorInfo: unknown;
  /** The field, such as `['customers', 'items', 0]`; null where the whole request is meant. */
  readonly path: readonly (string | number)[] | null;
}

/** What `connect` or `connectionFrom` was given cannot become a connection. */
export class InvalidConnectionError extends TillgraphError {
  override readonly name = 'InvalidConnectionError';
  readonly code = 'INVALID_CONNECTION';
}

/** The API could not be reached, or the connection broke before the answer had come. */
export class ConnectionError extends TillgraphError {
  override readonly name = 'ConnectionError';
  readonly code = 'CONNECTION_FAILED';
  readonly url: string;

  constructor(url: string, options: { readonly cause: unknown }) {
    super(`no answer from ${url}: ${reasonOf(options.cause)}; start the stack with "npm start", or correct the address`, options);
    this.url = url;
  }
}

/** The API asks to come back later (429), or failed on its own side (5xx), also after the last retry. */
export class ServiceUnavailableError extends TillgraphError {
  override readonly name = 'ServiceUnavailableError';
  readonly code = 'SERVICE_UNAVAILABLE';
  readonly url: string;
  readonly status: number;
  readonly errors: readonly Refusal[];

  constructor(url: string, status: number, errors: readonly Refusal[]) {
    super(`${url} answered ${String(status)}${listed(errors)}; send it again after a while`);
    this.url = url;
    this.status = status;
    this.errors = errors;
  }
}

/** What came back is no GraphQL answer: most likely another server's address. */
export class UnreadableAnswerError extends TillgraphError {
  override readonly name = 'UnreadableAnswerError';
  readonly code = 'UNREADABLE_ANSWER';
  readonly url: string;
  readonly status: number;
  readonly body: string;

  /** @param body - how the answer begins, at most 200 characters */
  constructor(url: string, status: number, body: string, options?: { readonly cause: unknown }) {
    super(`${url} answered ${String(status)} with no GraphQL answer: "${body}"; give the address of the GraphQL API`, options);
    this.url = url;
    this.status = status;
    this.body = body;
  }
}

/** The API does not know the caller, or does not allow this caller this field. */
export class AuthenticationError extends TillgraphError {
  override readonly name = 'AuthenticationError';
  readonly code = 'NOT_AUTHORIZED';
  readonly errors: readonly Refusal[];

  constructor(message: string, errors: readonly Refusal[], options?: { readonly cause: unknown }) {
    super(message, options);
    this.errors = errors;
  }
}

/** The API has understood the request and refused it, whole or in part. Sending it again unchanged will not help. */
export class RequestRefusedError extends TillgraphError {
  override readonly name = 'RequestRefusedError';
  readonly code = 'REQUEST_REFUSED';
  readonly errors: readonly Refusal[];
  readonly data: unknown;

  /** @param data - what could be answered all the same; null where nothing could */
  constructor(errors: readonly Refusal[], data: unknown) {
    super(`the request was refused${listed(errors)}`);
    this.errors = errors;
    this.data = data;
  }
}

/** The warehouse is still at work when the time to wait is up. `warehouseResult(id)` asks for the answer, for 24 hours. */
export class AnswerPendingError extends TillgraphError {
  override readonly name = 'AnswerPendingError';
  readonly code = 'ANSWER_PENDING';
  readonly id: string;
  /** How long it was waited for, in milliseconds. */
  readonly waited: number;

  constructor(id: string, waited: number) {
    super(`no answer within ${String(waited)} ms: wait longer, or ask warehouseResult() for the id later`);
    this.id = id;
    this.waited = waited;
  }
}

/** The warehouse has tried and could not answer. */
export class WarehouseFailedError extends TillgraphError {
  override readonly name = 'WarehouseFailedError';
  readonly code = 'WAREHOUSE_FAILED';
  readonly errors: readonly Refusal[];

  constructor(message: string, errors: readonly Refusal[]) {
    super(message);
    this.errors = errors;
  }
}

/** One call of `sendTransactions` is one mutation, and a mutation holds only so many lines. */
export class LineCountError extends TillgraphError {
  override readonly name = 'LineCountError';
  readonly code = 'LINE_COUNT';
  readonly lines: number;
  readonly limit: number;

  constructor(lines: number, limit: number) {
    super(`send 1 to ${String(limit)} lines in one call: got ${String(lines)}`);
    this.lines = lines;
    this.limit = limit;
  }
}

/** The API handed out a `nextToken` that leads back to the page it came with. */
export class EndlessPagesError extends TillgraphError {
  override readonly name = 'EndlessPagesError';
  readonly code = 'ENDLESS_PAGES';
  readonly nextToken: string;

  constructor(nextToken: string) {
    super(`the page names itself as the next one (nextToken "${nextToken}"): the API is at fault`);
    this.nextToken = nextToken;
  }
}

/** A text that is no amount. */
export class InvalidMoneyError extends TillgraphError {
  override readonly name = 'InvalidMoneyError';
  readonly code = 'INVALID_MONEY';
  readonly text: string;

  constructor(text: string) {
    super(`write an amount with at most three places, such as "2.55" or "-0.001": got "${text}"`);
    this.text = text;
  }
}

/** `close()` was called before, or while, this request ran. */
export class ClosedError extends TillgraphError {
  override readonly name = 'ClosedError';
  readonly code = 'CLOSED';

  constructor() {
    super('this client is closed: call connect() for another one');
  }
}

/** Every error of this client: `switch (error.code)` tells them apart. */
export type AnyTillgraphError =
  | AnswerPendingError
  | AuthenticationError
  | ClosedError
  | ConnectionError
  | EndlessPagesError
  | InvalidConnectionError
  | InvalidMoneyError
  | LineCountError
  | RequestRefusedError
  | ServiceUnavailableError
  | UnreadableAnswerError
  | WarehouseFailedError;

/** Whether an error is one of this client, also of another copy of it. */
export const isTillgraphError = (error: unknown): error is AnyTillgraphError =>
  error instanceof Error && (NAMES as Record<string, string>)[(error as { code?: string }).code ?? ''] === error.name;

function listed(errors: readonly Refusal[]): string {
  const [first, ...others] = errors;
  if (first === undefined) return '';
  const more = others.length === 0 ? '' : ` (and ${String(others.length)} more)`;
  return `: ${first.errorType === null ? '' : `${first.errorType}: `}${first.message}${more}`;
}

/** The innermost reason: `fetch failed` tells nothing, its cause `connect ECONNREFUSED 127.0.0.1:4000` does. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return reasonOf(error.cause);
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return error.message === '' ? error.name : error.message;
}
