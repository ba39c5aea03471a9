import { AnswerPendingError, RequestRefusedError, WarehouseFailedError, type TillgraphError } from './errors.ts';
import type {
  CohortMonthFragment,
  CustomerSegmentFragment,
  ProductPairFragment,
  ResultSource,
  ResultStatus,
  SalesGroupFragment,
  WarehouseResultQuery,
} from './generated/operations.ts';
import type { Call } from './request/call.ts';
import { pause } from './request/pause.ts';
import { retryCall } from './request/retry.ts';

/** An answer of the warehouse that is whole. */
export interface WarehouseAnswer<Row> {
  readonly rows: Row[];
  /** Whether there are more rows than these: ask with a larger `limit`, or narrow the question. */
  readonly hasMore: boolean;
  /** Up to when lines had been loaded, as AWSDateTime; null before the first load. */
  readonly asOf: string | null;
  readonly source: ResultSource;
  /**
   * How long it took inside the API, all requests together.
   *
   * @unit milliseconds
   */
  readonly elapsedMs: number;
  /** How AWS names the last request for it, the one that brought the rows; `onResponse` has all of them. */
  readonly requestId?: string | undefined;
}

/** An answer to a question of any kind; `kind` tells of which. */
export type AnyWarehouseAnswer =
  | (WarehouseAnswer<SalesGroupFragment> & { readonly kind: 'sales' })
  | (WarehouseAnswer<CustomerSegmentFragment> & { readonly kind: 'customerSegments' })
  | (WarehouseAnswer<CohortMonthFragment> & { readonly kind: 'retention' })
  | (WarehouseAnswer<ProductPairFragment> & { readonly kind: 'productPairs' });

/** An answer as it came, ready or not. */
export interface AnswerState<Row> extends WarehouseAnswer<Row> {
  readonly status: ResultStatus;
  readonly id: string | null;
}

/**
 * How long an answer that is not ready is waited for when the caller says nothing: a warehouse that sleeps takes a minute to wake.
 *
 * @unit milliseconds
 */
export const DEFAULT_WAIT = 120_000;

/**
 * Between two questions for the same answer, doubled each time up to the longest. The API itself waits 10 seconds before it says PENDING
 * again, unless it cannot reach the warehouse.
 *
 * @unit milliseconds
 */
const PAUSE = 250;
const LONGEST_PAUSE = 4_000;

/**
 * Wait until an answer is whole.
 *
 * @param later - asks for the answer behind an id
 * @throws AnswerPendingError, WarehouseFailedError
 */
export async function finished<Row>(
  first: AnswerState<Row>,
  later: (id: string) => Promise<AnswerState<Row>>,
  { wait, signal }: { readonly wait: number; readonly signal: AbortSignal },
): Promise<WarehouseAnswer<Row>> {
  const deadline = performance.now() + wait;
  let answer = first;
  let elapsedMs = first.elapsedMs;
  for (let delay = PAUSE; answer.status === 'PENDING' && answer.id !== null; delay = Math.min(delay * 2, LONGEST_PAUSE)) {
    const { id } = answer;
    const left = deadline - performance.now();
    if (left <= 0) throw withRequestId(new AnswerPendingError(id, wait), answer.requestId);
    await pause(Math.min(delay, left), signal);
    answer = await later(id);
    elapsedMs += answer.elapsedMs;
  }
  if (answer.status !== 'FINISHED')
    throw withRequestId(new WarehouseFailedError('the API does not say why', []), answer.requestId);
  const { rows, hasMore, asOf, source, requestId } = answer;
  return { rows, hasMore, asOf, source, elapsedMs, requestId };
}

/** Ask again while the warehouse is busy, as the policy says. @throws WarehouseFailedError, RequestRefusedError */
export async function whileBusy<Answer>(call: Call, operationName: string, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await retryCall(call, operationName, ask, isBusy);
  } catch (error) {
    if (!(error instanceof RequestRefusedError)) throw error;
    const failure = error.errors.find(({ errorType }) => errorType === 'WarehouseFailed');
    if (failure === undefined) throw error;
    throw withRequestId(new WarehouseFailedError(failure.message, error.errors), error.requestId);
  }
}

const isBusy = (error: TillgraphError) =>
  error instanceof RequestRefusedError &&
  error.errors.length > 0 &&
  error.errors.every(({ errorType }) => errorType === 'WarehouseUnavailable');

function withRequestId<Failure extends TillgraphError>(error: Failure, requestId: string | undefined): Failure {
  if (requestId !== undefined) error.requestId = requestId;
  return error;
}

type Fetched = WarehouseResultQuery['warehouseResult'];

const KINDS = {
  SalesResult: 'sales',
  SegmentResult: 'customerSegments',
  RetentionResult: 'retention',
  ProductPairResult: 'productPairs',
} as const satisfies Record<Fetched['__typename'], AnyWarehouseAnswer['kind']>;

export const kindOf = (fetched: Fetched): AnyWarehouseAnswer['kind'] => KINDS[fetched.__typename];

/** The document gives the rows of each kind a name of their own, because some of their fields differ in whether they may be null. */
export function stateOf(fetched: Fetched): AnswerState<unknown> {
  const { status, hasMore, asOf, source, elapsedMs, id } = fetched;
  return { status, hasMore, asOf, source, elapsedMs, id, rows: rowsOf(fetched) };
}

function rowsOf(fetched: Fetched): unknown[] {
  switch (fetched.__typename) {
    case 'SalesResult':
      return fetched.sales;
    case 'SegmentResult':
      return fetched.segments;
    case 'RetentionResult':
      return fetched.retention;
    case 'ProductPairResult':
      return fetched.pairs;
  }
}
