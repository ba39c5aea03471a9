import type { TransactionLine } from '../../domain/transaction-line.ts';
import { line } from '../support/lines.ts';

const COUNTRIES = ['United Kingdom', 'EIRE', 'Réunion', "Cote d'Ivoire", 'Unspecified'];
const PRODUCTS = ['85123A', '85123a', '71053', '22423', "O'NEIL", '50% OFF', 'POST', 'M', '84879', '21730', 'Ünique 日本'];
const PRICES = ['2.550', '0.001', '0.000', '-11062.060', '7.995', '1.005', '649.500', '0.390'];

/** Days around the turns of years, ISO weeks, quarters and a leap day, and ordinary ones. */
const DAYS = [
  ...['2009-12-31', '2010-01-01', '2010-01-03', '2010-01-04', '2010-12-26', '2010-12-27', '2010-12-31', '2011-01-01'],
  ...['2011-01-02', '2011-01-03', '2011-01-31', '2011-02-01', '2011-02-14', '2011-02-28', '2011-03-31', '2011-04-01'],
  ...['2011-04-15', '2011-06-30', '2011-07-01', '2011-09-30', '2011-10-01', '2011-12-31', '2012-01-01', '2012-02-29'],
];

/**
 * Sales of a made shop: guests, cancellations, adjustments, returns, gifts, descriptions that change, codes that differ by case, and
 * invoices that stand on two days, in two hours, countries or customers' names. The same ones each time.
 */
export function madeSales(): TransactionLine[] {
  const random = generator(20_111_209);
  const one = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)]!;
  const lines: TransactionLine[] = [];
  for (let invoice = 0; invoice < 260; invoice++) {
    const kind = random();
    const prefix = kind < 0.12 ? 'C' : kind < 0.15 ? 'A' : '';
    const customerId = random() < 0.25 ? undefined : String(12_340 + Math.floor(random() ** 2 * 40));
    const country = random() < 0.6 ? 'United Kingdom' : one(COUNTRIES);
    const day = one(DAYS);
    const hour = 6 + Math.floor(random() * 14);
    const count = 1 + Math.floor(random() * 7);
    for (let place = 0; place < count; place++) {
      const moved = random() < 0.02;
      const stockCode = one(PRODUCTS);
      lines.push(
        line({
          lineId: `${prefix}${String(500_000 + invoice)}-${String(place)}`,
          invoiceNo: `${prefix}${String(500_000 + invoice)}`,
          stockCode,
          ...(random() < 0.1 ? {} : { description: `${stockCode} ${random() < 0.3 ? 'as found' : 'of the house'}` }),
          quantity: (prefix === 'C' ? -1 : 1) * (random() < 0.05 ? -3 : Math.floor(random() * 40)),
          invoiceDate: `${moved ? one(DAYS) : day}T${String(moved ? 20 : hour).padStart(2, '0')}:${String(10 + place)}:00Z`,
          unitPrice: one(PRICES),
          customerId: moved ? '12346' : customerId,
          country: moved ? 'EIRE' : country,
        }),
      );
    }
  }
  return lines.map(({ description, ...rest }) => (random() < 0.1 || description === undefined ? rest : { ...rest, description }));
}

/** Numbers from 0 up to, not including, 1, the same ones for the same seed. @source mulberry32 */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
