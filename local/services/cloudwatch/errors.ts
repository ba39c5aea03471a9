/** A pattern, an expression or a metric of the template has something in it that cannot be evaluated here. */
export class MonitoringError extends Error {
  override readonly name = 'MonitoringError';
  readonly code = 'UNSUPPORTED_MONITORING';

  /** @param where - which filter or alarm, and which of its members @param advice - what is not known, and what to write instead */
  constructor(
    readonly where: string,
    readonly advice: string,
    options?: ErrorOptions,
  ) {
    super(`${where}: ${advice}`, options);
  }
}
