import { expect, test } from 'vitest';
import { line } from '../support/lines.ts';
import { builtResolver } from '../support/resolver.ts';
import { answerOf, linesIn, putRecordsIn, sent, taken } from '../support/stream-answers.ts';

const { request, resolve } = builtResolver('Mutation.sendTransaction');

const send = (input: object, stream: (asked: unknown) => object = taken) => resolve({ args: { input } }, stream);

test('a line is one record of one line, under the key of its customer', () => {
  const asked = request({ args: { input: sent(line()) } });

  const [[only] = []] = linesIn(asked.returned);
  expect(putRecordsIn(asked.returned).Records.map(({ PartitionKey }) => PartitionKey)).toEqual(['17850']);
  expect(only).toEqual({ ...line(), sentAt: only?.sentAt });
});

test('a line that the stream has taken is accepted', () => {
  expect(send(sent(line())).returned).toEqual({ accepted: 1, failed: [] });
});

test('the error of an unacceptable line has the field, the value and what to write instead', () => {
  const { error, returned } = send({ ...sent(line()), quantity: 2_000_000 }, () => {
    throw new Error('the stream was asked');
  });

  expect(returned).toBeUndefined();
  expect(error).toEqual({
    errorType: 'InvalidValue',
    message: 'input.quantity: write a whole number from -1000000 to 1000000: got "2000000"',
    errorInfo: { index: 0, lineId: '536365-b554dfdb0730-1', field: 'quantity', value: '2000000' },
  });
});

test.each([
  ['one record refused as busy', (asked: unknown) => taken(asked, ['ProvisionedThroughputExceededException']), 'Throttled'],
  ['one record failed', (asked: unknown) => taken(asked, ['InternalFailure']), 'StreamUnavailable'],
  ['a throttled request', () => answerOf(400, { __type: 'ProvisionedThroughputExceededException' }), 'Throttled'],
  ['a status of 500', () => answerOf(500, {}), 'StreamUnavailable'],
  ['no answer', () => ({ result: null, error: { message: 'reset', type: 'Http:HttpClientException' } }), 'StreamUnavailable'],
])('%s leaves the line to be sent again', (_, stream, code) => {
  const { returned, error } = send(sent(line()), stream);

  expect(error).toBeUndefined();
  expect(returned).toMatchObject({ accepted: 0, failed: [{ index: 0, lineId: '536365-b554dfdb0730-1', code }] });
});

test('a stream that refuses the request as such is a fault of the deployment, and says so', () => {
  const { error } = send(sent(line()), () => answerOf(400, { __type: 'AccessDeniedException', message: 'not allowed' }));

  expect(error).toMatchObject({ errorType: 'StreamRefused' });
  expect(error?.message).toContain('AccessDeniedException');
});
