import { randomUUID } from 'node:crypto';
import type { GivenUp } from './delivery.ts';

/** The mapping that gives up, as the document names it. */
export interface FailedMapping {
  readonly id: string;
  readonly functionArn: string;
  readonly streamArn: string;
}

/** An object for the bucket. */
export interface FailedBatch {
  readonly key: string;
  readonly body: string;
}

/**
 * The document that an on-failure destination gets.
 *
 * @source Lambda developer guide, "Retain discarded batch records for a Kinesis Data Streams event source": the key, the members and
 * that `payload` has the whole event, as a text, for S3 only. Not documented, and so our reading: `responseContext` is left out when
 * no invocation answered, and the time in the key is when the batch was given up (UTC).
 */
export function failedBatch(
  mapping: FailedMapping,
  { records, condition, answer, invokeCount }: GivenUp,
  now: Date,
): FailedBatch {
  const [first, last] = [records[0], records.at(-1)];
  if (first === undefined || last === undefined) throw new TypeError('a failed batch has at least one record');
  const shardId = first.eventID.split(':')[0] ?? '';
  const time = now.toISOString();
  const arrival = (seconds: number): string => new Date(Math.round(seconds * 1000)).toISOString();
  const document = {
    requestContext: {
      requestId: answer?.requestId ?? randomUUID(),
      functionArn: mapping.functionArn,
      condition,
      approximateInvokeCount: invokeCount,
    },
    ...(answer && {
      responseContext: {
        statusCode: 200,
        executedVersion: '$LATEST',
        functionError: answer.functionError ?? null,
      },
    }),
    version: '1.0',
    timestamp: time,
    KinesisBatchInfo: {
      shardId,
      startSequenceNumber: first.kinesis.sequenceNumber,
      endSequenceNumber: last.kinesis.sequenceNumber,
      approximateArrivalOfFirstRecord: arrival(first.kinesis.approximateArrivalTimestamp),
      approximateArrivalOfLastRecord: arrival(last.kinesis.approximateArrivalTimestamp),
      batchSize: records.length,
      streamArn: mapping.streamArn,
    },
    payload: JSON.stringify({ Records: records }),
  };
  const [day = '', clock = ''] = time.slice(0, 19).split('T');
  const key = `aws/lambda/${mapping.id}/${shardId}/${day.replaceAll('-', '/')}/${day}T${clock.replaceAll(':', '.')}-${randomUUID()}`;
  return { key, body: JSON.stringify(document) };
}
