import { util } from '@aws-appsync/utils';
import { DEFAULT_PAGE_LIMIT, MAX_PAGE_LIMIT } from '../../domain/limits.ts';

/** The page size to use. An impossible one is refused with `InvalidValue`, never cut. */
export function pageLimit(limit: number | null | undefined): number {
  const wanted = limit ?? DEFAULT_PAGE_LIMIT;
  if (wanted < 1 || wanted > MAX_PAGE_LIMIT)
    util.error(`limit: write a number from 1 to ${MAX_PAGE_LIMIT}: got ${wanted}`, 'InvalidValue', null, {
      field: 'limit',
      value: wanted,
    });
  return wanted;
}

/**
 * An opaque token for the page after this one.
 *
 * @param scope - the list it belongs to, such as `Customer.invoices 17850`: a token is refused anywhere else
 * @param place - where the list goes on
 */
export function sealToken(scope: string, place: string | null | undefined): string | null {
  return place === null || place === undefined ? null : util.base64Encode(JSON.stringify([scope, place]));
}

/** The place in a token of `sealToken`; `null` for the first page. A foreign or broken token is refused with `InvalidToken`. */
export function openToken(scope: string, token: string | null | undefined): string | null {
  if (token === null || token === undefined) return null;
  const encoded = token.length % 4 === 0 && util.matches('^[A-Za-z0-9+/]+={0,2}$', token);
  const opened = (encoded ? JSON.parse(util.base64Decode(token)) : null) as [string, string] | null;
  const place = opened?.[1];
  if (opened?.[0] !== scope || typeof place !== 'string') refuseToken();
  return place;
}

/** End the field with `InvalidToken`. */
export function refuseToken(): never {
  return util.error(
    'nextToken: write the nextToken of this very list, or leave it out for the first page',
    'InvalidToken',
    null,
    {
      field: 'nextToken',
    },
  );
}
