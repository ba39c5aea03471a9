import { judgeDelivery } from '../../ingest/consumers/delivery-judge.ts';

/** The object that Firehose stages of these records, for COPY to read. */
export function passedByFirehose(records: readonly Buffer[]): Buffer {
  const { records: judged } = judgeDelivery({
    invocationId: 'one',
    deliveryStreamArn: 'arn:aws:firehose:us-east-1:000000000000:deliverystream/transactions',
    region: 'us-east-1',
    records: records.map((data, place) => ({
      recordId: String(place),
      approximateArrivalTimestamp: 0,
      data: data.toString('base64'),
    })),
  });
  return Buffer.concat(judged.map(({ data }) => Buffer.from(data ?? '', 'base64')));
}
