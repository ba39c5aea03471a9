import { EndlessPagesError } from './errors.ts';

/** A page as the API hands it out. It may be empty before the end; only `nextToken` tells. */
export interface Page<Element> {
  readonly items: readonly Element[];
  /** Null at the end. */
  readonly nextToken: string | null;
}

/**
 * Every element of a list, once and in order, one page in memory at a time; stopping early asks for no further page.
 *
 * @param turn - asks for the page behind `nextToken`, null for the first; answers null when there is no such list
 */
export async function* elements<Element>(
  turn: (nextToken: string | null) => Promise<Page<Element> | null>,
  signal?: AbortSignal,
): AsyncGenerator<Element, void, undefined> {
  let nextToken: string | null = null;
  do {
    const page: Page<Element> | null = await turn(nextToken);
    if (page === null) return;
    for (const item of page.items) {
      signal?.throwIfAborted();
      yield item;
    }
    if (page.nextToken !== null && page.nextToken === nextToken) throw new EndlessPagesError(page.nextToken);
    nextToken = page.nextToken;
  } while (nextToken !== null);
}
