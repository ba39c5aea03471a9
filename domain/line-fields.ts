// What a line is: the one definition of its fields. `npm run generate` makes of it whatever cannot import this file: the unrolled checks of
// AppSync and Lambda (generated/), the rules of the import in Python (ingest/glue/line_fields.py), the types of the line in
// schema/schema.graphql. All other code reads it here.

import { MAX_PIECES, MAX_POUNDS_OF_A_LINE } from './limits.ts';

/** What a field holds. A date and time has no zone of its own; pounds are an exact decimal, as a text. */
export type FieldKind = 'text' | 'whole number' | 'date and time' | 'pounds';

/** One field of a line as a client sends it. */
export interface LineField {
  /** In JSON and in GraphQL; in the landing table it stands in lower case, which is how COPY finds it. */
  readonly name: string;
  /** In the warehouse's table of lines, and in Parquet. */
  readonly column: string;
  readonly kind: FieldKind;
  /** What the trimmed text must match, whole. Of whole numbers there is none. */
  readonly pattern?: string;
  /** What it must look like, for messages. */
  readonly expected: string;
  /** Whether it may be left out; and whether a text without any character but blanks then counts as left out, too. */
  readonly optional?: 'blank is absent' | 'blank is wrong';
  /** Written in Unicode's normalization form C, so that one name written in two ways is one name. */
  readonly isComposed?: true;
  /** Tells lines apart: all other fields are the content, by which two versions of a line are told apart. */
  readonly isKey?: true;
  /** How a file may name the column; the first name is the usual one. A line id is in no file. */
  readonly fileNames?: readonly [string, ...string[]];
  readonly graphql: 'ID' | 'Int' | 'String' | 'AWSDateTime';
  /** As the client sends it, in the API's documentation. */
  readonly sent: string;
  /** As the API shows it; what is not here is not shown, because it is the invoice's. */
  readonly shown?: string;
  /** In the catalog of tables. */
  readonly comment: string;
  /** In the catalog's table of what was sent, where it is a text. */
  readonly commentAsSent?: string;
}

/** C0, DEL and C1. */
const CONTROLS = '\\u0000-\\u001f\\u007f-\\u009f';

/** What does not show, or turns what stands around it, beside the controls. */
const UNSEEN =
  '\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f' +
  '\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb\\udb40\\udc00-\\udb43\\udfff';

/**
 * What is no character of Unicode: noncharacters, and halves of characters.
 *
 * @source Redshift's COPY with ACCEPTINVCHARS writes a question mark for each noncharacter ("Multibyte character load errors"), so the
 * stores would differ
 */
const NO_CHARACTER =
  '\\ufdd0-\\ufdef\\ufffe\\uffff\\ud83f\\udffe\\ud83f\\udfff\\ud87f\\udffe\\ud87f\\udfff\\ud8bf\\udffe\\ud8bf' +
  '\\udfff\\ud8ff\\udffe\\ud8ff\\udfff\\ud93f\\udffe\\ud93f\\udfff\\ud97f\\udffe\\ud97f\\udfff\\ud9bf\\udffe' +
  '\\ud9bf\\udfff\\ud9ff\\udffe\\ud9ff\\udfff\\uda3f\\udffe\\uda3f\\udfff\\uda7f\\udffe\\uda7f\\udfff\\udabf' +
  '\\udffe\\udabf\\udfff\\udaff\\udffe\\udaff\\udfff\\udb3f\\udffe\\udb3f\\udfff\\udb7f\\udffe\\udb7f\\udfff' +
  '\\udbbf\\udffe\\udbbf\\udfff\\udbff\\udffe\\udbff\\udfff' +
  '\\ud800-\\udfff';

/** The kinds of characters that patterns exclude, by the names that they have in what is generated. */
export const CHARACTERS = { CONTROLS, UNSEEN, NO_CHARACTER };

/**
 * The fields, in the order in which they are judged: the first wrong one is told.
 *
 * @remarks Ids are letters, digits and marks of ASCII. A product's code and a country may be of any script, but hold nothing that does not
 * show, or turns what stands around it: two that look alike would be two products. Refused are control characters (C0, C1), the soft
 * hyphen, joiners and fillers, marks of direction, separators of lines, selectors of variants, the byte-order mark and tags. Private
 * and unassigned characters are not: which those are depends on each judge's edition of Unicode. A description may hold what does not
 * show, but no control character: those that stand in files are letters of another encoding, misread.
 */
