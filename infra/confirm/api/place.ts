import type { Aws } from '../aws.ts';
import type { Journal, Made } from '../journal.ts';
import { waitWhile, type Wait } from '../removing.ts';

/** An API of its own, with the project's schema and nothing behind it. */
export interface ApiPlace {
  readonly aws: Aws;
  readonly apiId: string;
  readonly url: string;
  /** The key for reading. */
  readonly key: string;
  /** What AppSync said of the schema: `SUCCESS`, or why not. */
  readonly schema: string;
  bundle(this: void, name: string): string;
  readonly bundles: readonly string[];
  /** POST a document. @returns status and body */
  post(this: void, query: string): Promise<{ readonly status: number; readonly body: string }>;
  progress(this: void, done: number, all: number): void;
}

export interface ApiGiven extends Pick<ApiPlace, 'aws' | 'bundle' | 'bundles' | 'progress'> {
  readonly journal: Journal;
  readonly made: Omit<Made, 'kind'>;
  /** The text of the schema. */
  readonly schema: string;
  /** As the stack limits it. */
  readonly depth: number;
  /** Default: the real one. */
  readonly fetch?: typeof fetch;
  readonly wait: Wait;
}

const HOUR = 3_600;

/** Makes the API, its schema and a key. */
export async function openApi(given: ApiGiven): Promise<ApiPlace> {
  const { aws, journal, made, schema, depth, wait } = given;
  const { graphqlApi } = await journal.make({ ...made, kind: 'graphql-api' }, () =>
    aws('appsync:CreateGraphqlApi', { name: made.name, authenticationType: 'API_KEY', queryDepthLimit: depth }),
  );
  const { apiId = '', uris = {} } = graphqlApi ?? {};
  await aws('appsync:StartSchemaCreation', { apiId, definition: Buffer.from(schema) });
  let said: { readonly status?: string | undefined; readonly details?: string | undefined } = {};
  const isComing = async () => {
    said = await aws('appsync:GetSchemaCreationStatus', { apiId });
    return said.status === 'PROCESSING';
  };
  await waitWhile(isComing, wait, 1_000);
  const expires = (Math.floor(Date.now() / 1_000 / HOUR) + 25) * HOUR;
  const { apiKey } = await aws('appsync:CreateApiKey', { apiId, expires });
  const key = apiKey?.id ?? '';
  const url = uris['GRAPHQL'] ?? '';
  const send = given.fetch ?? fetch;
  return {
    ...{ aws, apiId, url, key, bundle: given.bundle, bundles: given.bundles, progress: given.progress },
    schema: said.status === 'SUCCESS' || said.status === 'ACTIVE' ? 'SUCCESS' : `${said.status ?? ''}: ${said.details ?? ''}`,
    async post(query) {
      const headers = { 'content-type': 'application/json', 'x-api-key': key };
      const answer = await send(url, { method: 'POST', headers, body: JSON.stringify({ query }) });
      return { status: answer.status, body: await answer.text() };
    },
  };
}
