import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { columnsOf, delimiterOf } from '../../ingest/replay/columns.ts';
import { CsvRows, MAX_ROW_CHARACTERS } from '../../ingest/replay/csv-rows.ts';
import { DateSurvey } from '../../ingest/replay/date-survey.ts';
import { FileDates } from '../../ingest/replay/file-dates.ts';
import { COLUMNS } from './fixtures.ts';

/** What the dates of a file show, or why it is refused. */
function verdict(survey: (dates: DateSurvey) => void): unknown {
  const dates = new DateSurvey(undefined);
  try {
    survey(dates);
    return dates.finding('day.csv');
  } catch (error) {
    return String(error);
  }
}

/** As every row split into all its fields has it. */
const bySplitting = (file: Buffer) =>
  verdict((dates) => {
    const rows = new CsvRows(delimiterOf);
    const found = [...rows.push(file), ...rows.end()];
    const { invoiceDate } = columnsOf(rows.header ?? []);
    for (const { fields, number, line } of found) dates.add((fields[invoiceDate] ?? '').trim(), number, line);
  });

const byScanning = (pieces: readonly Buffer[]) =>
  verdict((dates) => {
    const scan = new FileDates(new CsvRows(delimiterOf), undefined, (text, row, line) => {
      dates.add(text, row, line);
    });
    for (const piece of pieces) scan.push(piece);
    scan.end();
  });

const date = fc.oneof(
  fc
    .tuple(fc.integer({ min: 1, max: 14 }), fc.integer({ min: 1, max: 14 }))
    .map(([a, b]) => `${String(a)}/${String(b)}/2010 8:26`),
  fc.constantFrom(
    '12/1/2010 8:26',
    ' 12/1/2010 8:26 ',
    '2010-12-01 08:26',
    '31/2/2010 8:26',
    'never',
    '',
    '12/1/2010 8:26\u00a0',
  ),
);
const field = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('A', '', 'WHITE LANTERN', '6', ' ', "5' TABLE") },
  fc.constantFrom('"a,b"', '"a;b"', '"two\nlines"', '"two\r\nlines"', '"say ""hi"""', '9" TABLE', '"open', '"closed"behind'),
  fc.constantFrom('\u00a3', '\ufffd', 'caf\u00e9', '\r', 'a\rb', '\u0000', '\u001a', ',', ';', '\t'),
);
const row = fc.record({
  date,
  quotesDate: fc.boolean(),
  fields: fc.oneof(
    { weight: 2, arbitrary: fc.array(field, { minLength: 7, maxLength: 7 }) },
    { weight: 2, arbitrary: fc.array(fc.constant('A'), { minLength: 7, maxLength: 7 }) },
    fc.array(fc.constantFrom('A', 'caf\u00e9', '\u0081'), { minLength: 5, maxLength: 9 }),
  ),
});
const odd = fc.constantFrom(
  '',
  ' ',
  ',,,,,,,',
  'too,few',
  '"',
  '\r',
  '\ufeff',
  `"${'x\n'.repeat(200)}`,
  'x'.repeat(MAX_ROW_CHARACTERS + 1),
);
const file = fc
  .record({
    delimiter: fc.constantFrom(',', ';', '\t', '|'),
    end: fc.constantFrom('\n', '\r\n'),
    begins: fc.constantFrom('', '\ufeff', 'sep=;\n', '\n'),
    place: fc.nat(7),
    rows: fc.array(fc.oneof({ weight: 8, arbitrary: row }, odd), { maxLength: 8 }),
    isLatin1: fc.boolean(),
    endsInLineEnd: fc.boolean(),
  })
  .map(({ delimiter, end, begins, place, rows, isLatin1, endsInLineEnd }) => {
    const line = (fields: readonly string[], ofDate: string) => fields.toSpliced(place, 0, ofDate).join(delimiter);
    const others = COLUMNS.filter((name) => name !== 'InvoiceDate');
    const lines = rows.map((one) => {
      if (typeof one === 'string') return one;
      return line(one.fields, one.quotesDate ? `"${one.date}"` : one.date);
    });
    const text = begins + [line(others, 'InvoiceDate'), ...lines].join(end) + (endsInLineEnd ? end : '');
    return Buffer.from(text, isLatin1 ? 'latin1' : 'utf8');
  });

describe('the dates of a file', () => {
  test('are found as they are where every row is split, wherever the bytes are cut', () => {
    fc.assert(
      fc.property(file, fc.array(fc.nat(2_000), { maxLength: 6 }), (bytes, places) => {
        const header = bytes.indexOf('Country') + 7;
        const cuts = [0, ...[header, ...places].filter((at) => at < bytes.length).sort((a, b) => a - b), bytes.length];
        const pieces = cuts.slice(1).map((to, at) => bytes.subarray(cuts[at], to));

        expect(byScanning(pieces)).toEqual(bySplitting(bytes));
      }),
      { numRuns: 1_500, seed: 20_101_201 },
    );
  });

  test('and in a file of quotes that are never closed', () => {
    const header = Buffer.from(`${COLUMNS.join(',')}\n`);
    const quotes = Buffer.from('"a\n'.repeat(4_000));

    expect(byScanning([header, quotes])).toEqual(bySplitting(Buffer.concat([header, quotes])));
  });
});
