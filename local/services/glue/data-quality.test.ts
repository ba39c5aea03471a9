import {
  CancelDataQualityRulesetEvaluationRunCommand,
  EntityNotFoundException,
  GetDataQualityResultCommand,
  GetDataQualityRulesetCommand,
  GetDataQualityRulesetEvaluationRunCommand,
  InvalidInputException,
  ListDataQualityRulesetEvaluationRunsCommand,
  ListDataQualityRulesetsCommand,
  StartDataQualityRulesetEvaluationRunCommand,
} from '@aws-sdk/client-glue';
import type { GlueClient } from '@aws-sdk/client-glue';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { readRuleset } from './data-quality-language.ts';
import type { QueryTable } from './data-quality.ts';
import type { CatalogTableDefinition } from './definition.ts';
import { DATABASE, givenCatalog } from '../../testing/given-catalog.ts';
import { newDirectory } from '../../testing/directories.ts';

const LINES: CatalogTableDefinition = {
  databaseName: DATABASE,
  input: {
    Name: 'lines',
    Parameters: { classification: 'parquet' },
    PartitionKeys: [{ Name: 'month', Type: 'string' }],
    StorageDescriptor: {
      Location: 's3://shop/curated/lines/',
      Columns: [
        { Name: 'line_id', Type: 'string' },
        { Name: 'quantity', Type: 'int' },
        { Name: 'unit_price', Type: 'decimal(12,3)' },
      ],
    },
  },
};

const ruleset = (...rules: readonly string[]) => [{ name: 'lines', ruleset: `Rules = [ ${rules.join(',\n  ')} ]` }];
const start = (RulesetNames = ['lines'], TableName = 'lines') =>
  new StartDataQualityRulesetEvaluationRunCommand({
    DataSource: { GlueTable: { DatabaseName: DATABASE, TableName } },
    Role: 'measures',
    RulesetNames,
  });

/** What the run of a client comes to, at its end. */
async function runOf(client: GlueClient) {
  const { RunId } = await client.send(start());
  return vi.waitUntil(async () => {
    const run = await client.send(new GetDataQualityRulesetEvaluationRunCommand({ RunId }));
    return run.Status !== 'RUNNING' && run.Status !== 'STOPPING' && run;
  });
}

/** Evaluate rules over a table that answers with these numbers. */
async function evaluated(
  rules: readonly string[],
  aggregates: readonly number[],
  statements: Awaited<ReturnType<QueryTable>>['statements'] = [],
) {
  const ask = vi.fn<QueryTable>(async () => ({ aggregates: aggregates.map((number) => ({ number })), statements }));
  const { client } = await givenCatalog({ ask, definition: { tables: [LINES], rulesets: ruleset(...rules) } });
  const run = await runOf(client);
  const result = await client.send(new GetDataQualityResultCommand({ ResultId: run.ResultIds?.[0] }));
  return { run, result, request: ask.mock.calls[0]?.[1] };
}

test('rules that hold and rules that do not are told apart, with what was measured', async () => {
  const { run, result, request } = await evaluated(
    ['RowCount > 0', 'IsComplete "line_id"', 'Completeness "quantity" > 0.7'],
    [10, 9, 10, 8, 10],
  );

  expect(run).toMatchObject({ Status: 'SUCCEEDED', RulesetNames: ['lines'], Role: 'measures' });
  expect(request).toMatchObject({
    location: 's3://shop/curated/lines/',
    format: 'parquet',
    columns: ['`line_id` string', '`quantity` int', '`unit_price` decimal(12,3)'],
    partitions: ['`month` string'],
    registered: [],
    aggregates: ['count(*)', 'count(`line_id`)', 'count(*)', 'count(`quantity`)', 'count(*)'],
  });
  expect(result).toMatchObject({ Score: 2 / 3, RulesetName: 'lines', RulesetEvaluationRunId: run.RunId });
  expect(result.RuleResults).toMatchObject([
    { Name: 'Rule_1', Description: 'RowCount > 0', Result: 'PASS', EvaluatedMetrics: { 'Dataset.*.RowCount': 10 } },
    {
      Name: 'Rule_2',
      Result: 'FAIL',
      EvaluationMessage: 'Value: 0.9 does not meet the constraint requirement!',
      EvaluatedMetrics: { 'Column.line_id.Completeness': 0.9 },
    },
    { Name: 'Rule_3', Result: 'PASS' },
  ]);
});

