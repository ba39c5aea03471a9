import fc from 'fast-check';
import type { TransactionLine } from '../../domain/transaction-line.ts';
import { judgedTexts, type JudgedText } from '../support/records-judged.ts';
import { History, type Fate, type Sending, type Trouble } from './history.ts';

/** What histories may hold. What is left out is ordinary. */
export interface Kinds {
  /** Whether lines of one invoice are of several customers, and of guests. */
  readonly shared?: boolean;
  /** Whether a line comes in several versions, in any order. */
  readonly corrected?: boolean;
  /** Whether foreign producers write to the stream, under any key: `lines` those that the doors would write, `anything` whatever comes to mind. */
  readonly foreign?: 'lines' | 'anything';
  readonly lanes?: 1 | 2 | 3;
  /** Whether stores fail and processes die, and with what. */
  readonly troubles?: readonly Trouble['kind'][];
}

/** Everything, but for what arrives when its process is long gone. */
export const EVERYTHING = {
  shared: true,
  corrected: true,
  foreign: 'anything',
  lanes: 3,
  troubles: ['refused', 'unanswered', 'crash-before', 'crash-after'],
} as const satisfies Kinds;

const INVOICES = ['1', '536365', 'C536366', 'A7', 'constructor'];
const CUSTOMERS = ['17850', '12346', undefined, '536365', 'constructor'];
/** In UTF-16 an emoji comes before a wide yen sign, in UTF-8 after it; a letter comes before both. */
const COUNTRIES = ['France', 'Norway', '😀', '￥', 'É'];
const TEXTS = ['HEART', undefined, '￥', '😀', 'heart', '"', '\\', 'a|b', 'ﬀ'];
const DATES = [
  ...['2011-01-05T10:00:00Z', '2011-01-05T09:59:59Z', '2011-01-31T23:59:59Z', '2011-02-01T00:00:00Z'],
  ...['2010-12-31T23:59:59Z', '1900-01-01T00:00:00Z', '2199-12-31T23:59:59Z', '2012-02-29T12:00:00Z'],
];
const TIMES = [1_700_000_000_000, 1_700_000_000_001, 1_699_999_999_999, 1, 253_402_300_799_999];
/** Pieces and their price: nothing, gifts, and the largest amounts that are taken. */
const AMOUNTS: readonly (readonly [quantity: number, unitPrice: string])[] = [
  ...([[1, '1.000'] as const, [6, '2.550'], [10, '0.001'], [9, '0.001'], [-3, '2.550'], [0, '5.000'], [7, '0.000']] as const),
  ...([[1, '999999.999'] as const, [-1, '999999.999'], [1, '-999999.999'], [1_000_000, '9.000'], [-1_000_000, '9.000']] as const),
  ...([[9, '999999.999'] as const, [-9, '999999.999'], [1_000_000, '0.000']] as const),
];

const pick = <T>(values: readonly T[]) => fc.constantFrom(...values);

/** Ids of lines: short ones that every invoice has, and ones that begin with their invoice's number, or with that of another. */
const lineIdOf = (invoiceNo: string, place: number) =>
  place < 6 ? String(place + 1) : place < 10 ? `${invoiceNo}-b554dfdb073${place}-1` : `536365-b554dfdb073${place}-1`;

/** A number that facts without corrections follow from, so that a line is the same whenever it comes. */
const digest = (text: string) => Array.from(text).reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)!) % 1_000_003, 7);
const chosen = <T>(values: readonly T[], number: number) => values[number % values.length]!;

function lineOf(
  invoiceNo: string,
  lineId: string,
  facts: {
    readonly customerId: string | undefined;
    readonly country: string;
    readonly amount: (typeof AMOUNTS)[number];
    readonly date: string;
    readonly stockCode: string;
    readonly description: string | undefined;
    readonly sentAt: number;
  },
): TransactionLine {
  const { customerId, country, amount, date, stockCode, description, sentAt } = facts;
  const [quantity, unitPrice] = amount;
  // In the order in which the doors write the fields, because the raw layer keeps lines in that form.
  return {
    lineId,
    invoiceNo,
    stockCode,
    ...(description === undefined ? {} : { description }),
    quantity,
    invoiceDate: date,
    unitPrice,
    ...(customerId === undefined ? {} : { customerId }),
    country,
    sentAt,
  };
}