export const LINE_FIELDS = [
  {
    name: 'lineId',
    column: 'line_id',
    kind: 'text',
    pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$',
    expected: '1 to 64 letters, digits or any of . _ : -, beginning with a letter or digit, such as "536365-b554dfdb0730-1"',
    isKey: true,
    graphql: 'ID',
    sent: "The line's identity in its invoice, made by the client once and kept on every retry: 1 to 64 letters, digits or any of . _ : -",
    shown: "The line's identity in its invoice.",
    comment: 'tells the lines of one invoice apart',
  },
  {
    name: 'invoiceNo',
    column: 'invoice_no',
    kind: 'text',
    pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$',
    expected: '1 to 32 letters, digits or any of . _ -, beginning with a letter or digit, such as "536365"',
    isKey: true,
    fileNames: ['InvoiceNo', 'Invoice'],
    graphql: 'ID',
    sent: "The invoice's number: 1 to 32 letters, digits or any of . _ -",
    comment: 'C… cancels, A… adjusts',
  },
  {
    name: 'stockCode',
    column: 'stock_code',
    kind: 'text',
    pattern: `^[^${CONTROLS}${UNSEEN}${NO_CHARACTER}]{1,40}$`,
    expected: '1 to 40 characters without control characters, such as "85123A"',
    isComposed: true,
    fileNames: ['StockCode'],
    graphql: 'ID',
    sent: "The product's code, case kept: 1 to 40 characters.",
    shown: "The product's code.",
    comment: 'upper and lower case differ',
  },
  {
    name: 'description',
    column: 'description',
    kind: 'text',
    pattern: `^[^${CONTROLS}${NO_CHARACTER}]{0,200}$`,
    expected: 'at most 200 characters without control characters, or leave it out',
    optional: 'blank is absent',
    isComposed: true,
    fileNames: ['Description'],
    graphql: 'String',
    sent: "The product's description, at most 200 characters.",
    shown: "The product's description as written on this line.",
    comment: 'may be absent',
  },
  {
    name: 'quantity',
    column: 'quantity',
    kind: 'whole number',
    expected: `a whole number from -${MAX_PIECES} to ${MAX_PIECES}`,
    fileNames: ['Quantity'],
    graphql: 'Int',
    sent: `Pieces sold, -${MAX_PIECES} to ${MAX_PIECES}; negative when returned.`,
    shown: 'Pieces sold; negative when returned.',
    comment: 'negative when returned',
  },
  {
    name: 'invoiceDate',
    column: 'invoice_ts',
    kind: 'date and time',
    pattern:
      '^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.]0{1,9})?Z$',
    expected: 'an existing date and time in UTC in whole seconds, such as "2010-12-01T08:26:00Z"',
    fileNames: ['InvoiceDate'],
    graphql: 'AWSDateTime',
    sent: 'The shop\'s wall clock carried as UTC, in whole seconds, such as "2010-12-01T08:26:00Z".',
    shown: "When the line was written: the shop's wall clock carried as UTC.",
    comment: "the shop's wall clock, carried as UTC",
    commentAsSent: "the shop's wall clock, as 2010-12-01T08:26:00Z",
  },
  {
    name: 'unitPrice',
    column: 'unit_price',
    kind: 'pounds',
    pattern: '^-?(0|[1-9][0-9]{0,5})([.][0-9]{1,3})?$',
    expected: 'pounds from -999999.999 to 999999.999 with at most three places, such as "2.55"',
    fileNames: ['UnitPrice', 'Price'],
    graphql: 'String',
    sent: 'Pounds for one piece as a decimal with at most three places, such as "2.55"; -999999.999 to 999999.999, and 0 is a price.',
    shown: 'Pounds for one piece, with three places, such as "2.550".',
    comment: 'pounds; may be 0 or negative',
    commentAsSent: 'pounds with three places; cast it to decimal(12,3)',
  },
  {
    name: 'customerId',
    column: 'customer_id',
    kind: 'text',
    pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$',
    expected:
      '1 to 32 letters, digits or any of _ -, beginning with a letter or digit, such as "17850", or leave it out for a guest',
    optional: 'blank is wrong',
    fileNames: ['CustomerID'],
    graphql: 'ID',
    sent: "The customer's number, 1 to 32 letters, digits or any of _ -; leave it out for a guest.",
    shown: "The number of the line's customer; null for a guest.",
    comment: 'absent for guests',
  },
  {
    name: 'country',
    column: 'country',
    kind: 'text',
    pattern: `^[^${CONTROLS}${UNSEEN}${NO_CHARACTER}]{1,60}$`,
    expected: '1 to 60 characters without control characters, such as "United Kingdom"',
    isComposed: true,
    fileNames: ['Country'],
    graphql: 'String',
    sent: "The country's name: 1 to 60 characters.",
    shown: "The line's country.",
    comment: 'of the customer',
  },
] as const satisfies readonly LineField[];

/** What a kind is in the catalog of tables, and in Spark. */
export const CATALOG_TYPES: Readonly<Record<FieldKind, string>> = {
  text: 'string',
  'whole number': 'int',
  'date and time': 'timestamp',
  pounds: 'decimal(12,3)',
};

/** What a line is refused for beside its fields. */
export const EXPECTED_BESIDE_FIELDS = {
  amount: `quantity x unitPrice from -${MAX_POUNDS_OF_A_LINE} to ${MAX_POUNDS_OF_A_LINE} pounds: split the line`,
  sentAt: 'whole milliseconds since 1970-01-01T00:00:00Z, before the year 10000, such as 1291191960000',
};

/** What a line also shows: computed, or stamped by the door. */
export const SHOWN_BESIDE_FIELDS = [
  {
    name: 'amount',
    graphql: 'String',
    shown: 'Quantity x unit price, in pounds with three places, such as "15.300": net, so negative on a cancellation.',
  },
  { name: 'sentAt', graphql: 'AWSDateTime', shown: 'When the version that counts was sent, to the millisecond.' },
] as const;
