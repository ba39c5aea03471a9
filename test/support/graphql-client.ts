import { sign } from '@tillgraph/local-aws';
import type { Stack } from './stack.ts';

/** An entry of `errors` in AppSync's own shape. */
interface AnswerError {
  readonly message: string;
  readonly errorType?: string;
  readonly errorInfo?: unknown;
  readonly path?: readonly (string | number)[] | null;
  readonly locations?: readonly object[] | null;
  readonly data?: unknown;
}

/** What came back over the wire. */
interface WireAnswer {
  readonly status: number;
  readonly body: { readonly data?: Record<string, unknown> | null; readonly errors?: readonly AnswerError[] };
}

type Headers = Readonly<Record<string, string>>;

/** Raw requests to a stack's GraphQL address, without the SDK: nothing is added and nothing explained. */
export function graphqlClientOf({ outputs }: Stack) {
  const { graphqlUrl, apiKey, region, credentials } = outputs;
  const bodyOf = (query: string, variables: object) => JSON.stringify({ query, variables });

  async function post(body: string, headers: Headers): Promise<WireAnswer> {
    const answer = await fetch(graphqlUrl, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
    return { status: answer.status, body: (await answer.json()) as WireAnswer['body'] };
  }

  const signature = (body: string, changes: Partial<Parameters<typeof sign>[0]> = {}): Headers => {
    const signed = sign({
      method: 'POST',
      url: graphqlUrl,
      headers: { 'content-type': 'application/json' },
      body,
      credentials,
      region,
      service: 'appsync',
      ...changes,
    });
    const { host: _host, ...headers } = signed; // fetch writes it itself
    return headers;
  };

  return {
    /** With the API's key. */
    byKey: (query: string, variables: object = {}) => post(bodyOf(query, variables), { 'x-api-key': apiKey }),
    /** With these headers and nothing else. */
    plainly: (query: string, headers: Headers = {}) => post(bodyOf(query, {}), headers),
    /** Signed for IAM; `changes` spoil what is signed. */
    signed: (query: string, variables: object = {}, changes: Partial<Parameters<typeof sign>[0]> = {}) => {
      const body = bodyOf(query, variables);
      return post(body, signature(body, changes));
    },
  };
}
