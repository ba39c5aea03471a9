import type { AwsClient, Signing } from '../aws-client.ts';
import { fieldsOf, type DataSource, type Outcome } from '../data-source.ts';
import type { ApiSurroundings, DataSourceDefinition } from '../definition.ts';
import { DefinitionError, malformedRequest } from '../errors.ts';
import type { Realm } from '../realm.ts';
import { copy } from '../values.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** @source AppSync developer guide, "JavaScript resolver function reference for HTTP": headers that cannot be set */
const FORBIDDEN_HEADERS = new Set(['host', 'connection', 'user-agent', 'expectation', 'transfer-encoding', 'content-length']);

/** @source as above: supported content types */
const CONTENT_TYPES = [
  /^text\//,
  ...['application/xml', 'application/json', 'application/soap+xml', 'application/vnd.api+json', 'application/x-ndjson'],
  ...['application/x-amz-json-1.0', 'application/x-amz-json-1.1'],
];

/** The service and region in an address of AWS. */
const AWS_HOST = /^([a-z0-9-]+)\.([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com$/;

type HttpDefinition = Extract<DataSourceDefinition, { type: 'HTTP' }>;

/** The HTTP data source: an address of an AWS service goes to its stand-in on this machine, any other address is refused. */
export class HttpDataSource implements DataSource {
  readonly errorPrefix = 'Http';
  private readonly base: string;
  private readonly signing: Signing | undefined;

  constructor(
    private readonly realm: Realm,
    private readonly definition: HttpDefinition,
    surroundings: ApiSurroundings,
    private readonly client: AwsClient,
  ) {
    const { name, endpoint } = definition;
    const [, service] = AWS_HOST.exec(URL.canParse(endpoint) ? new URL(endpoint).hostname : '') ?? [];
    if (service === undefined) {
      throw new DefinitionError(
        `the HTTP data source ${name} calls ${endpoint}: only https://<service>.<region>.amazonaws.com has a stand-in here`,
      );
    }
    this.signing = definition.signing && { ...definition.signing, roleArn: definition.roleArn };
    this.base = surroundings.endpointOf(service);
  }

  async invoke(request: unknown): Promise<Outcome> {
    const { method, resourcePath, params } = fieldsOf(request, malformedRequest);
    if (typeof method !== 'string' || !METHODS.includes(method)) {
      throw malformedRequest(
        method === undefined
          ? "Value for field '$[method]' not found."
          : `Value for field '$[method]' must be one of ${METHODS.join(', ')}: got ${JSON.stringify(method)}`,
      );
    }
    if (typeof resourcePath !== 'string' || !resourcePath.startsWith('/'))
      throw malformedRequest("Value for field '$[resourcePath]' not found, or not a path.");
    const { query, headers, body } = params === undefined || params === null ? {} : fieldsOf(params, malformedRequest);
    const url = new URL(this.base);
    url.pathname = resourcePath;
    for (const [name, value] of Object.entries(query ?? {}) as [string, unknown][]) {
      if (value !== null) url.searchParams.append(name, typeof value === 'string' ? value : JSON.stringify(value));
    }
    const text = body === undefined || body === null ? '' : typeof body === 'string' ? body : JSON.stringify(body);
    const sent = { method, url, headers: checkedHeaders(headers), body: text, signing: this.signing };
    try {
      const answer = await this.client.send(sent);
      return { result: copy(this.realm, { statusCode: answer.status, headers: answer.headers, body: answer.body }) };
    } catch (error) {
      return {
        result: null,
        error: { type: 'Http:HttpClientException', message: `${this.definition.endpoint}: ${String(error)}` },
      };
    }
  }
}

function checkedHeaders(headers: unknown): Record<string, string> {
  const checked: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {}) as [string, unknown][]) {
    const lower = name.toLowerCase();
    if (FORBIDDEN_HEADERS.has(lower)) throw malformedRequest(`The header '${name}' cannot be set.`);
    if (typeof value !== 'string') throw malformedRequest(`The header '${name}' must be a string: got ${JSON.stringify(value)}`);
    if (lower === 'content-type') {
      const type = value.split(';')[0]?.trim().toLowerCase() ?? '';
      if (!CONTENT_TYPES.some((known) => (typeof known === 'string' ? known === type : known.test(type)))) {
        throw malformedRequest(`The content type '${value}' is not supported.`);
      }
    }
    checked[lower] = value;
  }
  return checked;
}
