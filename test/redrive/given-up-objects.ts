import { failedBatch, type EventRecord } from '@tillgraph/local-aws/testing/event-source';
import { kinesisRecord } from '../support/kinesis-records.ts';

/** A batch as Lambda gives it up. */
export function givenUpBatch(texts: readonly (readonly [text: string, partitionKey: string])[]) {
  const records = texts.map(([text, partitionKey], place) => kinesisRecord(place + 1, text, partitionKey) as EventRecord);
  return failedBatch(
    { id: '2548c4ae-330e-42ec-8b08-bdf60f0fcd31', functionArn: 'arn:function', streamArn: 'arn:stream' },
    { records, condition: 'RecordAgeExceeded', invokeCount: 7 },
    new Date(0),
  );
}

/** Records as Firehose gives them up. */
export const unjudged = (texts: readonly string[]) => ({
  key: 'firehose/processing-failed/2026/11/22/19/lines-1-2026-11-22-19-05-07-4b28',
  body: texts
    .map((text) => {
      const rawData = Buffer.from(text).toString('base64');
      return `${JSON.stringify({ attemptsMade: 301, errorCode: 'Lambda.FunctionError', rawData, lambdaArn: 'arn:judge' })}\n`;
    })
    .join(''),
});
