import { randomUUID } from 'node:crypto';
import type http from 'node:http';
import type { ApiDefinition, ApiSurroundings } from './definition.ts';
import type { ErrorBlock, Path } from './errors.ts';
import { javaText } from './java-values.ts';

/** `LogConfig` of an API. */
export interface ApiLogging {
  readonly fieldLogLevel: 'NONE' | 'ERROR' | 'INFO' | 'DEBUG' | 'ALL';
  /** Whether headers, queries, variables and tokens stay out of the log. */
  readonly excludeVerboseContent: boolean;
}

/** How long the two steps before execution took. @unit ms */
export interface Preparation {
  readonly parsing: number;
  readonly validation: number;
}

/** A field that a resolver answered. */
export interface TracedField {
  readonly path: Path;
  readonly parentType: string;
  readonly fieldName: string;
  readonly returnType: string;
  /** @unit ms, as `performance.now` */
  readonly from: number;
  readonly until: number;
}

/** Begins the log of a request, when the API declares one and the caller gave a writer. */
export function requestLogs(
  definition: ApiDefinition,
  surroundings: ApiSurroundings,
): (headers: http.IncomingHttpHeaders) => RequestLog | undefined {
  const { logging } = definition;
  if (logging === undefined || surroundings.writeLog === undefined) return () => undefined;
  const write = (lines: string): void => surroundings.writeLog?.(lines);
  return (headers) => new RequestLog(definition, logging, write, headers);
}

const nanoseconds = (milliseconds: number) => Math.round(milliseconds * 1e6);

/**
 * What one request leaves in the log of its API: the events that AppSync sends to CloudWatch, one a line, each with the id that
 * the header `x-amzn-RequestId` has.
 *
 * @remarks Only what handlers evaluated to is missing.
 */
export class RequestLog {
  readonly requestId = randomUUID();
  private readonly began = performance.now();
  private readonly startTime = new Date();
  private readonly lines: string[] = [];
  private readonly common;
  private preparation: Preparation | undefined;

  constructor(
    private readonly api: ApiDefinition,
    private readonly logging: ApiLogging,
    private readonly write: (lines: string) => void,
    headers: http.IncomingHttpHeaders,
  ) {
    this.common = { requestId: this.requestId, graphQLAPIId: api.apiId };
    this.verbose('Begin Request');
    this.verbose(`Request Headers: ${headerText(headers)}`);
  }

  /** Whether it logs every field that a resolver resolves. */
  get tracesFields(): boolean {
    return this.logging.fieldLogLevel === 'ALL';
  }

  query(text: string, operation: string | null | undefined, variables: object, preparation: Preparation | undefined): void {
    this.preparation = preparation ?? { parsing: 0, validation: 0 };
    this.verbose(`GraphQL Query: ${text}, Operation: ${operation ?? 'null'}, Variables: ${JSON.stringify(variables)}`);
  }

  traced({ path, parentType, fieldName, returnType, from, until }: TracedField): void {
    const { region, accountId, apiId } = this.api;
    this.event({
      duration: nanoseconds(until - from),
      logType: 'Tracing',
      path,
      fieldName,
      startOffset: nanoseconds(from - this.began),
      resolverArn: `arn:aws:appsync:${region}:${accountId}:apis/${apiId}/types/${parentType}/fields/${fieldName}`,
      parentType,
      returnType,
    });
  }

  /** The errors of fields; those of the whole request stand in the answer alone. */
  failed(errors: readonly ErrorBlock[]): void {
    if (this.logging.fieldLogLevel === 'NONE') return;
    for (const { path, message, errorType, errorInfo } of errors) {
      if (path === null) continue;
      const shown = `${message}, errorType=${errorType ?? 'null'}, data=null, errorInfo=${javaText(errorInfo ?? null)}`;
      this.event({
        logType: 'GraphQLFieldRuntimeError',
        fieldInError: true,
        path,
        fieldName: path.findLast((step) => typeof step === 'string'),
        errors: [errorType === undefined ? message : `CustomTemplateException(message=${shown})`],
      });
    }
  }

  end(statusCode: number, headers: Readonly<Record<string, unknown>>): void {
    const took = performance.now() - this.began;
    if (this.preparation !== undefined) {
      const { parsing, validation } = this.preparation;
      this.event({
        duration: nanoseconds(took),
        logType: 'ExecutionSummary',
        startTime: this.startTime.toISOString(),
        endTime: new Date().toISOString(),
        parsing: { startOffset: 0, duration: nanoseconds(parsing) },
        version: 1,
        validation: { startOffset: nanoseconds(parsing), duration: nanoseconds(validation) },
      });
      this.verbose(`Tokens Consumed: ${String(headers['x-amzn-appsync-tokensconsumed'])}`);
    }
    this.verbose(`Response Headers: ${headerText(headers)}`);
    this.event({ logType: 'RequestSummary', statusCode, latency: nanoseconds(took) });
    this.verbose('End Request');
    this.write(this.lines.join(''));
  }

  private event(event: object): void {
    this.lines.push(`${JSON.stringify({ ...event, ...this.common })}\n`);
  }

  private verbose(text: string): void {
    if (!this.logging.excludeVerboseContent) this.lines.push(`${this.requestId} ${text.replaceAll('\n', ' ')}\n`);
  }
}

/** What lets a client in is cut short, as AppSync does. */
const SECRETS = new Set(['authorization', 'x-api-key', 'x-amz-security-token']);
const SHOWN = 4;

function headerText(headers: Readonly<Record<string, unknown>>): string {
  const shown = Object.entries(headers).map(([name, value]) => {
    const text = String(value);
    return `${name}=[${SECRETS.has(name) ? `****${text.slice(-SHOWN)}` : text}]`;
  });
  return `{${shown.join(', ')}}`;
}
