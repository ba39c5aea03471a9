import type { FieldError } from './errors.ts';

/** What a data source gave a resolver. */
export interface Outcome {
  /** Handed to the response handler without a copy: a fresh value each time. */
  readonly result: unknown;
  /** Becomes `ctx.error`; the response handler runs all the same. */
  readonly error?: { readonly message: string; readonly type: string };
}

/** Answers what a request handler returned. */
export interface DataSource {
  /** What the types of its errors begin with, such as `Lambda`. */
  readonly errorPrefix?: string;
  /**
   * @param request - what the request handler returned
   * @param batch - what tells the fields of one request from those of another, for sources that answer several at once
   * @throws FieldError `MappingTemplate`, when the request is not one that this source understands
   */
  invoke(request: unknown, batch: object): Outcome | Promise<Outcome>;
}

/** A request object whose parts are checked as they are read. */
export function fieldsOf(request: unknown, malformed: (message: string) => FieldError): Readonly<Record<string, unknown>> {
  if (typeof request !== 'object' || request === null || Array.isArray(request)) {
    throw malformed('The request handler must return an object.');
  }
  return request as Readonly<Record<string, unknown>>;
}
