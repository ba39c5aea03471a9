import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { acceptedBytes, judgeRecord, toNdjson } from '../../ingest/consumers/stream-judge.ts';
import { line } from '../support/lines.ts';

/** Mostly one of the few that are ordinary, sometimes one at or beyond a limit. All are JSON, written out. */
const written = (ordinary: readonly string[], others: readonly string[]) =>
  fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...ordinary) }, { weight: 1, arbitrary: fc.constantFrom(...others) });

const texts = (most: number) =>
  written(
    ['"85123A"', '"A B"', `"${'x'.repeat(40)}"`],
    [
      ...[
        '" A"',
        '"A "',
        '" "',
        '""',
        '"A\\"B"',
        '"A\\\\B"',
        '"\\u0041"',
        '"É"',
        '"🏮"',
        '"\\ud800"',
        '"\\u007f"',
        '"\t"',
        '"A',
        'null',
      ],
      ...[`"${'x'.repeat(41)}"`, `"${'x'.repeat(most)}"`, `"${'x'.repeat(most + 1)}"`, '"\u007f"', '"}\\n{"', '"\u00a0A"'],
    ],
  );
const ids = (most: number) =>
  written(
    ['"536365"', `"C1"`, `"${'x'.repeat(most)}"`],
    [`"${'x'.repeat(most + 1)}"`, '"_"', '"a:b"', '"é"', '" a"', '""', '1', '"a"b"'],
  );
const dates = fc
  .tuple(
    fc.constantFrom('1900', '2000', '2010', '2012', '2199', '2200', '1899'),
    fc.nat(13),
    fc.nat(32),
    fc.constantFrom('08:26:00Z', '24:00:00Z', '08:26:00.000Z', '08:26Z', '08:26:60Z'),
  )
  .map(([year, month, day, time]) => `"${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}T${time}"`);

const fields = fc.record({
  lineId: ids(64),
  invoiceNo: ids(32),
  stockCode: texts(40),
  description: fc.option(texts(200), { nil: undefined }),
  quantity: written(
    ['0', '6', '-12', '999'],
    ['1000', '-1000', '9001', '-0', '01', '1.0', '1e2', '+1', '"6"', '1000000', '1000001', ''],
  ),
  invoiceDate: fc.oneof({ weight: 3, arbitrary: fc.constant('"2010-12-01T08:26:00Z"') }, { weight: 1, arbitrary: dates }),
  unitPrice: written(
    ['"2.550"', '"0.000"', '"-11.062"', '"999.999"'],
    ['"2.55"', '"-0.000"', '"-0.001"', '"00.000"', '"1000.000"', '"999999.999"', '"1."', '2.550', '".5"', '"1.0000"', '"1,000"'],
  ),
  customerId: fc.option(ids(32), { nil: undefined }),
  country: texts(60),
  sentAt: written(
    ['0', '1291191960000', '99999999999999'],
    ['100000000000000', '253402300800000', '-1', '01', '1.5', '1e3', '"1"', 'null'],
  ),
});

const lines = fc
  .record({
    fields,
    order: written(['no'], ['lineId', 'country', 'sentAt']),
    foreign: fc.constantFrom('', '', '', '', '', ',"more":1', ',"quantity":7', ' '),
    end: fc.constantFrom('\n', '\n', '\n', '\n', '\n', '\n', '\r\n', ' \n', '', '\n\n', 'x\n', '}\n'),
  })
  .map(({ fields: values, order, foreign, end }) => {
    const members = Object.entries(values).filter(([, value]) => value !== undefined);
    if (order !== 'no') members.sort(([one], [other]) => Number(one === order) - Number(other === order));
    return `{${members.map(([name, value]) => `"${name}":${String(value)}`).join(',')}${foreign}}${end}`;
  });

describe('a line that looks like the ones that doors write', () => {
  test('is judged as if it had been written otherwise', () => {
    fc.assert(
      fc.property(fc.array(lines, { minLength: 1, maxLength: 4 }), (pieces) => {
        const text = pieces.join('');
        const record = Buffer.from(text);
        // A blank that JSON allows, so that no line looks like a written one.
        const otherwise = judgeRecord(Buffer.from(text.replaceAll('{', '{ ')));

        const judged = judgeRecord(record);

        expect(judged.lines).toEqual(otherwise.lines);
        expect(judged.refused.map(({ reason }) => reason)).toEqual(otherwise.refused.map(({ reason }) => reason));
        expect(acceptedBytes(record).toString()).toBe(toNdjson(otherwise.lines));
      }),
      { numRuns: 3_000 },
    );
  });

  test('is passed on as it is, byte for byte, and without a copy', () => {
    const record = Buffer.from(toNdjson([line(), line({ customerId: undefined, quantity: -1 })]));

    expect(acceptedBytes(record)).toBe(record);
  });
});
