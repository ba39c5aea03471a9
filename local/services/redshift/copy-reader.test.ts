import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CopyFormat } from './copy-command.ts';
import { FileReader, RowTooLongError } from './copy-reader.ts';
import type { LoadColumn } from './copy-rows.ts';

const COLUMNS: readonly LoadColumn[] = ['a', 'b', 'c'].map((name) => ({
  name,
  type: 'varchar',
  bytes: 20,
  isText: true,
  isTimestamp: false,
  isNotNull: name === 'a',
}));
const CONVERSIONS = {
  truncateColumns: false,
  blanksAsNull: false,
  emptyAsNull: false,
  acceptInvalidAs: null,
  timeFormat: 'default',
  timePattern: null,
  datePattern: null,
} as const;
const JSON_FORMAT: CopyFormat = { type: 'json', ignoreCase: false, paths: null };
const CSV_FORMAT: CopyFormat = {
  ...{ type: 'csv', delimiter: ',', quote: '"', ignoreHeader: 0, nullAs: '\\N', fillRecord: false, ignoreBlankLines: false },
};

/** Rows and errors of a file that comes in pieces of these sizes. */
function read(format: CopyFormat, file: Buffer, sizes: readonly number[]) {
  const reader = new FileReader({ format, columns: COLUMNS, conversions: CONVERSIONS });
  const batches = [];
  let at = 0;
  for (const size of sizes) {
    batches.push(reader.read(file.subarray(at, at + size)));
    at += size;
  }
  batches.push(reader.read(file.subarray(at)), reader.endFile());
  return {
    text: Buffer.concat(batches.map(({ bytes }) => bytes)).toString(),
    lines: batches.flatMap(({ lines }) => [...lines]),
    errors: batches.flatMap(({ errors }) => errors),
  };
}

/** The values of rows in PostgreSQL's text format. */
function valuesOf(text: string): (string | null)[][] {
  const unescaped: Record<string, string> = { '\\t': '\t', '\\n': '\n', '\\r': '\r', '\\\\': '\\' };
  return text
    .split('\n')
    .slice(0, -1)
    .map((row) =>
      row.split('\t').map((value) => (value === '\\N' ? null : value.replace(/\\[tnr\\]/g, (escape) => unescaped[escape] ?? ''))),
    );
}

const text = fc
  .string({
    unit: fc.oneof(
      fc.constantFrom('"', '\\', ',', '\n', '\r', '\t', ' ', 'é', '😀', 'N'),
      fc.string({ minLength: 1, maxLength: 1 }),
    ),
  })
  .filter((value) => Buffer.byteLength(value) <= 20 && !value.includes('\0'));
const sizes = fc.array(fc.nat({ max: 40 }), { maxLength: 12 });

/** The same object with blanks wherever there may be some. */
const spread = (row: Record<string, string | null>) =>
  `\t{ ${Object.entries(row)
    .map(([key, value]) => `"${key}"\t: ${JSON.stringify(value)} `)
    .join(', ')}} `;

test('any objects are read as JSON.parse reads them, however the file is cut', () => {
  const row = fc.record({ a: text, b: fc.option(text), c: text }, { requiredKeys: ['a'] });

  fc.assert(
    fc.property(fc.array(row), sizes, fc.boolean(), (rows, cuts, isSpread) => {
      const file = rows.map(isSpread ? spread : (each) => JSON.stringify(each)).join('\r\n');
      const expected = file
        .split('\r\n')
        .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Record<string, string | null>]));

      const { text: copied, errors } = read(JSON_FORMAT, Buffer.from(file), cuts);

      expect(errors).toEqual([]);
      expect(valuesOf(copied)).toEqual(expected.map(({ a = null, b = null, c = null }) => [a, b, c]));
    }),
    { numRuns: 300 },
  );
});

test('any values are read back from CSV, however the file is cut', () => {
  const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;

  fc.assert(
    fc.property(fc.array(fc.tuple(text, text, text)), sizes, (rows, cuts) => {
      const file = rows.map((row) => `${row.map(quoted).join(',')}\n`).join('');

      const { text: copied, errors } = read(CSV_FORMAT, Buffer.from(file), cuts);

      expect(errors).toEqual([]);
      expect(valuesOf(copied)).toEqual(rows);
    }),
    { numRuns: 300 },
  );
});

test('whatever a line holds, it is a row or an error, and its neighbours stay the same', () => {
  const junk = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes.map((byte) => (byte === 0x0a ? 0x20 : byte))));

  fc.assert(
    fc.property(junk, sizes, (line, cuts) => {
      const file = Buffer.concat([Buffer.from('{"a":"1"}\n'), line, Buffer.from('\n{"a":"2"}\n')]);

      const { text: copied, lines, errors } = read(JSON_FORMAT, file, cuts);

      expect(copied.startsWith('1\t\\N\\N\n'.replace('\\N\\N', '\\N\t\\N'))).toBe(true);
      expect(copied.endsWith('2\t\\N\t\\N\n')).toBe(true);
      expect([lines[0], lines.at(-1)]).toEqual([1, 3]);
      expect(new Set(errors.map((error) => error.line)).size).toBeLessThanOrEqual(1);
    }),
    { numRuns: 500 },
  );
});

test('a row of more than four megabytes is none, and it is not kept in memory to find that out', () => {
  const reader = new FileReader({ format: JSON_FORMAT, columns: COLUMNS, conversions: CONVERSIONS });
  reader.read(Buffer.from('{"a":"1"}\n{"a":"'));

  expect(() => {
    for (let block = 0; block < 5; block += 1) reader.read(Buffer.alloc(1024 * 1024, 'x'));
  }).toThrow(RowTooLongError);
});
