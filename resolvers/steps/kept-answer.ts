import { runtime } from '@aws-appsync/utils';
import { get } from '@aws-appsync/utils/dynamodb';
import type { AnswerRow } from '../../warehouse/statements/answer-kinds.ts';
import type { RootContext } from '../shared/context.ts';
import type { WarehouseStash } from '../shared/warehouse-answer.ts';

/** A finished answer in `Answers`, as the loader keeps it. */
interface AnswerItem {
  readonly question: string;
  readonly asOf?: string | null;
  readonly rows: AnswerRow[];
  readonly hasMore: boolean;
}

type Ctx = RootContext<object, WarehouseStash, AnswerItem | null>;

/** One GetItem for a fixed question; any other goes on to the warehouse. */
export function request(ctx: Ctx) {
  if (ctx.stash.key === '') runtime.earlyReturn({});
  return get<AnswerItem>({ key: { question: ctx.stash.key } });
}

/** Without an item, or a table that answers, the warehouse is asked as for any question. */
export function response(ctx: Ctx) {
  if (ctx.error) console.error(`${ctx.stash.key} could not be read: ${ctx.error.message}`);
  const item = ctx.error ? null : ctx.result;
  if (item) {
    const { limit } = ctx.stash;
    ctx.stash.status = 'FINISHED';
    ctx.stash.source = 'CACHE';
    ctx.stash.asOf = item.asOf ?? null;
    ctx.stash.rows = item.rows.slice(0, limit);
    ctx.stash.hasMore = item.hasMore || item.rows.length > limit;
  }
  return {};
}
