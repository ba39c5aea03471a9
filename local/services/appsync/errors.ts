/** A place in the query text; AppSync names no source. */
export interface Location {
  readonly line: number;
  readonly column: number;
  readonly sourceName: null;
}

/** Where a node of a query stands. */
export function locationOf({
  loc,
}: {
  readonly loc?: { readonly startToken: { readonly line: number; readonly column: number } } | undefined;
}): Location {
  return { line: loc?.startToken.line ?? 0, column: loc?.startToken.column ?? 0, sourceName: null };
}

export type Path = readonly (string | number)[];

/** One entry of `errors`, in AppSync's own shape: everything at the top, nothing in `extensions`. */
export interface ErrorBlock {
  readonly path: Path | null;
  readonly data?: unknown;
  readonly errorType?: string;
  readonly errorInfo?: unknown;
  readonly locations: readonly Location[] | null;
  readonly message: string;
}

export interface FieldErrorOptions extends ErrorOptions {
  /** Shown through the field's selection set. @default null */
  readonly data?: unknown;
  /** Shown as it is. @default null */
  readonly errorInfo?: unknown;
}

/** What ends one field: the field is null, and the answer's `errors` say why. */
export class FieldError extends Error {
  override readonly name = 'FieldError';
  readonly data: unknown;
  readonly errorInfo: unknown;

  constructor(
    /** AppSync's `errorType`, such as `Unauthorized`, `MappingTemplate`, `Code`; null when the resolver gave none. */
    readonly code: string | null,
    message: string,
    { data = null, errorInfo = null, ...options }: FieldErrorOptions = {},
  ) {
    super(message, options);
    this.data = data;
    this.errorInfo = errorInfo;
  }
}

/** The data source's request is not what the operation needs. */
export const malformedRequest = (message: string) => new FieldError('MappingTemplate', message);

/** The handler's code failed, or asked for what APPSYNC_JS has not. */
export const codeError = (message: string, cause?: unknown) =>
  new FieldError('Code', message, cause === undefined ? {} : { cause });

/** `util.unauthorized()` and a field that the caller's authorization mode does not open. */
export const unauthorized = (fieldName: string, typeName: string) =>
  new FieldError('Unauthorized', `Not Authorized to access ${fieldName} on type ${typeName}`);

/** What ends a whole request before any field is asked. */
export class RequestError extends Error {
  override readonly name = 'RequestError';

  constructor(
    readonly status: number,
    /** AppSync's `errorType`, also in the header `x-amzn-errortype`. */
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A definition that AWS would refuse to deploy, or that this stand-in cannot run. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError';
  readonly code = 'API_DEFINITION';
}

/** `runtime.earlyReturn`: not a failure, but the only way out of a handler from within a function it calls. */
export class EarlyReturn extends Error {
  override readonly name = 'EarlyReturn';

  private constructor(
    readonly value: unknown,
    readonly skipTo: 'END' | 'NEXT',
  ) {
    super();
  }

  /** Without a stack trace, which costs more than all the rest of it. */
  static of(value: unknown, skipTo: 'END' | 'NEXT'): EarlyReturn {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    const signal = new EarlyReturn(value, skipTo);
    Error.stackTraceLimit = limit;
    return signal;
  }
}
