import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Base64Data, parseBody } from './body.ts';

function decoded(data: unknown): Buffer | string {
  if (!(data instanceof Base64Data)) throw new Error(`not cut out: ${String(data)}`);
  const target = Buffer.alloc(data.decodedLength);
  return data.decodeTo(target, 0) ? target : 'refused';
}

const anyText = fc.string({ unit: 'binary' });
const anyRecord = fc.record({
  bytes: fc.uint8Array({ maxLength: 300 }),
  key: fc.oneof(anyText, fc.constantFrom('Data', '"Data":"', '0', '\\')),
});

test('whatever the keys are, every record has its own data and its own key', () => {
  fc.assert(
    fc.property(fc.array(anyRecord, { minLength: 1, maxLength: 5 }), (records) => {
      const wire = records.map(({ bytes, key }) => ({ Data: Buffer.from(bytes).toString('base64'), PartitionKey: key }));
      const parsed = parseBody(Buffer.from(JSON.stringify({ StreamName: 'Data', Records: wire }))) as {
        Records: { Data: unknown; PartitionKey: string }[];
      };

      expect(parsed.Records.map(({ Data }) => decoded(Data))).toEqual(records.map(({ bytes }) => Buffer.from(bytes)));
      expect(parsed.Records.map(({ PartitionKey }) => PartitionKey)).toEqual(records.map(({ key }) => key));
    }),
  );
});

test.each([
  ['{"Data" : "YQ==", "PartitionKey":"1"}', Buffer.from('a')],
  ['{"Data":"Y\\u0051==","PartitionKey":"1"}', Buffer.from('a')],
  ['{"PartitionKey":"Data","Data":"YWI="}', Buffer.from('ab')],
  ['{"Data":""}', Buffer.from('')],
  ['{"Data":"YQ"}', 'refused'],
  ['{"Data":"Y*=="}', 'refused'],
  ['{"Data":"YQ==YQ=="}', 'refused'],
])('%s is read however it is written', (body, expected) => {
  const { Data } = parseBody(Buffer.from(body)) as { Data: unknown };

  expect(decoded(Data)).toEqual(expected);
});

test('data that are no text are left for the validation to refuse', () => {
  expect(parseBody(Buffer.from('{"Data":5}'))).toEqual({ Data: 5 });
});
