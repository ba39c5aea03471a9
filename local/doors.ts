import { join } from 'node:path';
import type { ApiSurroundings, RunningApi } from './services/appsync/definition.ts';
import { startApi } from './services/appsync/service.ts';
import type { Closers } from './closers.ts';
import { PortTakenError } from './http/loopback-server.ts';
import type { LoopbackServer } from './http/loopback-server.ts';
import { BoundedLog } from './services/lambda/function-log.ts';
import type { Functions } from './services/lambda/functions.ts';
import { startHttpApi } from './services/api-gateway/service.ts';
import type { Measure } from './measure.ts';
import type { StackOptions } from './stack-options.ts';
import type { HttpApiDefinition } from './services/api-gateway/definition.ts';
import type { StackDefinition } from './template/stack-definition.ts';

/** The APIs that clients of the stack use. */
export interface RunningApis {
  readonly httpApi?: LoopbackServer;
  readonly graphqlApi?: RunningApi;
}

/** @param offset - from the port of the GraphQL API @returns a port to try, or 0: any free one */
export function portAtOffset({ port }: Pick<StackOptions, 'port'>, offset: number): number {
  return port === 0 || port + offset > MAX_PORT ? 0 : port + offset;
}

const MAX_PORT = 65_535;

/** What the APIs call, and where they report. */
export interface ApiDependencies {
  readonly functions: Functions;
  readonly endpoints: Readonly<Record<string, string>>;
  readonly measure: Measure;
}

/** Start the HTTP API and the GraphQL API, as far as they are declared. @throws PortTakenError, DefinitionError */
export async function startApis(
  { httpApi: httpDefinition, graphqlApi: graphqlDefinition }: StackDefinition,
  { functions, endpoints, measure }: ApiDependencies,
  options: StackOptions,
  closers: Closers,
): Promise<RunningApis> {
  const httpApi = httpDefinition && (await startHttp(httpDefinition, functions, options));
  if (httpApi) closers.add(() => httpApi.close());
  if (graphqlDefinition === undefined) return { ...(httpApi && { httpApi }) };
  const apiLog = new BoundedLog(join(options.directory.inside('logs'), `${graphqlDefinition.name}-graphql.log`));
  closers.add(() => {
    apiLog.flush();
    return Promise.resolve();
  });
  const surroundings: ApiSurroundings = {
    writeLog: (lines) => {
      apiLog.write(lines);
    },
    credentials: options.directory.credentials,
    log: options.log,
    measure,
    endpointOf: (service) => {
      const endpoint = endpoints[service];
      if (endpoint === undefined)
        throw new Error(`no stand-in for ${service} runs: there are ${Object.keys(endpoints).join(', ')}`);
      return endpoint;
    },
    invokeFunction: async (functionArn, payload) => {
      const outcome = await functions.invokeText(functionArn, JSON.stringify(payload));
      return { ...outcome, payload: JSON.parse(outcome.payload) as unknown };
    },
  };
  const graphqlApi = await startApi(graphqlDefinition, surroundings, { port: options.port });
  closers.add(() => graphqlApi.close());
  return { graphqlApi, ...(httpApi && { httpApi }) };
}

/** On the port behind that of the GraphQL API, so that it is found again; on any when that one is taken. */
async function startHttp(definition: HttpApiDefinition, functions: Functions, options: StackOptions): Promise<LoopbackServer> {
  const start = (port: number): Promise<LoopbackServer> =>
    startHttpApi(definition, {
      ...options,
      credentials: options.directory.credentials,
      port,
      invoke: (functionArn, event) => functions.invokeText(functionArn, event),
    });
  try {
    return await start(portAtOffset(options, 1));
  } catch (error) {
    if (error instanceof PortTakenError) return start(0);
    throw error;
  }
}
