import { describe, expect, test } from 'vitest';
import { takeTransactions, type TransactionStream } from '../../ingest/doors/transactions.ts';
import type { RecordFailure } from '../../domain/receipt.ts';
import type { PackedRecord } from '../../domain/stream-record.ts';
import { line, linesOf } from '../support/lines.ts';

const now = () => 1_700_000_000_000;

function streamThat(outcome: (record: PackedRecord) => RecordFailure | undefined = () => undefined) {
  const taken: PackedRecord[] = [];
  const stream: TransactionStream = {
    put(records) {
      taken.push(...records.filter((record) => outcome(record) === undefined));
      return Promise.resolve(records.map(outcome));
    },
  };
  return { stream, taken };
}

const post = async (body: unknown, stream: TransactionStream) => {
  const answer = await takeTransactions({ body: JSON.stringify(body), isBase64Encoded: false }, stream, now);
  return {
    status: answer.statusCode,
    body: JSON.parse(answer.body ?? '') as { accepted: number; failed: object[]; message?: string },
  };
};

describe('POST /transactions', () => {
  test('takes one line, or an array of lines', async () => {
    const { stream, taken } = streamThat();

    const one = await post(line(), stream);
    const many = await post(linesOf('536366', 3), stream);

    expect([one, many]).toEqual([
      { status: 200, body: { accepted: 1, failed: [] } },
      { status: 200, body: { accepted: 3, failed: [] } },
    ]);
    expect(taken.map(({ partitionKey }) => partitionKey)).toEqual(['17850', '17850']);
  });

  test('refuses a bad line alone and sends the rest', async () => {
    const { stream, taken } = streamThat();

    const answer = await post([line(), { ...line(), lineId: 'bad', unitPrice: 'free' }], stream);

    expect(answer.status).toBe(207);
    expect(answer.body).toMatchObject({ accepted: 1, failed: [{ index: 1, lineId: 'bad', code: 'InvalidValue' }] });
    expect(taken).toHaveLength(1);
  });

  test('says per line what the stream did not take', async () => {
    const { stream } = streamThat((record) => (record.partitionKey === '13047' ? 'Throttled' : undefined));

    const answer = await post([...linesOf('536365', 1), ...linesOf('536367', 2, { customerId: '13047' })], stream);

    expect(answer.body).toMatchObject({
      accepted: 1,
      failed: [
        { index: 1, code: 'Throttled' },
        { index: 2, code: 'Throttled' },
      ],
    });
  });

  test('answers 503 when nothing was taken but may be later, 400 when nothing can be', async () => {
    const { stream } = streamThat(() => 'StreamUnavailable');

    expect((await post(line(), stream)).status).toBe(503);
    expect((await post({ ...line(), country: '' }, stream)).status).toBe(400);
  });

  test.each([[[]], [linesOf('536365', 251)]])('refuses a request of no or too many lines', async (lines) => {
    const answer = await post(lines, streamThat().stream);

    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain('write 1 to 250 lines');
  });

  describe('a body that is not UTF-8 is refused whole, naming what was got', () => {
    const latin1 = Buffer.from(JSON.stringify([line(), line({ country: 'Espa\u00f1a' })]), 'latin1');

    test.each([
      ['as bytes', { body: latin1.toString('base64'), isBase64Encoded: true }],
      ['as the text that a gateway made of it', { body: latin1.toString('utf8'), isBase64Encoded: false }],
    ])('%s', async (_, event) => {
      const { stream, taken } = streamThat();

      const answer = await takeTransactions(event, stream, now);

      expect(answer.statusCode).toBe(400);
      const { message } = JSON.parse(answer.body ?? '') as { message: string };
      expect(message).toMatch(/^write the body in UTF-8: got ".*\\"country\\":\\"Espa\ufffda/);
      expect(taken).toEqual([]);
    });

    test.each([
      ['bytes', { body: Buffer.from(JSON.stringify(line({ country: 'a\ufffdb' }))).toString('base64'), isBase64Encoded: true }],
      ['an escape', { body: JSON.stringify(line({ country: 'a?b' })).replace('?', '\\ufffd'), isBase64Encoded: false }],
    ])('but the character that stands for others is taken where it is meant, from %s', async (_, event) => {
      const { stream, taken } = streamThat();

      const answer = await takeTransactions(event, stream, now);

      expect(answer.statusCode).toBe(200);
      expect(taken[0]?.text).toContain('"country":"a\ufffdb"');
    });
  });

  test.each(['lineId', 'invoiceNo', 'stockCode', 'description', 'customerId', 'country'])(
    'half a character in %s is refused, naming the field and the value',
    async (field) => {
      const { stream, taken } = streamThat();

      const { status, body } = await post({ ...line(), [field]: 'S\ud800' }, stream);

      expect(status).toBe(400);
      expect(body.failed).toMatchObject([{ message: expect.stringMatching(`^${field}: write .*: got "S\ud800"$`) as string }]);
      expect(taken).toEqual([]);
    },
  );

  test('says what is wrong with a body that is no JSON', async () => {
    const answer = await takeTransactions({ body: '{"a":', isBase64Encoded: false }, streamThat().stream, now);

    expect(answer.statusCode).toBe(400);
    expect(answer.body).toContain('write the body as JSON');
  });
});
