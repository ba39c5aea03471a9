import { ApolloLink } from '@apollo/client/core';
import { print } from '@apollo/client/utilities';
import type { DocumentNode } from 'graphql';

/** Writes a request once, above the retries: what is signed, sent and sent again are the very same bytes. */
export function serialiseLink(): ApolloLink {
  const openings = new WeakMap<DocumentNode, string>();
  const encoder = new TextEncoder();

  return new ApolloLink((operation, forward) => {
    let opening = openings.get(operation.query);
    if (opening === undefined) {
      const { operationName, query } = operation;
      opening = `${JSON.stringify({ operationName, query: print(query) }).slice(0, -1)},"variables":`;
      openings.set(query, opening);
    }
    operation.setContext({ body: encoder.encode(`${opening}${JSON.stringify(operation.variables)}}`) });
    return forward(operation);
  });
}
