/**
 * Money as the stores keep it: whole thousandths of a pound.
 *
 * @unit GBP / 1000 ("mills"): the price `2.55` is `2550`
 * @source Online Retail, column UnitPrice: four rows cost 0.001, so pence would round them away
 */
export type Mills = number & { readonly unit: 'GBP/1000' };

/** A price that cannot be held exactly. */
export class InexactPriceError extends Error {
  override readonly name = 'InexactPriceError';
  readonly code = 'INEXACT_PRICE';

  constructor(readonly price: string) {
    super(`write the price with at most three decimals, such as "2.55": got "${price}"`);
  }
}

/** Read a price without ever passing through a float. @throws InexactPriceError */
export function toMills(price: string): Mills {
  const [, sign, pounds = '', rest = ''] = /^(-?)(\d+)(?:\.(\d{1,3}))?$/.exec(price) ?? [];
  const mills = Number(pounds + rest.padEnd(3, '0'));
  if (pounds === '' || !Number.isSafeInteger(mills)) throw new InexactPriceError(price);
  return (sign === '-' ? 0 - mills : mills) as Mills; // `0 - mills`, because `-mills` makes a -0
}
