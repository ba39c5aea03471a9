import type { TransactionLine } from '../../domain/transaction-line.ts';

/** One line of NDJSON as anybody may put it on the stream, and what is right to make of it. */
export interface JudgedText {
  readonly name: string;
  /** Without the final line feed. */
  readonly bytes: Buffer;
  /** The line that every store then holds, or the field (`line` for the whole) that everybody refuses. */
  readonly ruling: { readonly accepted: TransactionLine } | { readonly refused: Field };
}

/** The one form in which the doors write a line, and in which the raw layer keeps it. */
export function asTheDoorsWrite(line: TransactionLine): string {
  const { lineId, invoiceNo, stockCode, description, quantity, invoiceDate, unitPrice, customerId, country, sentAt } = line;
  return JSON.stringify({
    ...{ lineId, invoiceNo, stockCode, description, quantity },
    ...{ invoiceDate, unitPrice, customerId, country, sentAt },
  });
}

type Field = keyof TransactionLine | 'amount' | 'line';

/** Values in JSON, by field; `undefined` leaves the field out. */
type Written = Readonly<Record<string, string | undefined>>;

/** A line as JSON, with some values written otherwise. */
function written(line: TransactionLine, changes: Written = {}): string {
  const fields = {
    ...Object.fromEntries(Object.entries(line).map(([name, value]) => [name, JSON.stringify(value)])),
    ...changes,
  };
  const members = Object.entries(fields).filter(([, value]) => value !== undefined);
  return `{${members.map(([name, value]) => `${JSON.stringify(name)}:${String(value)}`).join(',')}}`;
}

const NESTED = '['.repeat(100_000) + ']'.repeat(100_000);

/**
 * What a foreign producer may write, and what is right to make of each: the rules of the doors (`domain/line-rules.ts`) in the words of
 * JSON (RFC 8259), written down by hand, so that no consumer can be its own judge.
 *
 * @param line - a line that is accepted as it is; it has a customer and a description
 */
