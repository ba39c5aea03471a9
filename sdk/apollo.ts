import { ApolloLink, Observable, type TypedDocumentNode } from '@apollo/client/core';
import type { Tillgraph } from './client.ts';
import type { TypedDocument } from './document.ts';
import { isTillgraphError, type RequestRefusedError } from './errors.ts';

/**
 * The end of a chain of links of Apollo Client: requests go through `tillgraph`, with its keys, retries and hooks.
 *
 * @remarks Errors of the answer come to Apollo as such, with AppSync's `errorType` and `errorInfo` in `extensions`, so that
 * `errorPolicy` applies; all others are thrown as they are.
 */
export function tillgraphLink(tillgraph: Tillgraph): ApolloLink {
  return new ApolloLink(({ query, variables, operationType }) => {
    return new Observable((observer) => {
      const caller = new AbortController();
      const kind: string = operationType;
      const send = kind === 'mutation' ? tillgraph.mutate.bind(tillgraph) : tillgraph.query.bind(tillgraph);
      const document = query as TypedDocument<Record<string, unknown>, typeof variables>;
      send(document, variables, { signal: caller.signal })
        .then((data) => ({ data }))
        .catch(resultOf)
        .then(
          (result: ApolloLink.Result) => {
            observer.next(result);
            observer.complete();
          },
          (error: unknown) => {
            if (!caller.signal.aborted) observer.error(error);
          },
        );
      return () => {
        caller.abort();
      };
    });
  });
}

/** One of this package's documents, such as `SalesDocument`, with the type that Apollo and urql know it by. */
export const asDocumentNode = <Data, Variables>(document: TypedDocument<Data, Variables>) =>
  document as unknown as TypedDocumentNode<Data, Variables>;

function resultOf(error: unknown): ApolloLink.Result {
  if (!isRefusal(error) || error.errors.length === 0) throw error;
  const errors = error.errors.map(({ message, path, errorType, errorInfo }) => ({
    ...{ message, extensions: { errorType, errorInfo } },
    ...(path === null ? {} : { path }),
  }));
  return { data: error.data as Record<string, unknown> | null, errors };
}

const isRefusal = (error: unknown): error is RequestRefusedError => isTillgraphError(error) && error.code === 'REQUEST_REFUSED';
