import type { ErrorCode, TillgraphError } from './errors.ts';

/** One attempt of one request. */
export interface RequestEvent {
  readonly operationName: string;
  readonly kind: 'query' | 'mutation';
  /** 1 for the first. */
  readonly attempt: number;
  readonly url: string;
  /** As they are sent, with `REDACTED` in place of keys, tokens and signatures. */
  readonly headers: Readonly<Record<string, string>>;
  /** The size of the body, in bytes. */
  readonly bytes: number;
}

/** How an attempt ended: with an answer, or with an error. */
export interface ResponseEvent extends RequestEvent {
  /** The HTTP status; undefined where none came. */
  readonly status: number | undefined;
  /** AppSync's `x-amzn-requestid`, which its logs have too; undefined where none came. */
  readonly requestId: string | undefined;
  /**
   * From the first byte sent to the last one read.
   *
   * @unit milliseconds
   */
  readonly elapsed: number;
  /** Undefined where the attempt was answered. */
  readonly error: TillgraphError | undefined;
}

/** Something is about to be sent again. */
export interface RetryEvent {
  readonly operationName: string;
  /** The attempt that comes: 2 for the first repetition. */
  readonly attempt: number;
  /**
   * The pause before it.
   *
   * @unit milliseconds
   */
  readonly delay: number;
  /** The code of the error that is retried; `LINES_NOT_TAKEN` where the stream was too busy for single lines. */
  readonly reason: ErrorCode | 'LINES_NOT_TAKEN';
  readonly error: TillgraphError | undefined;
  /** How many lines are sent again; undefined where the whole request is. */
  readonly lines: number | undefined;
}

/**
 * Functions that the client calls as it works, to log, trace and count. They see no key, no signature, and no data.
 *
 * @remarks What a hook throws ends the call: it throws the same.
 */
export interface Hooks {
  /** Before every attempt. */
  readonly onRequest?: ((event: RequestEvent) => void) | undefined;
  /** After every attempt, answered or not. One that was aborted has no response. */
  readonly onResponse?: ((event: ResponseEvent) => void) | undefined;
  /** Before the pause in front of every repetition: nothing is sent twice without it. */
  readonly onRetry?: ((event: RetryEvent) => void) | undefined;
}

const HOOKS = ['onRequest', 'onResponse', 'onRetry'] as const satisfies readonly (keyof Hooks)[];

/** Hooks that call those of the client, then those of the call. */
export function joinHooks(first: Hooks, second: Hooks | undefined): Hooks {
  if (second === undefined || HOOKS.every((name) => second[name] === undefined)) return first;
  return {
    onRequest: (event) => {
      first.onRequest?.(event);
      second.onRequest?.(event);
    },
    onResponse: (event) => {
      first.onResponse?.(event);
      second.onResponse?.(event);
    },
    onRetry: (event) => {
      first.onRetry?.(event);
      second.onRetry?.(event);
    },
  };
}

const SECRET_HEADERS = new Set(['x-api-key', 'authorization', 'x-amz-security-token', 'cookie', 'proxy-authorization']);

/** The headers of a request as a log may have them. */
export function redactHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, SECRET_HEADERS.has(name.toLowerCase()) ? 'REDACTED' : value]),
  );
}
