import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sqlStatements, UnfinishedSqlError } from '../../ingest/warehouse/sql-statements.ts';

describe('a SQL text', () => {
  test.each([
    ['two statements', 'SELECT 1;\nSELECT 2;\n', ['SELECT 1', 'SELECT 2']],
    ['a last statement without its semicolon', 'SELECT 1; SELECT 2', ['SELECT 1', 'SELECT 2']],
    ['nothing but comments', '-- a; b\n/* c; d */ ;;\n', []],
    ['a comment before a statement', '-- what; for\nSELECT 1;', ['-- what; for\nSELECT 1']],
    ['quotations', "SELECT ';', 'it''s; one', '--;';SELECT 2", ["SELECT ';', 'it''s; one', '--;'", 'SELECT 2']],
    ['quoted names', 'SELECT "a;""b";SELECT 2', ['SELECT "a;""b"', 'SELECT 2']],
    ['a quote inside a comment', "SELECT 1 -- don't; stop\n;SELECT 2", ["SELECT 1 -- don't; stop", 'SELECT 2']],
    ['comments in comments', 'SELECT 1 /* a /* ; */ ; */ + 1;SELECT 2', ['SELECT 1 /* a /* ; */ ; */ + 1', 'SELECT 2']],
    ['dollar quotations', 'DO $$ a; $b$ ; $$;SELECT $tag$;$$;$tag$', ['DO $$ a; $b$ ; $$', 'SELECT $tag$;$$;$tag$']],
    ['dollars that quote nothing', 'SELECT a$b$, $1;SELECT $2', ['SELECT a$b$, $1', 'SELECT $2']],
    ['operators of minus and slash', 'SELECT 1 - 1 / 2;SELECT 2', ['SELECT 1 - 1 / 2', 'SELECT 2']],
  ])('is cut right when it has %s', (_, text, statements) => {
    expect(sqlStatements(text)).toEqual(statements);
  });

  test.each([
    ["SELECT 'a;", "'", 1],
    ['SELECT 1;\n/* a', '/*', 2],
    ['SELECT $x$ a', '$x$', 1],
    ['\n\nSELECT "a', '"', 3],
  ])('that ends inside a quotation is refused: %s', (text, opening, line) => {
    expect(() => sqlStatements(text)).toThrow(
      expect.objectContaining({ code: 'UNFINISHED_SQL', opening, line }) as UnfinishedSqlError,
    );
  });

  test('is put together again from its statements', () => {
    const piece = fc.constantFrom("'a;b'", '"c;d"', '-- e;\n', '/* f; */', '$$ g; $$', 'SELECT x', ' ', '1 - 2', 'price / 3');
    const statement = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => `SELECT ${pieces.join(' ')}`.trim());

    fc.assert(
      fc.property(fc.array(statement, { maxLength: 6 }), (statements) => {
        expect(sqlStatements(statements.map((one) => `${one}\n;`).join('\n'))).toEqual(statements.map((one) => one.trim()));
      }),
    );
  });
});
