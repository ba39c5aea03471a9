import type { Aws } from '../aws.ts';
import type { Journal, Made } from '../journal.ts';
import { addWaitingField, WAIT_SCHEMA } from './http-wait.ts';
import { addParityResolvers } from './parity.ts';
import { PARITY_SCHEMA } from './parity-cases.ts';
import { waitWhile, type Wait } from '../removing.ts';

/** POST a document. @returns status and body */
export type Post = (
  query: string,
  variables?: Readonly<Record<string, unknown>>,
) => Promise<{ readonly status: number; readonly body: string }>;

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
  readonly post: Post;
  /** Another API, made when it is first asked for: the one of the parity cases. */
  parityPost(this: void): Promise<Post>;
  /** A third one, likewise: with a field that waits for a queue. */
  waitingField(this: void): Promise<{ readonly post: Post; readonly queue: string }>;
  readonly wait: Wait;
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
  const { aws, made, schema, depth } = given;
  const { apiId, url, key, said, post } = await standing(given, made.name, schema, depth);
  let parity: Promise<Post> | undefined;
  let waiting: Promise<{ readonly post: Post; readonly queue: string }> | undefined;
  return {
    ...{ aws, apiId, url, key, post, bundle: given.bundle, bundles: given.bundles, progress: given.progress, schema: said },
    wait: given.wait,
    waitingField() {
      waiting ??= standing(given, `${made.name}-waiting`, WAIT_SCHEMA).then(async (other) => ({
        post: other.post,
        queue: await addWaitingField(given, other.apiId),
      }));
      return waiting;
    },
    parityPost() {
      parity ??= standing(given, `${made.name}-parity`, PARITY_SCHEMA).then(async (other) => {
        await addParityResolvers(aws, other.apiId);
        return other.post;
      });
      return parity;
    },
  };
}

async function standing({ aws, journal, made, wait, fetch: send = fetch }: ApiGiven, name: string, schema: string, depth = 0) {
  const { graphqlApi } = await journal.make({ ...made, name, kind: 'graphql-api' }, () =>
    aws('appsync:CreateGraphqlApi', { name, authenticationType: 'API_KEY', queryDepthLimit: depth }),
  );
  const { apiId = '', uris = {} } = graphqlApi ?? {};
  await aws('appsync:StartSchemaCreation', { apiId, definition: Buffer.from(schema) });
  let state: { readonly status?: string | undefined; readonly details?: string | undefined } = {};
  const isComing = async () => {
    state = await aws('appsync:GetSchemaCreationStatus', { apiId });
    return state.status === 'PROCESSING';
  };
  await waitWhile(isComing, wait, 1_000);
  const expires = (Math.floor(Date.now() / 1_000 / HOUR) + 25) * HOUR;
  const { apiKey } = await aws('appsync:CreateApiKey', { apiId, expires });
  const key = apiKey?.id ?? '';
  const url = uris['GRAPHQL'] ?? '';
  const post: Post = async (query, variables) => {
    const headers = { 'content-type': 'application/json', 'x-api-key': key };
    const answer = await send(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
    return { status: answer.status, body: await answer.text() };
  };
  const isTaken = state.status === 'SUCCESS' || state.status === 'ACTIVE';
  return { apiId, url, key, post, said: isTaken ? 'SUCCESS' : `${state.status ?? ''}: ${state.details ?? ''}` };
}
