import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, expectTypeOf, test } from 'vitest';
import * as receipt from '../../domain/receipt.ts';
import * as sdk from '../../sdk/index.ts';
import { ERROR_CODES, isTillgraphError, LINE_FAILURE_CODES, REFUSAL_TYPES, TillgraphError } from '../../sdk/index.ts';

const root = join(import.meta.dirname, '..', '..');
const docs = readFileSync(join(root, 'docs', 'sdk.md'), 'utf8');

/** The texts in back-quotes of one column of the table below this heading cell. */
function documented(heading: string, column: number): string[] {
  const [, table = ''] = new RegExp(`^\\| \`?${heading}\`? +\\|.*\n\\| -.*\n((?:\\|.*\n)+)`, 'm').exec(docs) ?? [];
  return table
    .trim()
    .split('\n')
    .map((row) => /`(\w+)`/.exec(row.split('|')[column] ?? '')?.[1] ?? '');
}

const resolvers = readdirSync(join(root, 'resolvers'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(join(root, 'resolvers', name), 'utf8'));

/** The second argument of each `util.error` and `util.appendError`, where it is a text. */
const raised = resolvers.flatMap((text) => {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /^util\.(error|appendError)$/.test(node.expression.getText())) {
      const type = node.arguments[1];
      if (type !== undefined && ts.isStringLiteral(type)) found.push(type.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('resolver.ts', text, ts.ScriptTarget.Latest, true));
  return found;
});

test('every code of an error is documented, and has one class', () => {
  const classes = Object.values(sdk).filter(
    (value): value is typeof TillgraphError =>
      typeof value === 'function' && value.prototype instanceof TillgraphError && value !== TillgraphError,
  );

  expect(documented('class', 2).sort()).toEqual([...ERROR_CODES].sort());
  expect(documented('class', 1).sort()).toEqual(classes.map(({ name }) => name).sort());
});

test('every reason for a refusal that a resolver gives is known and documented', () => {
  expect([...new Set(raised)].sort()).toEqual([...REFUSAL_TYPES].sort());
  expect(documented('errorType', 1)).toEqual(REFUSAL_TYPES);
});

test('every reason for a line not to be taken is known and documented', () => {
  const codes = resolvers.flatMap((text) => [...text.matchAll(/\bcode: ([^,\n]+),/g)].map(([, code = '']) => code)).join();

  const written = [...codes.matchAll(/'([A-Z]\w+)'/g)].map(([, code]) => code);
  const named = Object.entries(receipt).flatMap(([name, code]) => (new RegExp(`\\b${name}\\b`).test(codes) ? [code] : []));

  expect([...new Set([...written, ...named])].sort()).toEqual([...LINE_FAILURE_CODES].sort());
  expect(documented('code', 1)).toEqual(LINE_FAILURE_CODES);
});

test('an error of another copy of the client is known by its name and code, and a stranger is not', () => {
  const copy = Object.assign(new Error('no'), { name: 'ClosedError', code: 'CLOSED' });

  expect(isTillgraphError(copy)).toBe(true);
  expect(isTillgraphError(new sdk.ClosedError())).toBe(true);
  for (const other of [
    Object.assign(new Error('no'), { code: 'CLOSED' }),
    new Error('no'),
    { name: 'ClosedError', code: 'CLOSED' },
    null,
  ])
    expect(isTillgraphError(other)).toBe(false);
});

test('a switch over the codes that forgets none compiles', () => {
  const waitOf = (error: unknown): string | undefined => {
    if (!isTillgraphError(error)) return undefined;
    switch (error.code) {
      case 'ANSWER_PENDING':
        return error.id;
      case 'REQUEST_REFUSED':
        return error.errors[0]?.message;
      default:
        expectTypeOf<typeof error.code>().toEqualTypeOf<Exclude<sdk.ErrorCode, 'ANSWER_PENDING' | 'REQUEST_REFUSED'>>();
        return error.requestId;
    }
  };

  expect(waitOf(new sdk.AnswerPendingError('abc', 0))).toBe('abc');
});
