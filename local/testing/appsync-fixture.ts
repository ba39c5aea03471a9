import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { ApiDefinition, ApiSurroundings, ResolverDefinition } from '../services/appsync/definition.ts';
import { startApi, type ApiOptions } from '../services/appsync/service.ts';
import { sign } from '../http/signature-v4.ts';

export const credentials = { accessKeyId: 'AKIDLOCAL', secretAccessKey: 'local-secret' };
export const API_KEY = 'da2-fixture';

/** A resolver: its code with the NONE data source or a named one, or the code around steps. */
export type FixtureResolver =
  | string
  | {
      readonly code: string;
      readonly dataSource?: string;
      readonly maxBatchSize?: number;
      readonly steps?: readonly FixtureStep[];
    };
export type FixtureStep = string | { readonly code: string; readonly dataSource: string };

export interface Fixture extends Partial<Omit<ApiDefinition, 'resolvers' | 'functions' | 'schema'>> {
  readonly schema: string;
  readonly resolvers?: Readonly<Record<string, FixtureResolver>>;
  readonly surroundings?: Partial<ApiSurroundings>;
  readonly options?: Partial<ApiOptions>;
}

/** Request and response handlers that pass everything on; `handlers` may replace either. */
export function code(handlers: { readonly request?: string; readonly response?: string; readonly more?: string }): string {
  return `
import { util, runtime, extensions } from '@aws-appsync/utils';
import * as ddb from '@aws-appsync/utils/dynamodb';
${handlers.more ?? ''}
export function request(ctx) { ${handlers.request ?? 'return { payload: null };'} }
export function response(ctx) { ${handlers.response ?? 'return ctx.result;'} }
`;
}

/** A field that is this expression. */
export const value = (expression: string): string => code({ response: `return ${expression};` });

export function definitionOf({
  schema,
  resolvers = {},
  surroundings: _surroundings,
  options: _options,
  ...rest
}: Fixture): ApiDefinition {
  const functions: ApiDefinition['functions'][number][] = [];
  const definitions = Object.entries(resolvers).map(([field, given]): ResolverDefinition => {
    const [typeName = '', fieldName = ''] = field.split('.');
    const resolver = typeof given === 'string' ? { code: given } : given;
    const base = { typeName, fieldName, code: { label: field, text: resolver.code } };
    if (resolver.steps === undefined) {
      const batch = resolver.maxBatchSize === undefined ? {} : { maxBatchSize: resolver.maxBatchSize };
      return { ...base, kind: 'UNIT', dataSourceName: resolver.dataSource ?? 'none', ...batch };
    }
    const functionIds = resolver.steps.map((step, i) => {
      const functionId = `${field}.${String(i)}`;
      const text = typeof step === 'string' ? step : step.code;
      functions.push({
        functionId,
        name: functionId,
        dataSourceName: typeof step === 'string' ? 'none' : step.dataSource,
        code: { label: functionId, text },
      });
      return functionId;
    });
    return { ...base, kind: 'PIPELINE', functionIds };
  });
  return {
    apiId: 'fixture',
    name: 'fixture',
    region: 'us-east-1',
    accountId: '000000000000',
    schema,
    environmentVariables: { TABLE: 'Things' },
    defaultAuthentication: 'API_KEY',
    additionalAuthentication: ['AWS_IAM'],
    apiKeys: [{ value: API_KEY }],
    introspection: true,
    dataSources: [{ name: 'none', type: 'NONE' }],
    functions,
    resolvers: definitions,
    ...rest,
  };
}

export interface ErrorEntry {
  readonly path: (string | number)[] | null;
  readonly errorType?: string | null;
  readonly errorInfo?: unknown;
  readonly data?: unknown;
  readonly message: string;
  readonly locations: unknown;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly data: Record<string, unknown> | null | undefined;
  readonly errors: readonly ErrorEntry[];
  readonly text: string;
}

/** An API made of the fixture, up for the time of the test. */
export async function givenApi(fixture: Fixture) {
  const log: string[] = [];
  const surroundings: ApiSurroundings = {
    endpointOf: (service) => {
      throw new Error(`no stand-in for ${service}`);
    },
    invokeFunction: () => Promise.reject(new Error('no function here')),
    credentials,
    log: (line) => log.push(line),
    ...fixture.surroundings,
  };
  const api = await startApi(definitionOf(fixture), surroundings, { port: 0, ...fixture.options });
  onTestFinished(() => api.close());

  const post = async (body: string | Buffer<ArrayBuffer>, headers: Record<string, string>): Promise<Answered> => {
    const response = await fetch(api.graphqlUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
    return answered(response);
  };
  return {
    ...api,
    log,
    post,
    /** Asks with the API key. */
    ask: (query: string, variables?: unknown, headers: Record<string, string> = {}) =>
      post(JSON.stringify({ query, variables }), { 'x-api-key': API_KEY, ...headers }),
    /** Asks with an IAM signature. */
    askSigned: (query: string, variables?: unknown, service = 'appsync') => {
      const body = JSON.stringify({ query, variables });
      const headers = { 'content-type': 'application/json' };
      return post(body, sign({ method: 'POST', url: api.graphqlUrl, headers, body, credentials, region: 'us-east-1', service }));
    },
  };
}

export async function answered(response: Response): Promise<Answered> {
  const text = await response.text();
  const { data, errors = [] } = JSON.parse(text) as { data?: Record<string, unknown> | null; errors?: ErrorEntry[] };
  return { status: response.status, headers: response.headers, data, errors, text };
}

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** A service that answers as told and remembers what it was asked. */
export async function givenService(
  answer: (request: Received, n: number) => { readonly status?: number; readonly body: string },
) {
  const received: Received[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const own = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      received.push(own);
      const { status = 200, body } = answer(own, received.length);
      response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-requestid': 'REQUEST' }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, received };
}
