import type { AuthenticationMode } from './definition.ts';
import { codeError, EarlyReturn, FieldError } from './errors.ts';
import type { Realm } from './realm.ts';
import type { dynamodbUtil } from './util-dynamodb.ts';
import { addResponseHeader, copyHeaders } from './util-http.ts';
import { identifiers } from './util-identifiers.ts';
import { mathematics, strings, texts } from './util-text.ts';
import { time } from './util-time.ts';
import { toExpression } from './util-transform.ts';
import { copy } from './values.ts';

/** What `util` needs of the field whose handler is running. */
export interface RunningField {
  readonly fieldName: string;
  readonly parentTypeName: string;
  readonly mode: AuthenticationMode;
  readonly responseHeaders: Record<string, string>;
  /** Adds an error and lets the handler go on. */
  appendError(error: FieldError): void;
}

/** What APPSYNC_JS has and this stand-in has not; using one stops the handler and says its name. */
export const UNSUPPORTED_FUNCTIONS = {
  util: {
    xml: ['toMap', 'toJsonString'],
    transform: ['toElasticsearchQueryDSL', 'toOpenSearchQuery', 'toSubscriptionFilter'],
  },
  extensions: ['evictFromApiCache', 'setSubscriptionFilter', 'setSubscriptionInvalidationFilter', 'invalidateSubscriptions'],
};

function unsupportedFunctions(prefix: string, names: readonly string[]): Record<string, () => never> {
  const refuse = (name: string) => (): never => {
    throw codeError(`${prefix}.${name} is not implemented locally`);
  };
  return Object.fromEntries(names.map((name) => [name, refuse(name)]));
}

const MODE_NAMES: Readonly<Record<AuthenticationMode, string>> = {
  AWS_IAM: 'IAM Authorization',
  API_KEY: 'API Key Authorization',
};

/** `util`, `extensions` and `runtime` of `@aws-appsync/utils`. @param running - the field whose handler is running now */
export function appsyncUtils(realm: Realm, dynamodb: ReturnType<typeof dynamodbUtil>, running: () => RunningField) {
  const fieldError = (message: string, type?: string | null, data?: unknown, info?: unknown) =>
    new FieldError(type ?? null, message, {
      data: data === undefined ? null : copy(realm, data),
      errorInfo: info === undefined ? null : copy(realm, info),
    });
  const expressionText = (filter: object) => JSON.stringify(toExpression(realm, filter, dynamodb.toDynamoDB));

  const util = {
    ...identifiers,
    ...texts,
    error: (message: string, type?: string | null, data?: unknown, info?: unknown): never => {
      throw fieldError(message, type, data, info);
    },
    appendError: (message: string, type?: string | null, data?: unknown, info?: unknown): void => {
      running().appendError(fieldError(message, type, data, info));
    },
    unauthorized: (): never => {
      const { fieldName, parentTypeName } = running();
      throw new FieldError('Unauthorized', `Not Authorized to access ${fieldName} on type ${parentTypeName}`);
    },
    authType: (): string => MODE_NAMES[running().mode],
    time,
    dynamodb,
    rds: { toJsonObject: (answer: unknown) => copy(realm, rowsOf(answer)) },
    http: {
      copyHeaders: (headers: Record<string, unknown>) => copy(realm, copyHeaders(headers)),
      addResponseHeader: (name: string, value: unknown): void => {
        addResponseHeader(running().responseHeaders, name, value);
      },
      addResponseHeaders: (headers: Record<string, unknown>): void => {
        for (const [name, value] of Object.entries(headers)) addResponseHeader(running().responseHeaders, name, value);
      },
    },
    xml: unsupportedFunctions('util.xml', UNSUPPORTED_FUNCTIONS.util.xml),
    transform: {
      toDynamoDBFilterExpression: expressionText,
      toDynamoDBConditionExpression: expressionText,
      ...unsupportedFunctions('util.transform', UNSUPPORTED_FUNCTIONS.util.transform),
    },
    math: mathematics,
    str: strings,
  };

  const runtime = {
    earlyReturn: (value?: unknown, options?: { readonly skipTo?: 'END' | 'NEXT' }): never => {
      throw EarlyReturn.of(value, options?.skipTo ?? 'NEXT');
    },
  };

  return { util, runtime, extensions: unsupportedFunctions('extensions', UNSUPPORTED_FUNCTIONS.extensions) };
}

/** One value of a row of the RDS Data API. */
type Cell = Readonly<Record<string, unknown>>;

/** `util.rds.toJsonObject`: for each statement, its rows as objects. */
function rowsOf(answer: unknown): unknown {
  const parsed = (typeof answer === 'string' ? JSON.parse(answer) : answer) as {
    readonly sqlStatementResults?: readonly {
      readonly records?: readonly (readonly Cell[])[] | null;
      readonly columnMetadata?: readonly { readonly label?: string; readonly name?: string }[] | null;
    }[];
  };
  return (parsed.sqlStatementResults ?? []).map(({ records, columnMetadata }) =>
    (records ?? []).map((row) =>
      Object.fromEntries(
        row.map((cell, i) => [columnMetadata?.[i]?.label ?? columnMetadata?.[i]?.name ?? String(i), cellValue(cell)]),
      ),
    ),
  );
}

function cellValue(cell: Cell): unknown {
  if (cell['isNull'] === true || cell['null'] === true) return null;
  return Object.values(cell).find((value) => value !== undefined && value !== null) ?? null;
}
