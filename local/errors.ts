export interface ServiceErrorOptions extends ErrorOptions {
  /** Further members of the error, such as `CancellationReasons`. @default none */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/**
 * An intended refusal of a service, in the words of AWS: it goes to the wire as it is.
 *
 * @remarks Everything else that is thrown is a fault of the stand-in itself: it is logged and answered as InternalFailure.
 */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly fields: Readonly<Record<string, unknown>>;

  /**
   * @param code - the `__type` (JSON) or `Code` (XML) that an SDK turns into an error class, such as `ResourceNotFoundException`
   * @param statusCode - HTTP status; AWS answers the caller's mistakes with 400 in the JSON protocols
   */
  constructor(
    readonly code: string,
    message: string,
    readonly statusCode = 400,
    { fields = {}, ...options }: ServiceErrorOptions = {},
  ) {
    super(message, options);
    this.fields = fields;
  }

  /** The body of the answer in the AWS JSON protocols. */
  toWire(): Record<string, unknown> {
    return this.message === ''
      ? { __type: this.code, ...this.fields }
      : { __type: this.code, message: this.message, ...this.fields };
  }
}

/** What AWS answers when it failed itself; the SDKs retry it. */
export function internalFailure(cause?: unknown): ServiceError {
  return new ServiceError(
    'InternalFailure',
    'The request processing has failed because of an unknown error, exception or failure.',
    500,
    { cause },
  );
}

/** What an error says, whatever was thrown. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What the log needs of a fault of the stand-in itself: its stack, which begins with its message. */
export function errorStack(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** What was thrown, as an error. */
export function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
