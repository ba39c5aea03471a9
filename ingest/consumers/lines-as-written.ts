import { PATTERNS } from '../../domain/line-rules.ts';
import type { TransactionLine } from '../../domain/transaction-line.ts';

// Nearly every line on the stream was written by a door, and is an ordinary one. One expression reads it at a tenth of the cost of
// parsing, judging and writing it again. What it takes is less than what the rules take, and it takes that unchanged (a property holds
// the two together); every other line goes the long way.

const whole = (pattern: string) => `(${pattern.slice(1, -1)})`;
/** At most 40 characters of ASCII, which JSON writes as they are, without outer blanks. */
const TEXT = '([!#-[\\]-~](?:[ !#-[\\]-~]{0,38}[!#-[\\]-~])?)';
const DATE =
  '((?:19|20|21)[0-9]{2}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)' +
  'T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z)';
/** Below 1,000 pieces and 1,000 pounds no amount is too large. */
const QUANTITY = '(0|-?[1-9][0-9]{0,2})';
const PRICE = '((?:0|-?[1-9][0-9]{0,2})[.][0-9]{3})';
const SENT_AT = '(0|[1-9][0-9]{0,13})';

const LINE =
  `[{]"lineId":"${whole(PATTERNS.lineId)}","invoiceNo":"${whole(PATTERNS.invoiceNo)}","stockCode":"${TEXT}",` +
  `(?:"description":"${TEXT}",)?"quantity":${QUANTITY},"invoiceDate":"${DATE}","unitPrice":"${PRICE}",` +
  `(?:"customerId":"${whole(PATTERNS.customerId)}",)?"country":"${TEXT}","sentAt":${SENT_AT}[}]\\n`;

const reading = new RegExp(LINE, 'y');
const looking = new RegExp(LINE.replaceAll(/\((?!\?)/g, '(?:'), 'y');

/** The line at `start`, and where the next one begins; undefined when only the rules can say what it is. */
export function readLineAsWritten(text: string, start: number): { line: TransactionLine; end: number } | undefined {
  reading.lastIndex = start;
  const fields = reading.exec(text);
  if (fields === null) return undefined;
  const [, lineId = '', invoiceNo = '', stockCode = '', description, quantity, invoiceDate = '', ...others] = fields;
  const [unitPrice = '', customerId, country = '', sentAt] = others;
  const line = {
    lineId,
    invoiceNo,
    stockCode,
    ...(description === undefined ? {} : { description }),
    quantity: Number(quantity),
    invoiceDate,
    unitPrice,
    ...(customerId === undefined ? {} : { customerId }),
    country,
    sentAt: Number(sentAt),
  };
  return { line, end: reading.lastIndex };
}

/** Whether a record is made of such lines alone. @param bytes - a line that was written is ASCII */
export function isAsWritten(bytes: Buffer): boolean {
  const text = bytes.toString('latin1');
  for (looking.lastIndex = 0; looking.lastIndex < text.length;) if (!looking.test(text)) return false;
  return true;
}
