import { ServiceError } from '../../errors.ts';

export type Input = Readonly<Record<string, unknown>>;

/** @throws ServiceError InvalidInputException */
export function optionalText(input: Input, member: string): string | undefined {
  const value = input[member];
  if (value === undefined || value === null || typeof value === 'string') return value ?? undefined;
  throw invalid(`${member} must be a text: got ${JSON.stringify(value)}`);
}

/** @throws ServiceError ValidationException when there is none */
export function requiredText(input: Input, member: string): string {
  const value = optionalText(input, member);
  if (value !== undefined && value !== '') return value;
  throw new ServiceError(
    'ValidationException',
    `1 validation error detected: Value ${value === undefined ? 'null' : "''"} at '${lower(member)}' failed to satisfy constraint: ` +
      `Member must ${value === undefined ? 'not be null' : 'have length greater than or equal to 1'}`,
  );
}

/** @throws ServiceError ValidationException */
export function texts(input: Input, member: string): readonly string[] {
  const value = input[member] ?? [];
  if (Array.isArray(value) && value.every((element) => typeof element === 'string')) return value;
  throw invalid(`${member} must be a list of texts: got ${JSON.stringify(value)}`);
}

/** Members that would change the answer, and that the stand-in does not know. @throws ServiceError InvalidInputException */
export function refuseMembers(input: Input, ...members: readonly string[]): void {
  const member = members.find((name) => input[name] !== undefined && input[name] !== null);
  if (member !== undefined) throw invalid(`${member} is not supported locally: leave it out`);
}

export function invalid(message: string): ServiceError {
  return new ServiceError('InvalidInputException', message);
}

/**
 * One page of a list, and the token for the next.
 *
 * @param most - the page that is given when none is asked for, and the largest
 */
export function pageOf<T>(input: Input, all: readonly T[], most: number): { readonly page: readonly T[]; readonly next: object } {
  const { MaxResults: asked = most } = input;
  if (typeof asked !== 'number' || !Number.isInteger(asked) || asked < 1 || asked > most) {
    const bound =
      typeof asked === 'number' && asked > most ? `less than or equal to ${String(most)}` : 'greater than or equal to 1';
    throw new ServiceError(
      'ValidationException',
      `1 validation error detected: Value '${String(asked)}' at 'maxResults' failed to satisfy constraint: Member must have value ${bound}`,
    );
  }
  const token = optionalText(input, 'NextToken');
  const start =
    token === undefined ? 0 : Number(/^from:(\d+)$/.exec(Buffer.from(token, 'base64url').toString())?.[1] ?? Number.NaN);
  if (Number.isNaN(start)) throw invalid('Invalid NextToken: write what the call before gave');
  const end = start + asked;
  const next = end < all.length ? { NextToken: Buffer.from(`from:${String(end)}`).toString('base64url') } : {};
  return { page: all.slice(start, end), next };
}

const lower = (member: string) => member.charAt(0).toLowerCase() + member.slice(1);
