import { fieldsOf, type DataSource, type Outcome } from '../data-source.ts';
import type { ApiSurroundings } from '../definition.ts';
import { malformedRequest } from '../errors.ts';
import type { Realm } from '../realm.ts';
import { copy } from '../values.ts';

interface Waiting {
  readonly payloads: unknown[];
  readonly settle: ((outcome: Outcome) => void)[];
}

/**
 * The AWS_LAMBDA data source: `Invoke`, and `BatchInvoke` for a resolver with a batch size.
 *
 * @remarks Fields of one request that ask in the same turn share an invocation; it answers a list of the same length and order.
 */
export class LambdaDataSource implements DataSource {
  readonly errorPrefix = 'Lambda';
  private readonly waiting = new WeakMap<object, Waiting>();

  /** @param maxBatchSize - 0 or 1: every field has an invocation of its own */
  constructor(
    private readonly realm: Realm,
    private readonly functionArn: string,
    private readonly invokeFunction: ApiSurroundings['invokeFunction'],
    private readonly maxBatchSize: number,
  ) {}

  invoke(request: unknown, batch: object): Outcome | Promise<Outcome> {
    const { operation, invocationType, payload } = fieldsOf(request, malformedRequest);
    if (operation === undefined) throw malformedRequest("Value for field '$[operation]' not found.");
    if (operation !== 'Invoke' && operation !== 'BatchInvoke')
      throw malformedRequest(`Value for field '$[operation]' must be Invoke or BatchInvoke: got ${JSON.stringify(operation)}`);
    if (invocationType === 'Event') {
      void this.invokeFunction(this.functionArn, payload ?? null).catch(() => undefined);
      return { result: null };
    }
    if (operation === 'BatchInvoke' && this.maxBatchSize > 1) return this.join(payload, batch);
    return this.call(payload ?? null);
  }

  private async call(payload: unknown): Promise<Outcome> {
    try {
      const answer = await this.invokeFunction(this.functionArn, payload);
      if (answer.functionError === undefined) return { result: copy(this.realm, answer.payload) };
      const { errorMessage } = (answer.payload ?? {}) as { errorMessage?: unknown };
      return failed('Lambda:Unhandled', typeof errorMessage === 'string' ? errorMessage : answer.functionError);
    } catch (error) {
      return failed('Lambda:SdkClientException', String(error));
    }
  }

  private join(payload: unknown, batch: object): Promise<Outcome> {
    let waiting = this.waiting.get(batch);
    if (waiting === undefined || waiting.payloads.length >= this.maxBatchSize) {
      const fresh: Waiting = { payloads: [], settle: [] };
      waiting = fresh;
      this.waiting.set(batch, fresh);
      setImmediate(() => {
        if (this.waiting.get(batch) === fresh) this.waiting.delete(batch);
        void this.callBatch(fresh);
      });
    }
    const { payloads, settle } = waiting;
    payloads.push(payload ?? null);
    return new Promise((resolve) => settle.push(resolve));
  }

  private async callBatch({ payloads, settle }: Waiting): Promise<void> {
    const { result, error } = await this.call(payloads);
    settle.forEach((resolve, i) => {
      if (error !== undefined) resolve({ result: null, error });
      else if (!Array.isArray(result) || result.length !== payloads.length) {
        resolve(
          failed(
            'Lambda:IllegalArgument',
            `The Lambda function must return a list of ${String(payloads.length)} results, one for each payload`,
          ),
        );
      } else resolve(batchItem(result[i]));
    });
  }
}

const failed = (type: string, message: string): Outcome => ({ result: null, error: { type, message } });

/** An element may carry its own failure as `{ data, errorMessage, errorType }`. */
function batchItem(item: unknown): Outcome {
  if (typeof item !== 'object' || item === null || !('errorMessage' in item) || typeof item.errorMessage !== 'string')
    return { result: item };
  const { data, errorMessage, errorType } = item as { data?: unknown; errorMessage: string; errorType?: unknown };
  return {
    result: data ?? null,
    error: { message: errorMessage, type: typeof errorType === 'string' ? errorType : 'Lambda:Unhandled' },
  };
}
