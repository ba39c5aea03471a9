import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readStatement } from './dialect.ts';
import { stringValue, tokenize } from './sql-lexer.ts';

/** Pieces that a lexer trips over. */
const AWKWARD = [
  ...["'", "''", "\\'", '"', '""', '$$', '$a$', '$1', '--', '\n', '/*', '*/', '::', ':name', ':', ';', '(', ')', ',', '.'],
  ...['->>', '||', '<>', "E'", "U&'", 'x', 'sortkey', 'é', '1.5e-3', ' ', '\t', '\\', '😀', '\u00a0'],
];

test('the tokens of any text, one after the other, are the text', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.constantFrom(...AWKWARD)).map((pieces) => pieces.join('')),
  );

  fc.assert(
    fc.property(text, (sql) => {
      expect(
        tokenize(sql)
          .map((token) => token.text)
          .join(''),
      ).toBe(sql);
    }),
    { numRuns: 2000 },
  );
});

test('a statement without Redshift syntax passes byte for byte, whatever its strings hold', () => {
  const inside = fc
    .array(
      fc.constantFrom('sortkey', 'ENCODE zstd', 'on conflict', 'CAST(x AS VARCHAR)', ' ', '\n', ':p', 'sysdate', '::text', 'é'),
    )
    .map((words) => words.join(' '));
  const piece = fc.oneof(
    inside.map((text) => `'${text}'`),
    inside.map((text) => `"${text.toLowerCase()}x"`),
    inside.map((text) => `$body$${text}$body$`),
    inside.map((text) => `/* ${text} */`),
    inside.map((text) => `-- ${text.replaceAll('\n', ' ')}\n`),
    fc.constantFrom(
      'amount',
      't.quantity',
      '+',
      '=',
      '12.50',
      '(amount)',
      ',',
      'CASE',
      'sum(n)',
      '||',
      '<=',
      "'it''s'",
      "'a\\'b'",
    ),
  );

  fc.assert(
    fc.property(fc.array(fc.tuple(piece, fc.constantFrom(' ', '\n', '\t ')).map((pair) => pair.join(''))), (pieces) => {
      const sql = `SELECT ${pieces.join('')}FROM sales`;

      expect(readStatement(sql)).toMatchObject({ kind: 'sql', text: sql, values: [], after: [] });
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ["'it''s'", "it's"],
  ["'a\\'b\\\\c\\nd'", "a'b\\c\nd"],
  ["E'\\t'", '\t'],
  ["$$a'b\\n$$", "a'b\\n"],
  ['$tag$x$tag$', 'x'],
])('the string %s means %j', (text, value) => {
  expect(stringValue(text)).toBe(value);
});

test('comments nest, and an operator ends where a comment begins', () => {
  expect(tokenize('a/* b /* c */ d */+--e\n1').map(({ kind, text }) => [kind, text])).toEqual([
    ['word', 'a'],
    ['comment', '/* b /* c */ d */'],
    ['operator', '+'],
    ['comment', '--e'],
    ['space', '\n'],
    ['number', '1'],
  ]);
});
