import type { LocalCredentials } from './credentials.ts';
import type { SecretValues } from './services/secrets-manager/secret-values.ts';
import type { RunningApis } from './doors.ts';
import type { StackOptions } from './stack-options.ts';
import type { Assembly } from './template/assembly.ts';
import type { StackReading } from './template/readers.ts';

/** What a client has to know, in `<data directory>/outputs.json`. */
export interface Outputs {
  /** Absent when the stack has no GraphQL API. */
  readonly graphqlUrl?: string;
  readonly realtimeUrl?: string;
  /** Where the HTTP API listens, without a path; absent when the stack has none. */
  readonly restUrl?: string;
  readonly apiKey?: string;
  /** For programs that speak SQL, with the login of the secret that the output named by `warehouseLoginOutput` holds. */
  readonly warehouseUrl?: string;
  readonly region: string;
  readonly accountId: string;
  readonly credentials: LocalCredentials;
  /** Address of each service's stand-in, by the service's signing name. */
  readonly endpoints: Readonly<Record<string, string>>;
  readonly pid: number;
  /** The stack's own Outputs, with local addresses of the APIs. */
  readonly stack: Readonly<Record<string, string>>;
}

/** What runs, as far as clients see it. */
export interface RunningServices extends RunningApis {
  readonly endpoints: Readonly<Record<string, string>>;
  /** Of the warehouse's database. */
  readonly databasePort?: number;
}

export function outputsOf(
  assembly: Assembly,
  { definition, identifiers }: StackReading,
  running: RunningServices,
  { secrets, ...options }: StackOptions & { readonly secrets: SecretValues },
): Outputs {
  const { graphqlApi, httpApi, endpoints, databasePort } = running;
  const apiKey = definition.graphqlApi?.apiKeys[0]?.value;
  if (graphqlApi && definition.graphqlApi) {
    identifiers.setAddress(definition.graphqlApi.logicalId, 'GraphQLUrl', graphqlApi.graphqlUrl);
    identifiers.setAddress(definition.graphqlApi.logicalId, 'RealtimeUrl', graphqlApi.realtimeUrl);
  }
  if (httpApi && definition.httpApi) identifiers.setAddress(definition.httpApi.logicalId, 'ApiEndpoint', httpApi.url);
  // CDK writes the address of an HTTP API as a text, not as an attribute.
  const awsAddress = `https://${definition.httpApi?.apiId ?? ''}.execute-api.${options.region}.amazonaws.com`;
  const stack = Object.fromEntries(
    Object.entries(assembly.template.Outputs ?? {}).flatMap(([name, { Value, Condition }]) => {
      if (Condition !== undefined && !identifiers.intrinsics.condition(Condition, `Outputs.${name}`)) return [];
      const value = String(identifiers.intrinsics.evaluate(Value, `Outputs.${name}`));
      return [[name, httpApi ? value.replace(awsAddress, httpApi.url) : value] as const];
    }),
  );
  const reader = options.warehouseLoginOutput === undefined ? undefined : stack[options.warehouseLoginOutput];
  const database = definition.warehouse?.databaseName;
  return {
    ...(graphqlApi && { graphqlUrl: graphqlApi.graphqlUrl, realtimeUrl: graphqlApi.realtimeUrl }),
    ...(httpApi && { restUrl: httpApi.url }),
    ...(apiKey !== undefined && { apiKey }),
    ...(reader !== undefined &&
      database !== undefined &&
      databasePort !== undefined && { warehouseUrl: sqlUrl(secrets.login(reader), databasePort, database) }),
    region: options.region,
    accountId: options.accountId,
    credentials: options.directory.credentials,
    endpoints,
    pid: process.pid,
    stack,
  };
}

function sqlUrl({ username, password }: ReturnType<SecretValues['login']>, port: number, database: string): string {
  return `postgres://${encodeURIComponent(username)}:${encodeURIComponent(password)}@127.0.0.1:${String(port)}/${database}`;
}
