import { ServiceError } from '../../errors.ts';
import type { JsonOperation, JsonOperations } from '../../http/aws-json-server.ts';
import type { DeliveryStreamDefinition } from './definition.ts';
import type { Delivery, FirehoseEffect } from './delivery.ts';
import { describe } from './description.ts';
import type { Progress } from './progress.ts';

/** A delivery stream that runs. */
export interface DeliveryStream {
  readonly definition: DeliveryStreamDefinition;
  readonly progress: Progress;
  readonly delivery: Delivery;
}

/** @source Firehose API, ListDeliveryStreams: 1 to 10,000, by itself 10 */
const MAX_LISTED = 10_000;
const LISTED = 10;

/** The operations that describe delivery streams; records come from Kinesis alone. */
export function deliveryStreamOperations(
  streams: ReadonlyMap<string, DeliveryStream>,
  options: { readonly accountId: string; readonly region: string },
): JsonOperations<FirehoseEffect> {
  return {
    DescribeDeliveryStream: ({ DeliveryStreamName }) => {
      const { definition, progress } = deliveryStreamNamed(streams, DeliveryStreamName, options.accountId);
      return { DeliveryStreamDescription: describe(definition, progress, options) };
    },
    ListDeliveryStreams: (input) => list([...streams.keys()], input),
    PutRecord: refuseRecords,
    PutRecordBatch: refuseRecords,
  };
}

/** @throws ServiceError ResourceNotFoundException */
export function deliveryStreamNamed(
  streams: ReadonlyMap<string, DeliveryStream>,
  name: unknown,
  accountId: string,
): DeliveryStream {
  const found = typeof name === 'string' ? streams.get(name) : undefined;
  if (found !== undefined) return found;
  throw new ServiceError('ResourceNotFoundException', `Firehose ${String(name)} under account ${accountId} not found.`);
}

const refuseRecords: JsonOperation<FirehoseEffect> = () => {
  throw new ServiceError(
    'InvalidArgumentException',
    'This operation is not permitted on KinesisStreamAsSource delivery stream type.',
  );
};

/** In the order of their names, as AWS lists them. */
function list(names: readonly string[], input: Readonly<Record<string, unknown>>) {
  const { Limit = LISTED, ExclusiveStartDeliveryStreamName: after = '', DeliveryStreamType: type } = input;
  if (typeof Limit !== 'number' || !Number.isInteger(Limit) || Limit < 1 || Limit > MAX_LISTED) {
    throw new ServiceError(
      'ValidationException',
      `Limit must be a whole number from 1 to ${String(MAX_LISTED)}: got ${String(Limit)}`,
    );
  }
  const all = type === undefined || type === 'KinesisStreamAsSource' ? [...names].sort() : [];
  const left = all.filter((name) => name > String(after));
  return { DeliveryStreamNames: left.slice(0, Limit), HasMoreDeliveryStreams: left.length > Limit };
}
