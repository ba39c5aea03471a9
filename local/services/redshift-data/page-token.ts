import { invalid } from './refusals.ts';

/** Where a list goes on; opaque to the caller. */
export const writeToken = (position: string | number): string => Buffer.from(String(position)).toString('base64');

/** @throws ServiceError for a token that `isPosition` refuses */
export function readToken(token: string, isPosition: (position: string) => boolean): string {
  const position = Buffer.from(token, 'base64').toString();
  if (writeToken(position) !== token || !isPosition(position)) throw invalid('NextToken is invalid.');
  return position;
}

/** One page of `items`, and the token of the next when there is one. @param start - from the token, or 0 */
export function pageOf<Item>(items: readonly Item[], start: number, size: number): { page: readonly Item[]; next?: string } {
  const end = start + size;
  return { page: items.slice(start, end), ...(end < items.length && { next: writeToken(end) }) };
}
