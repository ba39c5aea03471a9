/**
 * An intended refusal of a service, in the words of AWS: it goes to the wire as it is.
 *
 * @remarks Everything else that is thrown is a fault of the stand-in itself: it is logged and answered as InternalFailure.
 */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';

  /**
   * @param code - the `__type` (JSON) or `Code` (XML) that an SDK turns into an error class, such as `ResourceNotFoundException`
   * @param statusCode - HTTP status; AWS answers the caller's mistakes with 400 in the JSON protocols
   * @param fields - further members of the error, such as `CancellationReasons`
   */
  constructor(
    readonly code: string,
    message: string,
    readonly statusCode = 400,
    readonly fields: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
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
    {},
    { cause },
  );
}
