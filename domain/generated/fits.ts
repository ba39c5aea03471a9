// Generated from domain/line-fields.ts by `npm run generate`.
import { composed, patterns } from '../line-patterns.ts';
import type { Fits, SentLine } from './line.ts';

/** Whether each text of a trimmed, composed line matches its pattern. */
export const fitsOf = (line: SentLine): Fits => ({
  lineId: patterns.lineId.test(line.lineId),
  invoiceNo: patterns.invoiceNo.test(line.invoiceNo),
  stockCode: patterns.stockCode.test(line.stockCode),
  description: line.description === undefined || line.description === null || patterns.description.test(line.description),
  invoiceDate: patterns.invoiceDate.test(line.invoiceDate),
  unitPrice: patterns.unitPrice.test(line.unitPrice),
  customerId: line.customerId === undefined || line.customerId === null || patterns.customerId.test(line.customerId),
  country: patterns.country.test(line.country),
});

/** The line with its texts of any script in Unicode's normalization form C. */
export function composedLine(line: SentLine): SentLine {
  const { stockCode, description, country } = line;

  return {
    ...line,
    stockCode: composed(stockCode),
    description: description === undefined || description === null ? undefined : composed(description),
    country: composed(country),
  };
}
