// Generated from domain/line-fields.ts by `npm run generate`.
import { util } from '@aws-appsync/utils';
import { PATTERNS, PLAIN, type Fits, type SentLine } from '../../../domain/line-rules.ts';
import { normalizeText as composed } from '../normalize-text.ts';

/** Whether each text of a trimmed, composed line matches its pattern. */
export const fitsOf = (line: SentLine): Fits => ({
  lineId: util.matches(PATTERNS.lineId, line.lineId),
  invoiceNo: util.matches(PATTERNS.invoiceNo, line.invoiceNo),
  stockCode: util.matches(PATTERNS.stockCode, line.stockCode),
  description:
    line.description === undefined || line.description === null || util.matches(PATTERNS.description, line.description),
  invoiceDate: util.matches(PATTERNS.invoiceDate, line.invoiceDate),
  unitPrice: util.matches(PATTERNS.unitPrice, line.unitPrice),
  customerId: line.customerId === undefined || line.customerId === null || util.matches(PATTERNS.customerId, line.customerId),
  country: util.matches(PATTERNS.country, line.country),
});

/** The line with its texts of any script in Unicode's normalization form C. */
export function composedLine(line: SentLine): SentLine {
  const { stockCode, description, country } = line;
  // One look at all of them: nearly every line is plain.
  if (util.matches(PLAIN, `${stockCode}${description ?? ''}${country}`)) return line;
  return {
    ...line,
    stockCode: composed(stockCode),
    description: description === undefined || description === null ? undefined : composed(description),
    country: composed(country),
  };
}
