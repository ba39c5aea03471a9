import { util } from '@aws-appsync/utils';
import type { FieldRow } from '../../warehouse/statements/statement.ts';

/** What the HTTP data source brings back from the Redshift Data API. */
export interface DataApiAnswer {
  readonly statusCode: number;
  readonly body: string;
}

/** What the operations used here answer, as far as it is used. */
export interface DataApiOutput {
  readonly Id?: string;
  readonly Status?: string;
  /** Why a statement failed. */
  readonly Error?: string;
  readonly Records?: FieldRow[];
  readonly ColumnMetadata?: object[];
  readonly NextToken?: string;
}

/** One call of the Redshift Data API through the HTTP data source, which signs it. */
export function dataApiCall(operation: string, input: object) {
  return {
    method: 'POST' as const,
    resourcePath: '/',
    params: {
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `RedshiftData.${operation}` },
      body: JSON.stringify(input),
    },
  };
}

/** Such as too many statements at once, or a workgroup that is just waking up. */
const PASSING =
  '.*(Throttl|TooManyRequests|LimitExceeded|Active[A-Za-z]+Exceeded|Timeout|InternalServer|Unavailable|DatabaseConnection).*';

/** What came of a call. */
export interface DataApiReply {
  /** Of a call that went well. */
  readonly output: DataApiOutput | undefined;
  /** Whether the same may go well a little later. */
  readonly isBusy: boolean;
  /** The exception's name; empty when there is none, or none that can be read. */
  readonly exception: string;
  readonly reason: string;
}

export function readReply(error: { readonly message: string } | undefined, answer: DataApiAnswer | null): DataApiReply {
  const status = error === undefined && answer !== null ? answer.statusCode : 0;
  const body = (status === 0 ? '' : JSON.parse(answer?.body ?? '')) as
    (DataApiOutput & { readonly __type?: string; readonly message?: string; readonly Message?: string }) | '' | null;
  const output = body === '' || body === null ? undefined : body;
  const isFine = status === 200 && output !== undefined;
  const exception = output?.__type ?? '';
  return {
    output: isFine ? output : undefined,
    isBusy: !isFine && (status < 400 || status === 429 || status >= 500 || util.matches(PASSING, exception)),
    exception,
    reason: (output?.message ?? output?.Message ?? '').slice(0, 300),
  };
}

/**
 * What a call brought. Ends the field with `WarehouseUnavailable` when the same may go well a little later, and with
 * `WarehouseRefused` when it will not.
 *
 * @param missing - exceptions that say no more than that there is no such thing (yet), as a pattern
 * @returns `undefined` after such an exception
 */
export function outputOf(reply: DataApiReply, missing: string): DataApiOutput | undefined {
  if (reply.output !== undefined) return reply.output;
  if (reply.isBusy)
    util.error('the warehouse is busy or cannot be reached: ask the same again after a while', 'WarehouseUnavailable');
  if (reply.exception !== '' && util.matches(missing, reply.exception)) return undefined;
  return util.error(`the warehouse refuses the request: ${reply.exception} ${reply.reason}`, 'WarehouseRefused');
}