/** What a line says when nobody corrects it. */
function onlyVersion(kinds: Kinds, invoiceNo: string, lineId: string): TransactionLine {
  const [ofLine, ofInvoice] = [digest(`${invoiceNo} ${lineId}`), digest(invoiceNo)];
  return lineOf(invoiceNo, lineId, {
    customerId: chosen(CUSTOMERS, kinds.shared === true ? ofLine : ofInvoice),
    country: chosen(COUNTRIES, kinds.shared === true ? ofLine : ofInvoice),
    amount: chosen(AMOUNTS, ofLine),
    date: chosen(DATES, kinds.shared === true ? ofLine : ofInvoice),
    stockCode: chosen(['85123A', '￥', '😀'], ofLine),
    description: chosen(TEXTS, ofLine),
    sentAt: TIMES[0]!,
  });
}

const named = fc.record({ invoiceNo: pick(INVOICES), place: fc.nat({ max: 11 }) });

export function anyLine(kinds: Kinds): fc.Arbitrary<TransactionLine> {
  if (kinds.corrected !== true)
    return named.map(({ invoiceNo, place }) => onlyVersion(kinds, invoiceNo, lineIdOf(invoiceNo, place)));
  const facts = fc.record({
    customerId: pick(CUSTOMERS),
    country: pick(COUNTRIES),
    amount: pick(AMOUNTS),
    date: pick(DATES),
    stockCode: pick(['85123A', '￥', '😀']),
    description: pick(TEXTS),
    sentAt: pick(TIMES),
  });
  return fc.tuple(named, facts).map(([{ invoiceNo, place }, said]) => {
    const lineId = lineIdOf(invoiceNo, place);
    if (kinds.shared === true) return lineOf(invoiceNo, lineId, said);
    const { customerId } = onlyVersion(kinds, invoiceNo, lineId);
    return lineOf(invoiceNo, lineId, { ...said, customerId });
  });
}

/** An invoice grows over the size in which it is kept: 64 lines with its header, 250 in each piece; what comes overlaps. */
function grownInvoice(kinds: Kinds): fc.Arbitrary<Sending[]> {
  const few = fc.integer({ min: 1, max: 6 });
  const begun = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 57, max: 65 }) },
    { weight: 1, arbitrary: fc.integer({ min: 247, max: 252 }) },
    { weight: 1, arbitrary: fc.integer({ min: 311, max: 316 }) },
  );
  const piece = fc.record({ count: few, overlap: fc.nat({ max: 2 }), foreign: fc.boolean() });
  return fc
    .record({ invoiceNo: pick(INVOICES.slice(0, 2)), begun, pieces: fc.array(piece, { minLength: 1, maxLength: 4 }) })
    .map(({ invoiceNo, begun: first, pieces }) => {
      const lines = (from: number, count: number) =>
        Array.from({ length: count }, (_, place) => onlyVersion(kinds, invoiceNo, lineIdOf(invoiceNo, 6 + from + place)));
      const sendings: Sending[] = [{ door: 'ours', lines: lines(0, first) }];
      let from = first;
      for (const { count, overlap, foreign } of pieces) {
        const more = lines(from - overlap, count + overlap);
        from += count;
        sendings.push(
          foreign && kinds.foreign !== undefined
            ? { door: 'foreign', partitionKey: 'b', texts: more.map(asItIs), ended: true }
            : { door: 'ours', lines: more },
        );
      }
      return sendings;
    });
}

/** The places of all texts, by name: the table is made anew for each line. */
const TEMPLATE = judgedTexts(lineOf('1', '1', { ...ordinary(), customerId: '17850', description: 'HEART' }));

