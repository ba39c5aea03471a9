import { runtime, util } from '@aws-appsync/utils';
import { statementOf, type KindOfQuestion } from '../../warehouse/statements/answer-kinds.ts';
import type { RootContext } from '../shared/context.ts';
import { dataApiCall, outputOf, readReply, type DataApiAnswer } from '../shared/data-api.ts';
import type { WarehouseStash } from '../shared/warehouse-answer.ts';

type Ctx = RootContext<object, WarehouseStash & KindOfQuestion, DataApiAnswer | null>;

/**
 * Makes SQL of the question and sends it to the warehouse. Ends the field where the answer is there already, before any SQL is put
 * together.
 *
 * @remarks It does not wait: how long AppSync lets an HTTP source wait no document says, and an answer that comes too late would take
 * the statement's id with it. The next step waits, and there the id is known.
 */
export function request(ctx: Ctx) {
  if (ctx.stash.status === 'FINISHED') runtime.earlyReturn({}, { skipTo: 'END' });
  const statement = statementOf(ctx.stash);
  ctx.stash.source = statement.source;
  return dataApiCall('ExecuteStatement', {
    WorkgroupName: ctx.env['WAREHOUSE_WORKGROUP'] ?? '',
    Database: ctx.env['WAREHOUSE_DATABASE'] ?? '',
    StatementName: statement.name,
    Sql: statement.sql,
    // The Data API takes no empty list.
    ...(statement.parameters.length === 0 ? {} : { Parameters: statement.parameters }),
  });
}

/** Keeps the id of the statement, by which its rows are fetched. */
export function response(ctx: Ctx) {
  const executed = outputOf(readReply(ctx.error, ctx.result), NOTHING);
  if (executed?.Id === undefined) util.error('the warehouse took the statement and gave it no id', 'WarehouseRefused');
  ctx.stash.statementId = executed.Id;
  if (executed.Status === 'FAILED' || executed.Status === 'ABORTED') ctx.stash.status = 'FAILED';
  return {};
}

/** Matches no exception: none is expected. */
const NOTHING = '^$';
