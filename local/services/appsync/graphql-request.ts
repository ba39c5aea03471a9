import { isUtf8 } from 'node:buffer';
import { RequestError } from './errors.ts';
import type { Variables } from './input-coercion.ts';

/** The body of a request, or the query of a GET. */
export interface GraphqlRequest {
  readonly query: string;
  readonly operationName: string | null | undefined;
  readonly variables: Variables;
}

/** @throws RequestError 400 `MalformedHttpRequestException` */
export function bodyRequest(contentType: string | undefined, body: Buffer): GraphqlRequest {
  if (body.length === 0) throw malformed('Request body is empty.');
  if (contentType === undefined || !/^application\/(?:[\w.-]+\+)?(?:json|graphql)\b/i.test(contentType)) {
    throw malformed(`Send the header content-type: application/json, not ${contentType ?? 'none'}.`);
  }
  if (!isUtf8(body)) throw malformed('The body is not UTF-8.');
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    throw malformed('Unable to parse GraphQL query.');
  }
  return graphqlRequest(parsed);
}

/** @throws RequestError 400 `MalformedHttpRequestException` */
export function queryRequest(url: string): GraphqlRequest {
  const { searchParams } = new URL(url, 'http://localhost');
  const variables = searchParams.get('variables');
  try {
    return graphqlRequest({
      query: searchParams.get('query'),
      operationName: searchParams.get('operationName'),
      variables: variables === null || variables === '' ? null : (JSON.parse(variables) as unknown),
    });
  } catch (error) {
    throw error instanceof RequestError ? error : malformed('Unable to parse the variables.');
  }
}

function graphqlRequest(parsed: unknown): GraphqlRequest {
  const { query, operationName, variables } = (typeof parsed === 'object' && parsed !== null ? parsed : {}) as Record<
    string,
    unknown
  >;
  if (typeof query !== 'string') throw malformed('Unable to parse GraphQL query.');
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string')
    throw malformed('operationName must be a string.');
  if (variables !== undefined && variables !== null && (typeof variables !== 'object' || Array.isArray(variables))) {
    throw malformed('variables must be an object.');
  }
  return { query, operationName, variables: (variables ?? {}) as Variables };
}

const malformed = (message: string) => new RequestError(400, 'MalformedHttpRequestException', message);
