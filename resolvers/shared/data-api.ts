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

/**
 * What an operation answered. Ends the field with `WarehouseUnavailable` when the same may go well a little later, and with
 * `WarehouseRefused` when it will not.
 *
 * @param missing - exceptions that say no more than that there is no such thing (yet), as a pattern
 * @returns `undefined` after such an exception
 */
export function dataApiOutput(
  error: { readonly message: string } | undefined,
  answer: DataApiAnswer | null,
  missing: string,
): DataApiOutput | undefined {
  const status = error === undefined && answer !== null ? answer.statusCode : 0;
  const body = (status === 0 ? '' : JSON.parse(answer?.body ?? '')) as
    (DataApiOutput & { readonly __type?: string; readonly message?: string; readonly Message?: string }) | '' | null;
  const output = body === '' || body === null ? undefined : body;
  if (status === 200 && output !== undefined) return output;
  const type = output?.__type ?? '';
  if (status < 400 || status === 429 || status >= 500 || util.matches(PASSING, type))
    util.error('the warehouse is busy or cannot be reached: ask the same again after a while', 'WarehouseUnavailable');
  if (type !== '' && util.matches(missing, type)) return undefined;
  const reason = output?.message ?? output?.Message ?? '';
  return util.error(`the warehouse refuses the request: ${type} ${reason.slice(0, 300)}`, 'WarehouseRefused');
}
