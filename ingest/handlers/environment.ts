/** A variable that the function's definition must set. */
export class MissingVariableError extends Error {
  override readonly name = 'MissingVariableError';
  readonly code = 'MISSING_VARIABLE';

  constructor(readonly variable: string) {
    super(`set the environment variable ${variable} in the function's definition`);
  }
}

/** @throws MissingVariableError */
export function requireVariable(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new MissingVariableError(name);
  return value;
}
