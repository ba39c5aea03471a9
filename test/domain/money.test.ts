import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InexactPriceError, toMills } from '../../domain/money.ts';
import { toPounds, toThreePlaces } from '../../domain/pounds.ts';

describe('money', () => {
  test.each([
    ['2.55', 2550],
    ['0', 0],
    ['-0', 0],
    ['0.001', 1],
    ['-11062.06', -11_062_060],
    ['649.5', 649_500],
  ])('reads %s as exactly %i thousandths', (price, mills) => {
    expect(toMills(price)).toBe(mills);
  });

  test.each(['', '1.0005', '1,000.00', '.5', '5.', '1e3', ' 1', '9007199254740993'])(
    'refuses "%s" rather than rounding',
    (price) => {
      expect(() => toMills(price)).toThrow(InexactPriceError);
    },
  );

  test('is printed as it was read', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000_000_000, max: 1_000_000_000_000 }), (mills) => {
        expect(toMills(toPounds(mills))).toBe(mills);
      }),
    );
  });

  test.each([
    ['2.5', '2.500'],
    ['0', '0.000'],
    ['-0', '0.000'],
    ['-0.0', '0.000'],
    ['-11062.06', '-11062.060'],
  ])('writes the price %s with three places', (price, written) => {
    expect(toThreePlaces(price)).toBe(written);
  });
});