test.each([
  ['ColumnValues "quantity" != 0', 'count_if(coalesce(`quantity` <> 0, false))'],
  ['ColumnValues "quantity" between -5 and 5', 'count_if(coalesce(`quantity` > -5 AND `quantity` < 5, false))'],
  ['ColumnValues "quantity" not in [0, 1]', 'count_if(coalesce(NOT (`quantity` IN (0, 1)), false))'],
  ['ColumnValues "line_id" in ["a\'b"]', "count_if(coalesce(`line_id` IN ('a\\'b'), false))"],
  ['ColumnValues "line_id" matches "^[A-C]?\\\\d{6}"', "count_if(coalesce(`line_id` RLIKE '^[A-C]?\\\\d{6}', false))"],
  ['ColumnLength "line_id" between 6 and 8', 'count_if(coalesce(length(`line_id`) > 6 AND length(`line_id`) < 8, false))'],
  [
    'ColumnDataType "month" = "TIMESTAMP"',
    'count_if(coalesce(`month` IS NULL OR try_cast(`month` AS TIMESTAMP) IS NOT NULL, false))',
  ],
])('%s holds when every row fits', async (rule, expression) => {
  const [all, some] = [await evaluated([rule], [10, 10]), await evaluated([rule], [9, 10])];

  expect(all.request?.aggregates).toEqual([expression, 'count(*)']);
  expect([all.result.Score, some.result.Score]).toEqual([1, 0]);
});

test('part of the rows is enough when a threshold says so', async () => {
  const { result } = await evaluated(['ColumnValues "quantity" > 0 with threshold > 0.8'], [9, 10]);

  expect(result.RuleResults?.[0]).toMatchObject({
    Result: 'PASS',
    Description: 'ColumnValues "quantity" > 0 with threshold > 0.8',
  });
});

test('a value is unique when no other row has it', async () => {
  const { request, result } = await evaluated(
    ['IsUnique "line_id"', 'IsPrimaryKey "line_id" "month"'],
    [10, 10],
    [{ number: 10 }, { number: 8 }],
  );

  expect(request?.statements[1]).toBe(
    'SELECT count(*) FROM (SELECT `line_id`, `month` FROM primary WHERE `line_id` IS NOT NULL AND `month` IS NOT NULL ' +
      'GROUP BY `line_id`, `month` HAVING count(*) = 1)',
  );
  expect(result.RuleResults?.map(({ Result }) => Result)).toEqual(['PASS', 'FAIL']);
});

test('a statement of SQL gives a number; one that Spark refuses is an error of its rule alone', async () => {
  const { request, result } = await evaluated(
    ['CustomSql "select count(*) from primary where quantity = 0" = 0', 'CustomSql "select 1 form primary" = 1', 'RowCount = 2'],
    [2],
    [{ number: 0 }, { error: '[PARSE_SYNTAX_ERROR] Syntax error at or near' }],
  );

  expect(request?.statements).toEqual(['select count(*) from primary where quantity = 0', 'select 1 form primary']);
  expect(result.RuleResults).toMatchObject([
    { Result: 'PASS' },
    { Result: 'ERROR', EvaluationMessage: '[PARSE_SYNTAX_ERROR] Syntax error at or near' },
    { Result: 'PASS' },
  ]);
});

test('a column that there is not concerns its rule alone', async () => {
  const { result } = await evaluated(['IsComplete "toys"', 'ColumnExists "toys"', 'ColumnCount = 4'], []);

  expect(result.RuleResults).toMatchObject([
    { Result: 'ERROR', EvaluationMessage: 'Column toys does not exist' },
    { Result: 'FAIL' },
    { Result: 'PASS' },
  ]);
});

