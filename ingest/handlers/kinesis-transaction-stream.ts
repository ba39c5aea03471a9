import { PutRecordsCommand, type KinesisClient } from '@aws-sdk/client-kinesis';
import { STREAM_UNAVAILABLE, THROTTLED } from '../../domain/receipt.ts';
import type { TransactionStream } from '../doors/transactions.ts';

/** The stream in Kinesis. A request that fails as a whole counts as unavailable for each record: all may be sent again. */
export function kinesisTransactionStream(client: Pick<KinesisClient, 'send'>, streamName: string): TransactionStream {
  return {
    async put(records) {
      const Records = records.map(({ partitionKey, text }) => ({ PartitionKey: partitionKey, Data: Buffer.from(text, 'utf8') }));
      try {
        const answer = await client.send(new PutRecordsCommand({ StreamName: streamName, Records }));
        return (answer.Records ?? []).map(({ ErrorCode }) => {
          if (ErrorCode === undefined) return undefined;
          return ErrorCode.includes('Throughput') ? THROTTLED : STREAM_UNAVAILABLE;
        });
      } catch (cause) {
        console.error('the stream refused a whole request', cause);
        const throttled = cause instanceof Error && /Throughput|Throttl|LimitExceeded/.test(cause.name);
        return records.map(() => (throttled ? THROTTLED : STREAM_UNAVAILABLE));
      }
    },
  };
}
