import { ApolloCache } from '@apollo/client/core';

/**
 * A cache that holds nothing, because a client that sends for hours must not grow.
 *
 * @remarks Apollo's own cache would, beside holding all it sees, also ask for `__typename` in each object.
 */
export class Uncached extends ApolloCache {
  override read() {
    return null;
  }

  override write() {
    return undefined;
  }

  override diff() {
    return { result: null, complete: false } as never;
  }

  override watch() {
    return () => undefined;
  }

  override reset() {
    return Promise.resolve();
  }

  override evict() {
    return false;
  }

  override restore() {
    return this;
  }

  override extract() {
    return {};
  }

  override removeOptimistic() {
    return undefined;
  }

  override fragmentMatches() {
    return true;
  }

  override performTransaction(transaction: (cache: ApolloCache) => void) {
    transaction(this);
  }
}
