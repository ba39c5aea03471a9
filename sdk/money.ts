import { InvalidMoneyError } from './errors.ts';

/**
 * Amounts as the API writes them: pounds with up to three places, such as `"2.55"` or `"-9747747.934"`.
 *
 * @remarks A number of JavaScript cannot hold them (0.1 + 0.2), so all of this goes by thousandths as `bigint`, and nothing is rounded.
 */
export type Money = string;

/** How many thousandths an amount has: 2550n for `"2.55"`. @throws InvalidMoneyError */
export function parseMoney(amount: Money): bigint {
  const [, sign, whole, places = ''] = /^(-?)(\d+)(?:\.(\d{1,3}))?$/.exec(amount) ?? [];
  if (whole === undefined) throw new InvalidMoneyError(amount);
  const thousandths = BigInt(whole + places.padEnd(3, '0'));
  return sign === '-' ? -thousandths : thousandths;
}

/** The amount of so many thousandths, with three places as the API writes it: `"2.550"` for 2550n. */
export function toMoney(thousandths: bigint): Money {
  const digits = (thousandths < 0n ? -thousandths : thousandths).toString().padStart(4, '0');
  return `${thousandths < 0n ? '-' : ''}${digits.slice(0, -3)}.${digits.slice(-3)}`;
}

/** The sum; `"0.000"` of none. @throws InvalidMoneyError */
export const addMoney = (...amounts: readonly Money[]): Money =>
  toMoney(amounts.reduce((sum, amount) => sum + parseMoney(amount), 0n));

/** What is left of the first without the second. @throws InvalidMoneyError */
export const subtractMoney = (amount: Money, less: Money): Money => toMoney(parseMoney(amount) - parseMoney(less));

/** So many times the amount, such as a quantity times its price. @throws InvalidMoneyError, RangeError for a number that is not whole */
export const multiplyMoney = (amount: Money, times: number | bigint): Money => toMoney(parseMoney(amount) * BigInt(times));

/** Below zero where the first is less, above where it is more, zero where they are equal: for `sort`. @throws InvalidMoneyError */
export function compareMoney(one: Money, other: Money): -1 | 0 | 1 {
  const [left, right] = [parseMoney(one), parseMoney(other)];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** How `formatMoney` writes. */
export interface MoneyFormat {
  /** @default 'en-GB' */
  readonly locale?: string | undefined;
  /** @default 'GBP', because the shop's prices are pounds */
  readonly currency?: string | undefined;
  /** How many places at least and at most; fewer than three round halves away from zero. @default 2 */
  readonly places?: 0 | 1 | 2 | 3 | undefined;
}

/** The amount for people to read: `"£9,747,747.93"`. Only this rounds. @throws InvalidMoneyError */
export function formatMoney(amount: Money, { locale = 'en-GB', currency = 'GBP', places = 2 }: MoneyFormat = {}): string {
  const format = new Intl.NumberFormat(locale, {
    ...{ style: 'currency', currency },
    ...{ minimumFractionDigits: places, maximumFractionDigits: places },
  });
  // As text, so that it never is a float.
  return format.format(toMoney(parseMoney(amount)) as Intl.StringNumericLiteral);
}
