import { describe, expect, test } from 'vitest';
import { acceptLine } from '../../domain/accepted-line.ts';
import { packLines } from '../../domain/stream-record.ts';
import { line, linesOf } from '../support/lines.ts';
import { builtResolver } from '../support/resolver.ts';
import { answerOf, linesIn, putRecordsIn, sent, taken } from '../support/stream-answers.ts';

const { request, resolve } = builtResolver('Mutation.sendTransactions');

const send = (input: readonly object[], stream: (asked: unknown) => object = taken) => resolve({ args: { input } }, stream);
const twoInvoices = [...linesOf('536365', 2), ...linesOf('536366', 1, { customerId: '13047' })].map(sent);

describe('a request of good lines', () => {
  test('is one PutRecords with one record for each invoice, which has its customer for a key', () => {
    const asked = request({ args: { input: [...linesOf('536365', 2), ...linesOf('536366', 1)].map(sent) } });

    expect(asked.returned).toMatchObject({
      method: 'POST',
      resourcePath: '/',
      params: { headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'Kinesis_20131202.PutRecords' } },
    });
    expect(putRecordsIn(asked.returned).StreamName).toBe('transactions');
    expect(putRecordsIn(asked.returned).Records.map(({ PartitionKey }) => PartitionKey)).toEqual(['17850', '17850']);
    expect(linesIn(asked.returned).map((lines) => lines.length)).toEqual([2, 1]);
  });

  test("keeps a guest's lines under the invoice's key", () => {
    const asked = request({ args: { input: [sent(line({ customerId: undefined }))] } });

    expect(putRecordsIn(asked.returned).Records[0]?.PartitionKey).toBe('536365');
    expect(linesIn(asked.returned)[0]?.[0]).not.toHaveProperty('customerId');
  });

  test('keeps lines of two customers that claim one invoice apart', () => {
    const asked = request({ args: { input: [sent(line()), sent(line({ customerId: '13047' }))] } });

    expect(putRecordsIn(asked.returned).Records.map(({ PartitionKey }) => PartitionKey)).toEqual(['17850', '13047']);
  });

  test('puts lines on the stream as the other door does: trimmed, whole seconds, three places', () => {
    const input = [
      { ...sent(line()), lineId: ' a ', country: ' EIRE ', unitPrice: '-0', invoiceDate: '2010-12-01T08:26:00.000Z' },
      { ...sent(line()), lineId: 'b', description: '   ', unitPrice: '2.5', customerId: null },
      { ...sent(line()), lineId: 'c', description: 'CAFÉ "à la carte" 日本 😀', quantity: -1_000_000 },
    ];

    const asked = request({ args: { input } });

    const [first] = linesIn(asked.returned).flat();
    const lines = input.map((one) => acceptLine(one, first?.sentAt ?? 0));
    expect(lines).not.toContainEqual(expect.objectContaining({ message: expect.anything() }));
    expect(putRecordsIn(asked.returned).Records.map(({ Data }) => Buffer.from(Data, 'base64').toString('utf8'))).toEqual(
      packLines(lines as Parameters<typeof packLines>[0]).map(({ text }) => text),
    );
    expect(Math.abs((first?.sentAt ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  test('of 250 lines of 250 invoices stays within the loops that APPSYNC_JS allows, taken or not', () => {
    const input = Array.from({ length: 250 }, (_, place) => sent(line({ invoiceNo: String(536_365 + place) })));

    const good = send(input);
    const busy = send(input, () => answerOf(429, { __type: 'LimitExceededException' }));

    expect([good.error, busy.error]).toEqual([undefined, undefined]);
    expect(good.returned).toEqual({ accepted: 250, failed: [] });
    expect((busy.returned as { failed: object[] }).failed).toHaveLength(250);
  });

  test.each([0, 251])('cannot be one of %d lines', (count) => {
    const { error } = request({ args: { input: linesOf('536365', count).map(sent) } });

    expect(error).toEqual({
      errorType: 'InvalidValue',
      message: `input: write 1 to 250 lines: got ${String(count)}`,
      errorInfo: { field: 'input', value: count },
    });
  });
});

describe('a bad line', () => {
  test('is refused alone: named in failed and in an error of its own, and the others are sent', () => {
    const input = [sent(line({ lineId: 'a' })), { ...sent(line()), lineId: 'b', unitPrice: '2,55' }, sent(line({ lineId: 'c' }))];

    const { returned, appended, error } = send(input);

    const message =
      'unitPrice: write pounds from -999999.999 to 999999.999 with at most three places, such as "2.55": got "2,55"';
    expect(error).toBeUndefined();
    expect(returned).toEqual({ accepted: 2, failed: [{ index: 1, lineId: 'b', code: 'InvalidValue', message }] });
    expect(appended).toEqual([
      {
        errorType: 'InvalidValue',
        message: `input[1].${message}`,
        errorInfo: { index: 1, lineId: 'b', field: 'unitPrice', value: '2,55' },
      },
    ]);
  });

  test('among others shifts none of their places when the stream fails too', () => {
    const input = [{ ...twoInvoices[0], country: '' }, ...twoInvoices.slice(1)];

    const { returned } = send(input, (asked) => taken(asked, ['InternalFailure', undefined]));

    expect(returned).toMatchObject({
      accepted: 1,
      failed: [
        { index: 0, code: 'InvalidValue' },
        { index: 1, lineId: twoInvoices[1]?.lineId, code: 'StreamUnavailable' },
      ],
    });
  });

  test('and another, and nothing else: the stream is not asked', () => {
    const input = Array.from({ length: 250 }, (_, place) => ({ ...sent(line()), lineId: `-${String(place)}` }));

    const { returned, early, appended } = send(input, () => {
      throw new Error('the stream was asked');
    });

    expect(early).toBe(true);
    expect(returned).toMatchObject({ accepted: 0, failed: input.map(({ lineId }, index) => ({ index, lineId })) });
    expect(appended).toHaveLength(250);
  });

  test.each([
    [{ lineId: 'a b' }, 'lineId'],
    [{ invoiceNo: 'INVOICE#1' }, 'invoiceNo'],
    [{ stockCode: '' }, 'stockCode'],
    [{ description: 'x'.repeat(201) }, 'description'],
    [{ description: '😀'.repeat(201) }, 'description'],
    [{ description: 'a\tb' }, 'description'],
    [{ quantity: 1_000_001 }, 'quantity'],
    [{ quantity: -1_000_001 }, 'quantity'],
    [{ invoiceDate: '2011-02-29T08:00:00Z' }, 'invoiceDate'],
    [{ invoiceDate: '2010-12-01T08:26:00.500Z' }, 'invoiceDate'],
    [{ invoiceDate: '2010-12-01T08:26:00+01:00' }, 'invoiceDate'],
    [{ invoiceDate: '1800-12-01T08:26:00Z' }, 'invoiceDate'],
    [{ unitPrice: '0.0005' }, 'unitPrice'],
    [{ unitPrice: '1e3' }, 'unitPrice'],
    [{ unitPrice: '1000000' }, 'unitPrice'],
    [{ customerId: '' }, 'customerId'],
    [{ customerId: '17850.0' }, 'customerId'],
    [{ country: ' ' }, 'country'],
    [{ stockCode: 'half \ud83d' }, 'stockCode'],
    [{ description: '\ude00 half' }, 'description'],
    [{ country: '\ud83d' }, 'country'],
    [{ quantity: 1_000_000, unitPrice: '9.001' }, 'amount'],
    [{ quantity: -1_000_000, unitPrice: '9.001' }, 'amount'],
    [{ quantity: 1_000_000, unitPrice: '-9.001' }, 'amount'],
    [{ quantity: 10, unitPrice: '900000.001' }, 'amount'],
  ])('is one with %o, and the other door says the same', (change, field) => {
    const bad = { ...sent(line()), ...change };

    const { returned, appended } = send([bad]);

    const refusal = acceptLine(bad, 0) as { message: string };
    expect(returned).toMatchObject({ accepted: 0, failed: [{ code: 'InvalidValue', message: refusal.message }] });
    expect(appended).toMatchObject([{ errorInfo: { field } }]);
  });

  test.each([
    { description: '😀'.repeat(200) },
    { country: 'ｗ'.repeat(60) },
    { unitPrice: '-11062.06' },
    { unitPrice: '0' },
    { quantity: 0 },
    { invoiceDate: '2012-02-29T23:59:59Z' },
    { lineId: 'x'.repeat(64) },
    { quantity: 1_000_000, unitPrice: '9' },
    { quantity: -1_000_000, unitPrice: '-9.000' },
    { quantity: 9, unitPrice: '999999.999' },
    { quantity: 0, unitPrice: '-999999.999' },
  ])('is none with %o, and the other door says the same', (change) => {
    const good = { ...sent(line()), ...change };

    const { returned } = send([good]);

    expect(returned).toEqual({ accepted: 1, failed: [] });
    expect(acceptLine(good, 0)).not.toHaveProperty('message');
  });
});

describe('a stream that', () => {
  test('fails for one record fails for its lines alone', () => {
    const { returned } = send(twoInvoices, (asked) => taken(asked, ['ProvisionedThroughputExceededException', undefined]));

    expect(returned).toEqual({
      accepted: 1,
      failed: [0, 1].map((index) => ({
        index,
        lineId: twoInvoices[index]?.lineId,
        code: 'Throttled',
        message: 'the stream is busy: send this line again after a while',
      })),
    });
  });

  test.each([
    [429, { __type: 'anything' }],
    [400, { __type: 'ProvisionedThroughputExceededException', message: 'Rate exceeded' }],
    [400, { __type: 'com.amazonaws.kinesis#LimitExceededException' }],
    [400, { __type: 'ThrottlingException' }],
    [400, { __type: 'KMSThrottlingException' }],
  ])('throttles the whole request with %d %o has throttled each line', (status, body) => {
    const { returned } = send(twoInvoices, () => answerOf(status, body));

    expect(returned).toMatchObject({
      accepted: 0,
      failed: [{ code: 'Throttled' }, { code: 'Throttled' }, { code: 'Throttled' }],
    });
  });

  test.each([
    ['answers 500', answerOf(500, { __type: 'InternalFailure' })],
    ['answers 503 with no JSON', { result: { statusCode: 503, body: '<html>later</html>' } }],
    ['answers 302', answerOf(302, {})],
    ['answers 200 without a word on any record', answerOf(200, {})],
    ['answers 200 with nothing', { result: { statusCode: 200, body: '' } }],
    ['cannot be reached', { result: null, error: { message: 'connect ECONNREFUSED', type: 'Http:HttpClientException' } }],
  ])('%s is unavailable for each line', (_, answer) => {
    const { returned, error } = send(twoInvoices, () => answer);

    expect(error).toBeUndefined();
    expect(returned).toMatchObject({
      accepted: 0,
      failed: [0, 1, 2].map((index) => ({ index, lineId: twoInvoices[index]?.lineId, code: 'StreamUnavailable' })),
    });
  });

  test.each(['AccessDeniedException', 'ResourceNotFoundException', 'ValidationException'])(
    'refuses the request as such (%s) is a fault of the deployment, and says so',
    (type) => {
      const { error } = send(twoInvoices, () => answerOf(400, { __type: type, message: 'no' }));

      expect(error?.errorType).toBe('StreamRefused');
      expect(error?.message).toContain(type);
    },
  );
});
