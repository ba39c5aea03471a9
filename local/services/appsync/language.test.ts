import { describe, expect, test } from 'vitest';
import { CodeRefusedError } from './resolver-code.ts';
import { ResolverRuntime, type LongLoops } from './resolver-runtime.ts';
import { copy } from './values.ts';
import type { RunningField } from './util.ts';
import { code, value } from '../../testing/appsync-fixture.ts';

const field: RunningField = {
  fieldName: 'f',
  parentTypeName: 'Query',
  mode: 'API_KEY',
  responseHeaders: {},
  appendError: () => undefined,
};

/** What a response handler returns when its body is this. */
function run(body: string, result: unknown = null, more = ''): unknown {
  const runtime = new ResolverRuntime(() => undefined);
  const handlers = runtime.load({ label: 'Query.f', text: code({ response: body, more }) });
  return JSON.parse(JSON.stringify(runtime.run(handlers, handlers.response, { result, stash: {} }, field) ?? null));
}

function refusalsOf(text: string): string[] {
  try {
    new ResolverRuntime(() => undefined).load({ label: 'Query.f', text });
  } catch (error) {
    if (error instanceof CodeRefusedError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('code that AWS would not save is refused by name and place', () => {
  const statements: [what: string, statement: string, says: string][] = [
    ['throw', 'throw ctx;', 'throw'],
    ['try', 'try { util.autoId(); } catch { return 1; }', 'try'],
    ['a regular expression', 'const x = /a/;', 'regular expression'],
    ['new', 'const x = new Object();', 'new is not supported'],
    ['a loop with a condition', 'while (ctx) { }', 'while'],
    ['a loop with a counter', 'for (let i = 0; i < 3; i += 1) { }', 'for (;;)'],
    ['continue', 'for (const x of []) { continue; }', 'continue'],
    ['a label', 'a: for (const x of []) { break a; }', 'labels'],
    ['an increment', 'let i = 0; i++;', '++'],
    ['a decrement', 'let i = 0; --i;', '--'],
    ['bitwise not', 'const x = ~1;', '~'],
    ['a class', 'class A { }', 'classes'],
    ['this', 'const x = this;', 'this'],
    ['in', "const x = 'a' in ctx;", 'operator in'],
    ['instanceof', 'const x = ctx instanceof Object;', 'instanceof'],
    ['a foreign global', 'const x = parseInt("1");', 'parseInt is not defined'],
    ['a foreign member', 'const x = Math.sqrt(4);', 'Math.sqrt'],
    ['a constructor as a function', 'const x = String(1);', 'String() as a function'],
    ['a comparator', 'const x = [1].sort((a, b) => a - b);', 'sort() takes no comparator'],
    ['a function as an argument', 'const x = help(help);', 'passing a function'],
    ['a function written as an argument', 'const x = help((y) => y);', 'passing a function'],
    ['recursion', 'const x = 1;', 'recursion'],
    ['a replaced context property', 'ctx.stash = {};', 'ctx.stash must not be replaced'],
    ['a generator', 'const x = function* () { };', 'generators'],
    ['an async function', 'const x = async () => 1;', 'async'],
    ['BigInt', 'const x = 1n;', 'BigInt'],
    ['call', 'const x = help.call(1);', 'call() is not supported'],
  ];

  test.each(statements)('%s', (what, statement, says) => {
    const help = what === 'recursion' ? 'function help(n) { return help(n); }' : 'function help(n) { return n; }';
    const text = code({ more: help, request: `\n${statement}\nreturn {};` });

    const refusals = refusalsOf(text);

    expect(refusals).toHaveLength(1);
    const line = what === 'recursion' ? 4 : 6;
    expect(refusals[0]).toMatch(new RegExp(`^Query\\.f:${String(line)}:\\d+: `));
    expect(refusals[0]).toContain(says);
  });

  test('all of them are told at once, with imports and exports that are not there', () => {
    const text =
      "import { get } from 'lodash';\nimport { getAll } from '@aws-appsync/utils/dynamodb';\nexport function request(ctx) { throw 1; }";

    const refusals = refusalsOf(text);

    expect(refusals.join('\n')).toContain('throw');
    expect(refusals.join('\n')).toContain('"lodash" cannot be imported');
    expect(refusals.join('\n')).toContain('has no getAll');
    expect(refusals.join('\n')).toContain('export a function named response');
  });

  test('code of more than 32,768 characters', () => {
    const text = `${code({})}// ${'x'.repeat(32_768)}`;

    const refusals = refusalsOf(text);

    expect(refusals.join()).toContain('32768 characters');
  });
});

describe('the world of the code', () => {
  test('has no methods beyond the list', () => {
    const failures = ["'a'.padStart(3)", '[1].includes(1)', '(1.5).toFixed(1)', "ctx.result.items.sort('x')"].map(
      (expression) => {
        try {
          return run(`return ${expression};`, { items: [2, 1] });
        } catch (error) {
          return (error as Error).message;
        }
      },
    );

    expect(failures[0]).toMatch(/^Query\.f:6:\d+: TypeError: .*padStart is not a function$/);
    expect(failures[1]).toContain('includes is not a function');
    expect(failures[2]).toContain('toFixed is not a function');
  });

  test('reads broken JSON as an empty text', () => {
    const read = run(`return [JSON.parse('{'), JSON.parse('[1]')];`);

    expect(read).toEqual(['', [1]]);
  });

  test('replaces by Java patterns', () => {
    const replaced = run(
      `return ['1.2.3'.replace('.', '-'), '1.2.3'.replaceAll('\\\\.', '-'), 'a1b22'.replaceAll('([0-9]+)', '<$1>'), 'x'.replace('x', '\\\\$1')];`,
    );

    expect(replaced).toEqual(['-.2.3', '1-2-3', 'a<1>b<22>', '$1']);
  });

  test('joins spreads as JavaScript does', () => {
    const joined = run(
      `const a = { x: 1, y: 2 }; return [{ ...a, y: 3 }, { y: 0, ...a }, { ...a, z: { ...a, w: [{ ...a, x: 9 }] }, ...{ x: 5 }, }, { ...null, k: 1 }];`,
    );

    expect(joined).toEqual([{ x: 1, y: 3 }, { x: 1, y: 2 }, { x: 5, y: 2, z: { x: 1, y: 2, w: [{ x: 9, y: 2 }] } }, { k: 1 }]);
  });

  test('has the callback methods of the announcement, with functions written in place or named', () => {
    const found = run(
      `const test = (x) => x > 1; function sum(a, b) { return a * 10 + b; }
       const list = [1, 2, 3];
       return [list.find(test), list.findIndex(test), list.findLast(test), list.findLastIndex(test), list.reduceRight(sum), list.map(sum)];`,
    );

    expect(found).toEqual([2, 1, 3, 2, 321, [10, 21, 32]]);
  });

  test('counts the turns of each loop alone: ten in ten in nine run through', () => {
    const turns = run(
      `let turns = 0;
       for (const a of ctx.result) for (const b of ctx.result) for (const c of ctx.result.slice(1)) turns += 1;
       ctx.result.forEach((a) => ctx.result.forEach((b) => ctx.result.slice(1).forEach((c) => { turns += 1; })));
       return turns;`,
      Array.from({ length: 10 }, (_, i) => i),
    );

    expect(turns).toBe(1800);
  });

  const thousandAndFive = Array.from({ length: 1005 }, (_, i) => i);
  const loops: [what: string, body: string, cut: unknown][] = [
    ['for of', 'let n = 0; for (const x of ctx.result) n = x; return n;', 999],
    ['for in', 'let n = 0; for (const i in ctx.result) { n += 1; } return n;', 1000],
    ['a loop in a condition', 'let n = 0; if (ctx) for (const x of ctx.result) { n += 1; } return n;', 1000],
    ['map', 'return ctx.result.map((x) => x).length;', 1000],
    ['filter', 'return ctx.result.filter((x) => x > 990).length;', 9],
    ['reduce', 'return ctx.result.reduce((sum, x) => sum + 1, 0);', 1000],
    ['find', 'return ctx.result.find((x) => x === 1002);', null],
    ['some', 'return ctx.result.some((x) => x === 1002);', false],
    ['findLast', 'return ctx.result.findLast((x, i) => i === 5);', 5],
    ['findLastIndex', 'return [ctx.result.findLastIndex((x) => x === 5), ctx.result.findLastIndex((x) => x === 4)];', [5, -1]],
    ['reduceRight', 'return ctx.result.reduceRight((last, x, i) => i, null);', 5],
  ];

  test.each(loops)('ends %s after 1,000 turns, in the log alone unless that is refused', (_what, body, cut) => {
    const lines: string[] = [];
    const load = (longLoops: LongLoops) => {
      const runtime = new ResolverRuntime((line) => lines.push(line), longLoops);
      const handlers = runtime.load({ label: 'Query.f', text: code({ response: body }) });
      return () => runtime.run(handlers, handlers.response, { result: copy(runtime.realm, thousandAndFive) }, field) ?? null;
    };

    const result = load('cut')();

    expect(JSON.parse(JSON.stringify(result))).toEqual(cut);
    expect(lines).toEqual([expect.stringMatching(/^Query\.f: a loop has more than 1000 turns: it ended there/)]);
    expect(load('refused')).toThrow(/AWS ends it there without an error/);
  });

  test('knows util, runtime and extensions without an import', () => {
    const text = 'export function request(ctx) { return {}; }\nexport function response(ctx) { return util.base64Encode("a") }';

    const refusals = refusalsOf(text);

    expect(refusals).toEqual([]);
  });

  test('says by name what is not implemented here', () => {
    const expressions = [
      'util.xml.toMap("<a/>")',
      'util.transform.toSubscriptionFilter({})',
      'extensions.evictFromApiCache("Query", "f", {})',
    ];

    const messages = expressions.map((expression) => {
      try {
        return run(`return ${expression};`);
      } catch (error) {
        return (error as Error).message;
      }
    });

    expect(messages).toEqual([
      'util.xml.toMap is not implemented locally',
      'util.transform.toSubscriptionFilter is not implemented locally',
      'extensions.evictFromApiCache is not implemented locally',
    ]);
  });

  test('keeps the imports under any name', () => {
    const text = `import { util as u } from '@aws-appsync/utils';\nimport { get as fetchOne } from '@aws-appsync/utils/dynamodb';\nfunction request(ctx) { return fetchOne({ key: { id: u.base64Encode('a') } }); }\nexport { request, response as response };\nfunction response(ctx) { return ctx.result; }`;
    const runtime = new ResolverRuntime(() => undefined);
    const handlers = runtime.load({ label: 'Query.f', text });

    const request = runtime.run(handlers, handlers.request, {}, field);

    expect(JSON.parse(JSON.stringify(request))).toEqual({ operation: 'GetItem', key: { id: { S: 'YQ==' } } });
  });

  test('prints what the code logs', () => {
    const lines: string[] = [];
    const runtime = new ResolverRuntime((line) => lines.push(line));
    const handlers = runtime.load({ label: 'Query.f', text: value('console.log("seen", { a: [1] })') });

    runtime.run(handlers, handlers.response, {}, field);

    expect(lines).toEqual(['console.log seen {"a":[1]}']);
  });
});
