import { expect, test } from 'vitest';
import { firstFailure } from './delivery.ts';
import { toEventRecord } from './kinesis-event.ts';

const origin = { shardId: 'shardId-000000000000', streamArn: 'stream', roleArn: 'role', region: 'us-east-1' };
const batch = ['11', '12', '13'].map((sequenceNumber) =>
  toEventRecord({ sequenceNumber, partitionKey: 'k', data: Buffer.from('x'), arrivedAt: 1_500_000_000_123 }, origin),
);
const answer = (response: unknown) => ({ payload: JSON.stringify(response), requestId: 'r' });
const [all, none] = [3, 0];

test.each([
  ['nothing', null, all],
  ['an empty answer', {}, all],
  ['an empty list', { batchItemFailures: [] }, all],
  ['no list', { batchItemFailures: null }, all],
  ['the second', { batchItemFailures: [{ itemIdentifier: '12' }] }, 1],
  ['two, the later one first', { batchItemFailures: [{ itemIdentifier: '13' }, { itemIdentifier: '12' }] }, 1],
  ['one that is not of this batch', { batchItemFailures: [{ itemIdentifier: '99' }] }, none],
  ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }, none],
  ['an identifier that is null', { batchItemFailures: [{ itemIdentifier: null }] }, none],
  ['an identifier under a wrong name', { batchItemFailures: [{ sequenceNumber: '12' }] }, none],
  ['something that is no list', { batchItemFailures: 'all' }, none],
])('a function that reports %s has done so many records', (_what, response, done) => {
  const first = firstFailure(batch, answer(response), {
    reportBatchItemFailures: true,
    bisect: false,
    maximumRetryAttempts: 1,
    maximumRecordAgeSeconds: 1,
  });

  expect(first).toBe(done);
});

test('a report counts for nothing when the mapping does not ask for one', () => {
  const report = answer({ batchItemFailures: [{ itemIdentifier: '11' }] });

  const first = firstFailure(batch, report, {
    reportBatchItemFailures: false,
    bisect: false,
    maximumRetryAttempts: 1,
    maximumRecordAgeSeconds: 1,
  });

  expect(first).toBe(all);
});
