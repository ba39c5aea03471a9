import type { ResponseEffect } from '../../faults.ts';
import type { JsonOperations } from '../../http/aws-json-server.ts';
import type { Input } from './catalog-requests.ts';
import { invalid, pageOf, refuseMembers, requiredText, texts } from './catalog-requests.ts';
import type { DataQuality } from './data-quality.ts';
import type { QualityResult, QualityRun, TableName } from './data-quality-store.ts';

/** @source service model 2017-03-31, shape PageSize */
const MAX_PAGE = 1000;

/**
 * Everything about data quality but to make rulesets: they come from the template.
 *
 * @param createdAt - of the rulesets; the template does not say. Milliseconds since 1970
 */
export function dataQualityOperations(quality: DataQuality, createdAt: number): JsonOperations<ResponseEffect> {
  const times = { CreatedOn: createdAt / 1000, LastModifiedOn: createdAt / 1000 };
  return {
    GetDataQualityRuleset: (input) => {
      const { name, description, ruleset, target } = quality.ruleset(requiredText(input, 'Name'));
      return { Name: name, ...described(description), Ruleset: ruleset, ...targeted(target), ...times };
    },

    ListDataQualityRulesets: (input) => {
      refuseMembers(input, 'Filter', 'Tags');
      const { page, next } = pageOf(input, quality.all(), MAX_PAGE);
      const Rulesets = page.map(({ name, description, target, ruleCount }) => ({
        ...{ Name: name, ...described(description), ...targeted(target), ...times },
        RuleCount: ruleCount,
      }));
      return { Rulesets, ...next };
    },

    StartDataQualityRulesetEvaluationRun: (input) => {
      refuseMembers(input, 'AdditionalDataSources', 'AdditionalRunOptions', 'Timeout');
      const names = texts(input, 'RulesetNames');
      if (names.length === 0) throw invalid('RulesetNames: write one at least');
      return { RunId: quality.start(tableOf(input), names, requiredText(input, 'Role')) };
    },

    GetDataQualityRulesetEvaluationRun: (input) => describeRun(quality.run(requiredText(input, 'RunId'))),

    ListDataQualityRulesetEvaluationRuns: (input) => {
      refuseMembers(input, 'Filter');
      const { page, next } = pageOf(input, quality.runs(), MAX_PAGE);
      const Runs = page.map(({ id, status, startedAt, table }) => ({
        RunId: id,
        Status: status,
        StartedOn: startedAt / 1000,
        DataSource: sourceOf(table),
      }));
      return { Runs, ...next };
    },

    CancelDataQualityRulesetEvaluationRun: (input) => {
      quality.cancel(requiredText(input, 'RunId'));
      return {};
    },

    GetDataQualityResult: (input) => describeResult(quality.result(requiredText(input, 'ResultId'))),
  };
}

function tableOf({ DataSource }: Input): TableName {
  const { GlueTable: table } = (DataSource ?? {}) as { readonly GlueTable?: Input };
  if (typeof table !== 'object') throw invalid('DataSource: write GlueTable, with DatabaseName and TableName');
  refuseMembers(table, 'AdditionalOptions', 'ConnectionName');
  return { databaseName: requiredText(table, 'DatabaseName'), tableName: requiredText(table, 'TableName') };
}

const described = (description: string | undefined) => (description === undefined ? {} : { Description: description });
const targeted = (table: TableName | undefined) => (table === undefined ? {} : { TargetTable: named(table) });
const named = ({ databaseName, tableName }: TableName) => ({ DatabaseName: databaseName, TableName: tableName });
const sourceOf = (table: TableName) => ({ GlueTable: named(table) });

function describeRun(run: QualityRun): object {
  const { completedAt, error } = run;
  return {
    RunId: run.id,
    DataSource: sourceOf(run.table),
    Role: run.role,
    Status: run.status,
    ...(error !== undefined && { ErrorString: error }),
    StartedOn: run.startedAt / 1000,
    LastModifiedOn: run.modifiedAt / 1000,
    ...(completedAt !== undefined && {
      CompletedOn: completedAt / 1000,
      ExecutionTime: Math.round((completedAt - run.startedAt) / 1000),
    }),
    RulesetNames: run.rulesets,
    ResultIds: run.resultIds,
  };
}

function describeResult(result: QualityResult): object {
  const passed = result.rules.filter((rule) => rule.result === 'PASS').length;
  return {
    ResultId: result.id,
    // Of all rules alike: the part of those that hold.
    Score: passed / result.rules.length,
    DataSource: sourceOf(result.table),
    RulesetName: result.ruleset,
    StartedOn: result.startedAt / 1000,
    CompletedOn: result.completedAt / 1000,
    RulesetEvaluationRunId: result.runId,
    RuleResults: result.rules.map((rule, index) => ({
      Name: `Rule_${String(index + 1)}`,
      Description: rule.text,
      ...(rule.message !== undefined && { EvaluationMessage: rule.message }),
      Result: rule.result,
      EvaluatedMetrics: rule.metrics,
      EvaluatedRule: rule.text,
    })),
  };
}
