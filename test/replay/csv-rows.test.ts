import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CsvRows, MAX_ROW_CHARACTERS, UnreadableHeaderError } from '../../ingest/replay/csv-rows.ts';
import { columnsOf } from '../../ingest/replay/columns.ts';
import { LineReader } from '../../ingest/replay/line-from-row.ts';
import foreignFiles from '../support/foreign-files.json' with { type: 'json' };
import files from '../support/rows-over-lines.json' with { type: 'json' };
import { rowsOf } from './fixtures.ts';

const fields = (...pieces: readonly (string | Buffer)[]) => rowsOf(...pieces).map((row) => row.fields);
const quoted = (field: string) => `"${field.replaceAll('"', '""')}"`;

/** Fields that need quotes, fields that do not, and fields in which a quote stands for itself. */
const field = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'B', ' ', '7', '.', 'é', '£', '€') }),
  fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', '£', ' ') }),
);
const table = fc
  .integer({ min: 2, max: 4 })
  .chain((width) => fc.array(fc.array(field, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 12 }));
const lineEnd = fc.constantFrom('\n', '\r\n');
const written = (row: readonly string[]) => row.map((text) => (/[",\r\n]/.test(text) ? quoted(text) : text)).join(',');

describe('reading CSV', () => {
  test('what is written with the quotes it needs is read as it was, however the bytes are cut', () => {
    fc.assert(
      fc.property(table, lineEnd, fc.boolean(), fc.array(fc.nat(400)), (rows, end, endsWithLineEnd, cuts) => {
        const header = (rows[0] ?? []).map((_, place) => `column ${String(place)}`);
        const file = Buffer.from([header, ...rows].map(written).join(end) + (endsWithLineEnd ? end : ''));
        const edges = [0, ...cuts.filter((cut) => cut < file.length).sort((one, other) => one - other), file.length];

        const read = rowsOf(...edges.slice(1).map((edge, place) => file.subarray(edges[place], edge)));

        expect(read.map((row) => row.fields)).toEqual(rows);
        expect(read.map((row) => row.number)).toEqual(rows.map((_, place) => place + 1));
      }),
    );
  });

  test('every cut at a single byte gives the same rows', () => {
    const file = Buffer.from('A,B\r\n1,"x, ""y""\r\nz"\r\n£2,\r\n"3","é"\r\n"broken"4,5\r\n6,7', 'utf8');
    const whole = rowsOf(file);

    const cut = Array.from({ length: file.length + 1 }, (_, at) => rowsOf(file.subarray(0, at), file.subarray(at)));
    const byteByByte = rowsOf(...Array.from(file, (byte) => Buffer.from([byte])));

    expect(whole).toHaveLength(5);
    for (const rows of [...cut, byteByByte]) expect(rows).toEqual(whole);
  });

  test('any bytes at all give the same rows however they are cut', () => {
    const bytes = fc.array(fc.constantFrom(0x22, 0x2c, 0x0a, 0x0d, 0x61, 0x20, 0xa3, 0xc3, 0xa9), { maxLength: 60 });
    fc.assert(
      fc.property(bytes, fc.nat(60), (body, cut) => {
        const file = Buffer.from([...Buffer.from('A,B\n'), ...body]);

        const read = rowsOf(file.subarray(0, cut), file.subarray(cut));

        expect(read).toEqual(rowsOf(file));
      }),
    );
  });

  test('a quote inside an unquoted field stands for itself', () => {
    const file = 'A,B\nRECORD FRAME 7" SIZE,2\n';

    const read = fields(file);

    expect(read).toEqual([['RECORD FRAME 7" SIZE', '2']]);
  });

  test('blank lines are no rows, and the last row needs no line end', () => {
    const file = 'A,B\r\n\r\n1,2\r\n  \r\n3,4';

    const read = fields(file);

    expect(read).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
  });
});

// The import reads the same files, and comes to the same (test/glue/test_whole_rows.py).
describe('rows that go on for several lines', () => {
  test.each(files)('$name', ({ text, descriptions, rejected }) => {
    const rows = new CsvRows();
    const read = [...rows.push(Buffer.from(text)), ...rows.end()];

    const reader = new LineReader(columnsOf(rows.header ?? []));
    const lines = read.map((row) => ({ text: row.text, line: row.problem ?? reader.read(row.fields) }));

    expect(lines.flatMap(({ line }) => (typeof line === 'string' ? [] : [line.description]))).toEqual(descriptions);
    expect(lines.flatMap(({ line: reason, text }) => (typeof reason === 'string' ? [{ reason, text }] : []))).toEqual(rejected);
  });
});

describe('rows that cannot be read', () => {
  test('a row with too few fields is named with both counts, and reading goes on', () => {
    const file = 'A,B,C\n1,2\n3,4,5\n';

    const [short, next] = rowsOf(file);

    expect(short).toMatchObject({ number: 1, text: '1,2', problem: 'the header names 3 columns, the row has 2 fields' });
    expect(next).toMatchObject({ number: 2, fields: ['3', '4', '5'], problem: undefined });
  });

  test('a quote that is never closed costs its own line only', () => {
    const file = 'A,B\n1,"open\n2,b\n3,c\n';

    const read = rowsOf(file);

    expect(read.map(({ text }) => text)).toEqual(['1,"open', '2,b', '3,c']);
    expect(read[0]?.problem).toContain('a quote is opened and not closed');
    expect(read.slice(1).map(({ fields }) => fields)).toEqual([
      ['2', 'b'],
      ['3', 'c'],
    ]);
  });

  test('a quote that seems closed by the next quoted row costs its own line only', () => {
    const file = 'A,B\n1,"open\n2,"b, c"\n3,d\n';

    const read = rowsOf(file);

    expect(read.map(({ problem }) => problem === undefined)).toEqual([false, true, true]);
    expect(read[1]?.fields).toEqual(['2', 'b, c']);
  });

  test('an unclosed quote is found without holding the rest of the file', () => {
    const rows = new CsvRows();
    const line = `${'x'.repeat(98)},y\n`;

    const read = rows.push(Buffer.from(`A,B\n"open,1\n${line.repeat((2 * MAX_ROW_CHARACTERS) / 100)}`));

    expect(read[0]?.problem).toContain('a quote is opened');
    expect(read.length).toBeGreaterThan(MAX_ROW_CHARACTERS / 100);
  });

  test('a row beyond the longest is cut, refused and passed over', () => {
    const file = `A,B\n${'x'.repeat(3 * MAX_ROW_CHARACTERS)},1\n2,3\n`;

    const [long, next] = rowsOf(...(file.match(/.{1,5000}|\n/gs) ?? []));

    expect(long?.problem).toContain('longer than');
    expect(long?.text).toHaveLength(MAX_ROW_CHARACTERS);
    expect(next?.fields).toEqual(['2', '3']);
  });

  test.each([
    ['nothing', '', 'the file is empty'],
    ['an open quote', '"A,B\n1,2', 'a quote is opened'],
  ])('a header of %s is refused', (_, file, reason) => {
    const read = () => rowsOf(file);

    expect(read).toThrow(UnreadableHeaderError);
    expect(read).toThrow(reason);
  });
});

describe('a file that is no text', () => {
  test.each(foreignFiles)('$kind is refused with what to do, however its bytes are cut', ({ beginning, reason }) => {
    const bytes = Buffer.from(beginning, 'latin1');
    const message = `the first row must name the columns, separated by commas: ${reason}`;

    expect(() => rowsOf(bytes)).toThrow(message);
    expect(() => rowsOf(...Array.from(bytes, (byte) => Buffer.of(byte)))).toThrow(message);
  });
});

describe('encodings', () => {
  const pound = 'A,B\nVoucher £40,1\n';

  test.each([
    ['UTF-8', Buffer.from(pound)],
    ['UTF-8 with a byte-order mark', Buffer.from(`\ufeff${pound}`)],
    ['ISO-8859-1', Buffer.from(pound, 'latin1')],
  ])('a pound sign is read from %s', (_, file) => {
    const [voucher] = rowsOf(file);

    expect(voucher?.fields).toEqual(['Voucher £40', '1']);
    expect(voucher?.text).toBe('Voucher £40,1');
  });

  test('the first byte beyond ASCII may come late', () => {
    const file = Buffer.concat([Buffer.from(`A,B\n${'x,1\n'.repeat(1000)}`), Buffer.from('Café £,2\n', 'latin1')]);

    const read = rowsOf(file.subarray(0, 2000), file.subarray(2000));

    expect(read.at(-1)?.fields).toEqual(['Café £', '2']);
  });

  test('a file that mixes both is read, and says so', () => {
    const rows = new CsvRows();

    const bytes = Buffer.concat([Buffer.from('A,B\n£,"utf8"\n'), Buffer.from('£,"latin1"\n', 'latin1')]);
    const read = [...rows.push(bytes), ...rows.end()];

    expect(read.map(({ fields }) => fields)).toEqual([
      ['£', 'utf8'],
      ['£', 'latin1'],
    ]);
    expect(rows.encodings).toEqual({ utf8: 1, windows1252: 1 });
  });

  test('the bytes 80 to 9F are the letters of Windows-1252', () => {
    const bytes = Buffer.from([0x80, 0x85, 0x91, 0x92, 0x93, 0x94, 0x96, 0x99, 0x9c, 0x9f, 0xa3, 0xff]);

    const read = rowsOf(Buffer.concat([Buffer.from('A,B\n'), bytes, Buffer.from(',"'), bytes, Buffer.from('"\n')]));

    expect(read).toMatchObject([{ fields: ['€…‘’“”–™œŸ£ÿ', '€…‘’“”–™œŸ£ÿ'], problem: undefined }]);
  });

  test.each([0x81, 0x8d, 0x8f, 0x90, 0x9d])('a row with a byte that is no character there is refused: %i', (byte) => {
    const file = Buffer.concat([Buffer.from('A,B\nx'), Buffer.of(byte), Buffer.from(',"1"\n2,3\n')]);

    const [foreign, own] = rowsOf(file);

    const reason = `the row is not UTF-8, and the byte ${byte.toString(16).toUpperCase()} in it is no character of Windows-1252`;
    expect(foreign).toMatchObject({ fields: [], problem: `${reason}: save the file as "CSV UTF-8"` });
    expect(own?.fields).toEqual(['2', '3']);
  });

  test('after a byte-order mark, a row that is not UTF-8 is refused', () => {
    const file = Buffer.concat([Buffer.from('\ufeffA,B\n'), Buffer.from('£,1\n', 'latin1'), Buffer.from('€,2\n')]);

    const [foreign, own] = rowsOf(file);

    expect(foreign?.problem).toContain('not UTF-8');
    expect(own?.fields).toEqual(['€', '2']);
  });
});
