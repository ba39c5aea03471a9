// Slow: thousands of generated expressions.

import conditionParser from 'dynalite/db/conditionParser.js';
import db from 'dynalite/db/index.js';
import projectionParser from 'dynalite/db/projectionParser.js';
import updateParser from 'dynalite/db/updateParser.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withCache } from './expressions.ts';
import type { Parser, ParserContext } from './expressions.ts';

/** Pieces that make well-formed and malformed expressions alike. */
const operand = fc.constantFrom('id', 'a.b', 'list[1]', '#n', '#m.#n', ':x', ':y', ':z', 'size(a)', 'size(:x)', 'name');
const condition = fc.letrec<{ tree: string }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.tuple(operand, fc.constantFrom('=', '<>', '<', '<=', '>', '>='), operand).map((pieces) => pieces.join(' ')),
    fc
      .tuple(fc.constantFrom('begins_with', 'contains', 'attribute_type'), operand, operand)
      .map(([f, a, b]) => `${f}(${a}, ${b})`),
    operand.map((path) => `attribute_not_exists(${path})`),
    fc.tuple(operand, operand, operand).map(([a, b, c]) => `${a} BETWEEN ${b} AND ${c}`),
    fc.tuple(operand, operand, operand).map(([a, b, c]) => `${a} IN (${b}, ${c})`),
    fc.tuple(tie('tree'), fc.constantFrom('AND', 'OR'), tie('tree')).map((pieces) => pieces.join(' ')),
    tie('tree').map((tree) => `NOT (${tree})`),
  ),
})).tree;
const update = fc
  .array(
    fc.oneof(
      fc.tuple(operand, operand).map(([path, value]) => `SET ${path} = ${value}`),
      fc.tuple(operand, operand, operand).map(([path, a, b]) => `SET ${path} = if_not_exists(${a}, ${b}), c = ${a} + ${b}`),
      fc.tuple(operand, operand).map(([path, value]) => `ADD ${path} ${value}`),
      operand.map((path) => `REMOVE ${path}`),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((sections) => sections.join(' '));
const projection = fc.array(operand, { minLength: 1, maxLength: 3 }).map((paths) => paths.join(', '));

const value = fc.oneof(
  fc.string().map((S) => ({ S })),
  fc.integer().map((n) => ({ N: String(n) })),
  fc.constant({ L: [{ N: '1' }] }),
  fc.constant({ BOOL: true }),
);
const names = fc.constantFrom({ '#n': 'first', '#m': 'second' }, { '#n': 'other', '#m': 'id' }, { '#n': 'id' });
const values = fc.record({ ':x': value, ':y': value, ':z': value }, { requiredKeys: [':x'] });

function contextOf(attrNames: Record<string, string>, attrVals: Record<string, Record<string, unknown>>) {
  const all = (keys: object) => Object.fromEntries(Object.keys(keys).map((key) => [key, true as const]));
  const context = { attrNames, attrVals, unusedAttrNames: all(attrNames), unusedAttrVals: all(attrVals) };
  return {
    ...context,
    isReserved: (name: string) => name === 'name',
    compare: (...args: Parameters<typeof db.compare>) => db.compare(...args),
  };
}

function outcome(parse: Parser['parse'], text: string, context: ParserContext): unknown {
  try {
    const tree = parse(text, { context });
    return { tree, namesLeft: context.unusedAttrNames, valuesLeft: context.unusedAttrVals };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

test.each([
  ['condition', conditionParser, condition],
  ['update', updateParser, update],
  ['projection', projectionParser, projection],
] as const)('a remembered %s is the one that parsing gives, with the values of the call at hand', (_what, parser, text) => {
  const { parse } = parser;
  const remembered = withCache(parse, 20);

  fc.assert(
    fc.property(text, names, fc.array(values, { minLength: 2, maxLength: 3 }), (expression, attrNames, calls) => {
      for (const attrVals of calls) {
        const [own, plain] = [contextOf(attrNames, attrVals), contextOf(attrNames, attrVals)];
        expect(outcome(remembered, expression, own)).toEqual(outcome(parse, expression, plain));
      }
    }),
    { numRuns: 500 },
  );
});

test('a tree is fresh for each call, so that writing into one does not reach the next', () => {
  const remembered = withCache(updateParser.parse);
  const parse = () => remembered('SET a = b', { context: contextOf({}, {}) }) as { sections: { val: unknown }[] };

  for (const section of parse().sections) section.val = 'spoilt';

  expect(parse().sections.map((section) => section.val)).toEqual([['b']]);
});