function ordinary() {
  return { country: 'France', amount: AMOUNTS[0]!, date: DATES[0]!, stockCode: '85123A', sentAt: TIMES[0]! };
}

/** A line, and in which strange way somebody writes it: its place in the table of judged texts, or as the doors do. */
export interface Writing {
  readonly line: TransactionLine;
  readonly way: number | undefined;
}

export function anyWriting(kinds: Kinds): fc.Arbitrary<Writing> {
  const ordinaryWay = fc.record({ line: anyLine(kinds), way: fc.constant(undefined) });
  if (kinds.foreign !== 'anything') return ordinaryWay;
  const strange = fc.record({ line: anyLine(kinds), way: fc.nat({ max: TEMPLATE.length - 1 }) });
  return fc.oneof({ withCrossShrink: true }, { weight: 2, arbitrary: ordinaryWay }, { weight: 1, arbitrary: strange });
}

export function writtenText({ line, way }: Writing): JudgedText {
  if (way === undefined) return asItIs(line);
  const {
    invoiceNo,
    lineId,
    quantity,
    unitPrice,
    invoiceDate: date,
    customerId = '17850',
    description = 'HEART',
    ...others
  } = line;
  return judgedTexts(lineOf(invoiceNo, lineId, { ...others, amount: [quantity, unitPrice], date, customerId, description }))[
    way
  ]!;
}

const asItIs = (line: TransactionLine): JudgedText => ({
  name: 'as the doors write it',
  bytes: Buffer.from(JSON.stringify(line)),
  ruling: { accepted: line },
});

function anySendings(kinds: Kinds): fc.Arbitrary<Sending[]> {
  const few = fc.array(anyLine(kinds), { minLength: 1, maxLength: 5 }).map((lines): Sending[] => [{ door: 'ours', lines }]);
  const own = [
    { weight: 14, arbitrary: few },
    { weight: 1, arbitrary: grownInvoice(kinds) },
  ];
  if (kinds.foreign === undefined) return fc.oneof({ withCrossShrink: true }, ...own);
  const foreign = fc
    .record({
      partitionKey: pick(['a', 'b', 'c', '17850']),
      texts: fc.array(anyWriting(kinds).map(writtenText), { minLength: 1, maxLength: 3 }),
      ended: fc.boolean(),
    })
    .map((sending): Sending[] => [{ door: 'foreign', ...sending }]);
  return fc.oneof({ withCrossShrink: true }, ...own, { weight: 8, arbitrary: foreign });
}

function anyFate(kinds: Kinds): fc.Arbitrary<Fate> {
  const trouble =
    kinds.troubles === undefined
      ? fc.constant(undefined)
      : fc.option(fc.record({ kind: pick(kinds.troubles), from: fc.nat({ max: 12 }), calls: fc.integer({ min: 1, max: 4 }) }), {
          nil: undefined,
          freq: 2,
        });
  return fc
    .record({ records: fc.integer({ min: 1, max: 9 }), trouble, fresh: fc.boolean(), again: fc.boolean() })
    .map(({ trouble: befallen, ...fate }) => (befallen === undefined ? fate : { ...fate, trouble: befallen }));
}

/** Histories of these kinds; a failing one shrinks to a few ordinary lines, read whole, by one processor, in the order of the stream. */
export function histories(kinds: Kinds): fc.Arbitrary<History> {
  return fc
    .tuple(
      fc.array(anySendings(kinds), { minLength: 1, maxLength: 8 }).map((all) => all.flat()),
      fc.integer({ min: 1, max: kinds.lanes ?? 1 }),
      fc.array(anyFate(kinds), { maxLength: 8 }),
      fc.array(fc.nat({ max: 7 }), { maxLength: 60, size: 'max' }),
    )
    .map(([sendings, lanes, fates, turns]) => new History(sendings, lanes, fates, lanes === 1 ? [] : turns));
}