export function judgedTexts(line: TransactionLine): JudgedText[] {
  const { customerId: _customer, ...ofGuest } = line;
  const { description: _description, ...undescribed } = line;
  const taken = (name: string, changes: Written, accepted: Partial<TransactionLine> = {}) =>
    takenText(name, written(line, changes), { ...line, ...accepted });
  const takenText = (name: string, text: string | Buffer, accepted: TransactionLine): JudgedText => ({
    name,
    bytes: Buffer.from(text as string),
    ruling: { accepted },
  });
  const refused = (field: Field, name: string, changes: Written) => refusedText(field, name, written(line, changes));
  const refusedText = (field: Field, name: string, text: string | Buffer): JudgedText => ({
    name,
    bytes: Buffer.from(text as string),
    ruling: { refused: field },
  });
  const whole = written(line);
  const withBytes = (field: string, bytes: readonly number[]) => {
    const [before = '', after = ''] = written(line, { [field]: '"\u0001"' }).split('\u0001');
    return Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)]);
  };
  return [
    taken('a line as the doors write it', {}),

    // Numbers, as JSON may write them.
    taken('a quantity of 1.0', { quantity: '1.0' }, { quantity: 1 }),
    taken('a quantity of 1e2', { quantity: '1e2', unitPrice: '"2.55"' }, { quantity: 100, unitPrice: '2.550' }),
    taken('a quantity of 1E+2', { quantity: '1E+2', unitPrice: '"2.55"' }, { quantity: 100, unitPrice: '2.550' }),
    taken('a quantity of -12.50e1', { quantity: '-12.50e1', unitPrice: '"2.55"' }, { quantity: -125, unitPrice: '2.550' }),
    taken('a quantity of -0', { quantity: '-0' }, { quantity: 0 }),
    refused('quantity', 'a textual quantity', { quantity: '"5"' }),
    refused('quantity', 'a quantity with a fraction', { quantity: '1.5' }),
    refused('quantity', 'a quantity beyond the bound', { quantity: '1000001' }),
    refused('quantity', 'a quantity beyond any number', { quantity: '1e400' }),
    refused('quantity', 'no quantity', { quantity: undefined }),
    refused('quantity', 'a quantity of null', { quantity: 'null' }),
    refused('quantity', 'a quantity of true', { quantity: 'true' }),
    refused('quantity', 'an array for a quantity', { quantity: '[5]' }),
    refused('quantity', 'a very deep array for a quantity', { quantity: NESTED }),
    refusedText('line', 'a quantity of 05', written(line, { quantity: '05' })),
    refusedText('line', 'a quantity of +5', written(line, { quantity: '+5' })),
    refusedText('line', 'a quantity of NaN', written(line, { quantity: 'NaN' })),

    // When it was sent.
    taken('a sentAt of 1.7e12', { sentAt: '1.7e12' }, { sentAt: 1_700_000_000_000 }),
    taken('a sentAt of 0', { sentAt: '0' }, { sentAt: 0 }),
    taken('the largest sentAt', { sentAt: '253402300799999' }, { sentAt: 253_402_300_799_999 }),
    refused('sentAt', 'a sentAt in the year 10000', { sentAt: '253402300800000' }),
    refused('sentAt', 'no sentAt', { sentAt: undefined }),
    refused('sentAt', 'a sentAt of null', { sentAt: 'null' }),
    refused('sentAt', 'a textual sentAt', { sentAt: '"1700000000000"' }),
    refused('sentAt', 'a negative sentAt', { sentAt: '-1' }),
    refused('sentAt', 'a sentAt with a fraction', { sentAt: '1700000000000.5' }),
    refused('sentAt', 'a sentAt of sixteen digits', { sentAt: '1000000000000000' }),
    refused('sentAt', 'a sentAt beyond any number', { sentAt: '1e400' }),
    refused('sentAt', 'a date for a sentAt', { sentAt: '"2023-11-14T22:13:20Z"' }),

    // Prices.
    taken('a price with one place', { quantity: '3', unitPrice: '"2.5"' }, { quantity: 3, unitPrice: '2.500' }),
    taken('a price without places', { quantity: '3', unitPrice: '"2"' }, { quantity: 3, unitPrice: '2.000' }),
    taken('a price of minus nothing', { unitPrice: '"-0"' }, { unitPrice: '0.000' }),
    refused('unitPrice', 'a price as a number', { unitPrice: '2.5' }),
    refused('unitPrice', 'a price with four places', { unitPrice: '"2.5000"' }),
    refused('unitPrice', 'a price in other words', { unitPrice: '"2,50"' }),
    refused('unitPrice', 'a price beyond the bound', { unitPrice: '"1000000"' }),
    refused('unitPrice', 'a price of null', { unitPrice: 'null' }),
    taken('the largest amount', { quantity: '1000000', unitPrice: '"9"' }, { quantity: 1_000_000, unitPrice: '9.000' }),
    taken('the least amount', { quantity: '-1000000', unitPrice: '"9"' }, { quantity: -1_000_000, unitPrice: '9.000' }),
    refused('amount', 'an amount beyond the bound', { quantity: '1000000', unitPrice: '"9.001"' }),
    refused('amount', 'the largest of both', { quantity: '-1000000', unitPrice: '"999999.999"' }),

    // Texts.
    taken('blanks around every text', {
      lineId: JSON.stringify(`  ${line.lineId} `),
      invoiceNo: JSON.stringify(` ${line.invoiceNo}`),
      stockCode: JSON.stringify(`${line.stockCode}  `),
      invoiceDate: JSON.stringify(` ${line.invoiceDate} `),
      unitPrice: JSON.stringify(` ${line.unitPrice} `),
      country: JSON.stringify(` ${line.country}`),
    }),
    taken('escaped letters', { country: '"\\u0046rance"' }, { country: 'France' }),
    taken('an escaped emoji', { country: '"\\ud83d\\ude00"' }, { country: '😀' }),
    taken('an emoji', { stockCode: '"😀"' }, { stockCode: '😀' }),
    taken('a wide yen sign', { stockCode: '"￥"' }, { stockCode: '￥' }),
    taken('quotes, backslashes and a slash', { description: '"\\"\\\\ \\/"' }, { description: '"\\ /' }),
    taken('a separator of lines that JSON allows', { description: '"a\u2028b"' }, { description: 'a\u2028b' }),
    taken('forty emoji', { stockCode: JSON.stringify('😀'.repeat(40)) }, { stockCode: '😀'.repeat(40) }),
    refused('stockCode', 'forty-one emoji', { stockCode: JSON.stringify('😀'.repeat(41)) }),
    taken('a country with its accent apart', { country: '"Re\\u0301union"' }, { country: 'R\u00e9union' }),
    taken('a stock code of jamo', { stockCode: '"\u1112\u1161\u11ab"' }, { stockCode: '\ud55c' }),
    taken('a description with a sign of the angstrom', { description: '"5 \u212b"' }, { description: '5 \u00c5' }),
    refused('invoiceNo', 'a sign of the kelvin in an invoice number', { invoiceNo: '"\u212a1"' }),
    refused('lineId', 'a tab in an id', { lineId: '"a\\tb"' }),
    refused('lineId', 'a line feed in an id', { lineId: '"a\\nb"' }),
    refused('lineId', 'a number for an id', { lineId: '1' }),
    refused('lineId', 'an empty id', { lineId: '""' }),
    refused('lineId', 'no id', { lineId: undefined }),
    refused('lineId', 'a very long id', { lineId: JSON.stringify('x'.repeat(100_000)) }),
    refused('invoiceNo', 'a blank in an invoice number', { invoiceNo: '"A 1"' }),
    refused('invoiceNo', 'a null byte in an invoice number', { invoiceNo: '"A\\u00001"' }),
    refused('invoiceNo', 'an invoice number of null', { invoiceNo: 'null' }),
    refused('stockCode', 'no stock code', { stockCode: undefined }),
    refused('stockCode', 'a blank stock code', { stockCode: '"  "' }),
    refused('stockCode', 'a null byte in a stock code', { stockCode: '"a\\u0000b"' }),
    refused('description', 'a tab in a description', { description: '"a\\tb"' }),
    refused('description', 'a separator of units in a description', { description: '"a\\u001fb"' }),
    refused('description', 'a description of 201 letters', { description: JSON.stringify('x'.repeat(201)) }),
    refused('description', 'an object for a description', { description: '{"en":"HEART"}' }),
    takenText('a description of null', written(line, { description: 'null' }), undescribed),
    takenText('a blank description', written(line, { description: '"  "' }), undescribed),
    refused('stockCode', 'a zero-width space in a stock code', { stockCode: '"85\\u200b123A"' }),
    refused('stockCode', 'a turned direction in a stock code', { stockCode: '"85\u202e123A"' }),
    refused('stockCode', 'a tag in a stock code', { stockCode: '"85\\udb40\\udc41123A"' }),
    refused('country', 'a soft hyphen in a country', { country: '"EI\u00adRE"' }),
    refused('country', 'a byte-order mark within a country', { country: '"EI\ufeffRE"' }),
    refused('country', 'no country', { country: undefined }),
    refused('description', 'a control of C1 in a description', { description: '"5\\u0092 TALL"' }),
    refused('description', 'a control of C1 as it is', { description: '"5\u0092 TALL"' }),
    refused('country', 'a next line in a country', { country: '"EI\u0085RE"' }),
    refused('stockCode', 'a noncharacter in a stock code', { stockCode: '"85\\uffff123A"' }),
    refused('description', 'a noncharacter in a description', { description: '"a\ufdd0b"' }),
    refused('country', 'the last noncharacter', { country: '"a\\udbff\\udfff"' }),
    taken('a replacement character', { description: '"a\ufffdb"' }, { description: 'a\ufffdb' }),
    refused('stockCode', 'half an emoji in a stock code', { stockCode: '"S\\ud800"' }),
    refused('country', 'half an emoji', { country: '"\\ud83d"' }),
    refused('description', 'the other half of an emoji', { description: '"a\\ude00"' }),

    // Whose it is.
    takenText('a customer of null', written(line, { customerId: 'null' }), ofGuest),
    takenText('no customer', written(ofGuest), ofGuest),
    refused('customerId', 'an empty customer', { customerId: '""' }),
    refused('customerId', 'a number for a customer', { customerId: '17850' }),
    refused('customerId', 'a blank customer', { customerId: '" "' }),

    // When it was sold.
    taken('a date with places of seconds', { invoiceDate: JSON.stringify(line.invoiceDate.replace('Z', '.000Z')) }),
    refused('invoiceDate', 'a date without a zone', { invoiceDate: '"2011-01-01T00:00:00"' }),
    refused('invoiceDate', 'a day that is in no calendar', { invoiceDate: '"2011-02-29T00:00:00Z"' }),
    refused('invoiceDate', 'a date of another century', { invoiceDate: '"1899-12-31T23:59:59Z"' }),
    refused('invoiceDate', 'a time in milliseconds', { invoiceDate: '1322697600000' }),

    // Names.
    taken('a quantity beside a Quantity', { Quantity: '999' }),
    refusedText('quantity', 'a Quantity alone', written(line, { quantity: undefined, Quantity: '5' })),
    taken('a field of another kind', { source: '"till 7"' }),
    taken('a very deep field of another kind', { more: NESTED }),
    takenText('a field that comes twice: the last one counts', `{"quantity":"x",${whole.slice(1)}`, line),
    taken('a field called __proto__', { ['__proto__']: '{"quantity":9}' }),

    // Bytes.
    refusedText('line', 'two objects on one line', whole + whole),
    refusedText('line', 'two objects with a comma between', `${whole},${whole}`),
    refusedText('line', 'two objects with a carriage return between', `${whole}\r${whole}`),
    refusedText('line', 'an object in an array', `[${whole}]`),
    refusedText('line', 'an object as a text', JSON.stringify(whole)),
    refusedText('line', 'half an object', whole.slice(0, -9)),
    refusedText('line', 'null', 'null'),
    refusedText('line', 'a number', '42'),
    refusedText('line', 'an empty array', '[]'),
    refusedText('line', 'a very deep array', NESTED),
    refusedText('line', 'garbage', 'lineId,invoiceNo,stockCode'),
    refusedText('line', 'long garbage', '"'.repeat(50_001)),
    refusedText('line', 'a mark of byte order', `\uFEFF${whole}`),
    refusedText('line', 'a null byte at the end', `${whole}\u0000`),
    refusedText('line', 'a null byte in a text', withBytes('description', [0x41, 0x00, 0x42])),
    refusedText('line', 'bytes that are no UTF-8', withBytes('description', [0x41, 0xff, 0x42])),
    refusedText('line', 'a letter in Latin-1', withBytes('country', [0x45, 0x73, 0x70, 0x61, 0xf1, 0x61])),
    refusedText('line', 'an apostrophe in Windows-1252', withBytes('description', [0x35, 0x92])),
    refusedText('line', 'half an emoji in bytes', withBytes('country', [0xed, 0xa0, 0xbd])),
    refusedText('line', 'an emoji cut short', withBytes('country', [0xf0, 0x9f, 0x98])),
    refusedText('line', 'UTF-16', Buffer.from(whole.slice(0, 20), 'utf16le')),
    refusedText('line', 'a compressed line', Buffer.from([0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00])),
    takenText('a carriage return at the end', `${whole}\r`, line),
    takenText('blanks between everything', ` { ${whole.slice(1, -1).replaceAll(',"', ' ,\t"')} } `, line),
  ];
}