describe('a ruleset', () => {
  test.each([
    ['an unknown rule', 'Freshness "day" <= 24 hours', /Freshness: it is not supported locally: write RowCount/],
    ['no condition', 'RowCount', /is no condition|ends too early/],
    ['a text for a number', 'RowCount > "many"', /write a number/],
    ['a strange type', 'ColumnDataType "month" = 5', /write a type/],
    ['a column without quotes', 'IsComplete line_id', /write a text in double quotes/],
    ['nothing', '', /there is no rule in it/],
  ])('with %s is refused at the start', async (_, rule, message) => {
    await expect(givenCatalog({ definition: { tables: [LINES], rulesets: ruleset(rule) } })).rejects.toThrow(message);
  });

  test('is read the same however it is spaced', () => {
    const blank = fc.constantFrom(' ', '\n', '\t', ' # a remark, with "quotes" ]\n');
    const words = [
      'Rules',
      '=',
      '[',
      'RowCount',
      'between',
      '1',
      'and',
      '5',
      ',',
      'ColumnValues',
      '"a"',
      'in',
      '[',
      '"x y"',
      ',',
      '2',
      ']',
      ']',
    ];
    fc.assert(
      fc.property(fc.array(blank, { minLength: words.length, maxLength: words.length }), (blanks) => {
        expect(readRuleset(words.map((word, index) => word + (blanks[index] ?? '')).join(''))).toEqual([
          {
            text: 'RowCount between 1 and 5',
            kind: 'RowCount',
            operands: [],
            condition: { operator: 'between', isNot: false, low: 1, high: 5 },
          },
          {
            text: 'ColumnValues "a" in ["x y", 2]',
            kind: 'ColumnValues',
            operands: ['a'],
            condition: { operator: 'in', isNot: false, values: ['x y', 2] },
          },
        ]);
      }),
    );
  });

  test('stands in the list with the number of its rules', async () => {
    const { client } = await givenCatalog({
      definition: { tables: [LINES], rulesets: ruleset('RowCount > 0', 'ColumnCount = 4') },
    });

    const { Rulesets } = await client.send(new ListDataQualityRulesetsCommand({}));
    const one = await client.send(new GetDataQualityRulesetCommand({ Name: 'lines' }));

    expect(Rulesets).toMatchObject([{ Name: 'lines', RuleCount: 2 }]);
    expect(one.Ruleset).toBe(ruleset('RowCount > 0', 'ColumnCount = 4')[0]?.ruleset);
  });
});

test.each([
  ['no such table', start(['lines'], 'toys'), EntityNotFoundException],
  ['no such ruleset', start(['toys']), EntityNotFoundException],
  ['no ruleset at all', start([]), InvalidInputException],
  ['no such run', new GetDataQualityRulesetEvaluationRunCommand({ RunId: 'x' }), EntityNotFoundException],
  ['no such result', new GetDataQualityResultCommand({ ResultId: 'x' }), EntityNotFoundException],
])('%s is an error', async (_, command, kind) => {
  const { client } = await givenCatalog({ definition: { tables: [LINES], rulesets: ruleset('RowCount > 0') } });

  await expect(client.send(command as GetDataQualityResultCommand)).rejects.toBeInstanceOf(kind);
});

test('an evaluation that cannot run says why', async () => {
  const { client } = await givenCatalog({ definition: { tables: [LINES], rulesets: ruleset('RowCount > 0') } });

  expect(await runOf(client)).toMatchObject({ Status: 'FAILED', ErrorString: 'there is no Spark', ResultIds: [] });
});

/** Goes on until it is told to stop. */
const endless: QueryTable = (_id, _request, signal) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(new Error('ended by a signal'));
    });
  });

test('an evaluation can be cancelled', async () => {
  const { client } = await givenCatalog({ ask: endless, definition: { tables: [LINES], rulesets: ruleset('RowCount > 0') } });
  const { RunId } = await client.send(start());

  await client.send(new CancelDataQualityRulesetEvaluationRunCommand({ RunId }));

  const status = async () => (await client.send(new GetDataQualityRulesetEvaluationRunCommand({ RunId }))).Status;
  await vi.waitUntil(async () => (await status()) === 'STOPPED');
});

test('an evaluation that the end of the stack broke off is known as such', async () => {
  const directory = newDirectory('glue');
  const definition = { tables: [LINES], rulesets: ruleset('RowCount > 0') };
  const first = await givenCatalog({ directory, ask: endless, definition });
  const { RunId } = await first.client.send(start());
  await first.close();

  const { client } = await givenCatalog({ directory, definition });

  const { Runs } = await client.send(new ListDataQualityRulesetEvaluationRunsCommand({}));
  expect(Runs).toMatchObject([{ RunId, Status: 'STOPPED' }]);
});
