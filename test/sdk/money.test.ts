import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addMoney, compareMoney, formatMoney, multiplyMoney, parseMoney, subtractMoney, toMoney } from '../../sdk/index.ts';

const thousandths = fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n });

/** An amount in one of the ways of writing it, made digit by digit, without the code that is tested. */
const written = fc
  .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 40n }), fc.constantFrom('', '5', '50', '500', '05', '005', '999'))
  .map(([negative, whole, places]) => {
    const inMills = whole * 1000n + BigInt(places.padEnd(3, '0'));
    return {
      text: `${negative ? '-' : ''}${whole.toString()}${places === '' ? '' : `.${places}`}`,
      mills: negative ? -inMills : inMills,
    };
  });

describe('an amount', () => {
  test('is read exactly, however large, and with up to three places', () => {
    fc.assert(fc.property(written, ({ text, mills }) => parseMoney(text) === mills));
  });

  test('is written with three places, and read again as the same', () => {
    fc.assert(fc.property(thousandths, (amount) => parseMoney(toMoney(amount)) === amount));
    expect([0n, 1n, -1n, 999n, -1000n, 2550n].map(toMoney)).toEqual(['0.000', '0.001', '-0.001', '0.999', '-1.000', '2.550']);
  });

  test('adds, subtracts and multiplies as whole numbers do', () => {
    fc.assert(
      fc.property(fc.array(written), written, fc.maxSafeInteger(), (amounts, { text, mills }, times) => {
        const sum = amounts.reduce((total, one) => total + one.mills, 0n);
        expect(addMoney(...amounts.map((one) => one.text))).toBe(toMoney(sum));
        expect(subtractMoney(toMoney(sum), text)).toBe(toMoney(sum - mills));
        expect(multiplyMoney(text, times)).toBe(toMoney(mills * BigInt(times)));
      }),
    );
    expect(addMoney('0.1', '0.2')).toBe('0.300');
  });

  test('is put in order by its size, not by its text', () => {
    fc.assert(
      fc.property(fc.array(written), (amounts) => {
        const sorted = amounts.map(({ text }) => text).sort(compareMoney);
        const whole = amounts.map(({ mills }) => mills).sort((one, other) => (one < other ? -1 : one > other ? 1 : 0));
        expect(sorted.map(parseMoney)).toEqual(whole);
      }),
    );
    expect(compareMoney('-0.0', '0')).toBe(0);
  });

  test.each(['', '1.', '.5', '1.2345', '1e3', '+1', ' 1', '1 ', '1,000', '--1', 'NaN', '0x1', '١'])('is not "%s"', (text) => {
    expect(() => parseMoney(text)).toThrow(expect.objectContaining({ code: 'INVALID_MONEY', text }) as Error);
  });

  test('is shown to people in their way, rounded from the exact digits', () => {
    expect(formatMoney('-9747747.934')).toBe('-£9,747,747.93');
    expect(formatMoney('1.005')).toBe('£1.01'); // as a float it is 1.00499…
    expect(formatMoney('12345678901234567890.125', { places: 3 })).toBe('£12,345,678,901,234,567,890.125');
    expect(formatMoney('2.5', { locale: 'de-DE', currency: 'EUR' })).toBe('2,50\u00a0€');
    expect(formatMoney('-2.5', { places: 0 })).toBe('-£3');
  });
});
