import { platform } from '#sdk/platform';
import { InvalidConnectionError } from './errors.ts';
import type { Credentials } from './request/authenticate.ts';
import type { ConnectOptions } from './options.ts';

/** Where `npm start` writes what it has started. */
export const LOCAL_OUTPUTS = '.local/outputs.json';

/** What `npm start` writes, as far as a connection needs it. */
interface LocalOutputs {
  readonly graphqlUrl: string;
  readonly apiKey?: string;
  readonly region?: string;
  readonly credentials?: Credentials;
}

/**
 * How to reach a stack that runs, from the file that its start or its deployment has written.
 *
 * @remarks A local stack's file holds its keys. A file of `cdk deploy --outputs-file` holds none: there the usual chain of AWS
 * applies (environment, shared files, SSO, the machine's role).
 * @param outputs - the file's name, or what stands in it
 * @throws InvalidConnectionError
 */
export function connectionFrom(outputs: string | object = LOCAL_OUTPUTS): ConnectOptions {
  const name = typeof outputs === 'string' ? outputs : 'the outputs';
  const content = typeof outputs === 'string' ? read(outputs) : outputs;
  if (isLocal(content)) {
    const { graphqlUrl, apiKey, region, credentials } = content;
    return { url: graphqlUrl, apiKey, region, credentials: credentials ?? platform.findCredentials() };
  }
  const { GraphqlUrl, Region } = deployed(content, name);
  return { url: GraphqlUrl, region: Region, credentials: platform.findCredentials() };
}

function read(file: string): object {
  let text;
  try {
    text = platform.readFile(file);
  } catch (cause) {
    if (cause instanceof InvalidConnectionError) throw cause;
    throw new InvalidConnectionError(`no file "${file}": start the stack with npm start, or name a file with --outputs`, {
      cause,
    });
  }
  try {
    const content: unknown = JSON.parse(text);
    if (typeof content === 'object' && content !== null) return content;
  } catch (cause) {
    throw new InvalidConnectionError(`"${file}" is no JSON: name a file of npm start, or of cdk deploy --outputs-file`, {
      cause,
    });
  }
  throw new InvalidConnectionError(`"${file}" holds no outputs: name a file of npm start, or of cdk deploy --outputs-file`);
}

const isLocal = (content: object): content is LocalOutputs => 'graphqlUrl' in content && typeof content.graphqlUrl === 'string';

/** The one stack in the file that has an API. */
function deployed(content: object, name: string): { GraphqlUrl: string; Region: string | undefined } {
  const apis = Object.entries(content as Record<string, unknown>).flatMap(([stack, values]) => {
    const { GraphqlUrl, Region } = (values ?? {}) as { GraphqlUrl?: unknown; Region?: unknown };
    return typeof GraphqlUrl === 'string' ? [{ stack, GraphqlUrl, Region: typeof Region === 'string' ? Region : undefined }] : [];
  });
  const [api, ...others] = apis;
  if (api === undefined)
    throw new InvalidConnectionError(
      `${name}: neither a graphqlUrl nor a stack with a GraphqlUrl; start the stack, or deploy it first`,
    );
  if (others.length > 0) {
    const stacks = apis.map(({ stack }) => stack).join(', ');
    throw new InvalidConnectionError(`${name}: several stacks have an API (${stacks}); keep the one you mean`);
  }
  return api;
}
