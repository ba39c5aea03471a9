/** A statement failed, in the words of Redshift. */
export class StatementError extends Error {
  override readonly name = 'StatementError';

  /**
   * @param code - the SQLSTATE, such as `42P01`
   * @param text - what DescribeStatement shows as `Error`: begins with `ERROR: `
   */
  constructor(
    readonly code: string,
    text: string,
    options?: ErrorOptions,
  ) {
    super(text.startsWith('ERROR: ') ? text : `ERROR: ${text}`, options);
  }
}

/** What Redshift knows and the stand-in does not, or what PostgreSQL knows and Redshift does not. */
export function notSupported(construct: string, instead: string): StatementError {
  return new StatementError('0A000', `${construct} is not supported: ${instead}`);
}
