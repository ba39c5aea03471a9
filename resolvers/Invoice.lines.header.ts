import { runtime, util } from '@aws-appsync/utils';
import { get } from '@aws-appsync/utils/dynamodb';
import { HEADER } from '../domain/keys.ts';
import type { StoredInvoice } from '../domain/stored-items.ts';
import type { InvoiceLinesArgs } from '../schema/generated/types.ts';
import type { NestedContext } from './shared/context.ts';
import type { InvoiceSource } from './shared/invoice.ts';
import { planPage, type LineStash } from './shared/line-page.ts';

type Ctx = NestedContext<InvoiceLinesArgs, LineStash, InvoiceSource, StoredInvoice | null>;

/** One GetItem of the header as it is now: an older one may name chunks that have been replaced. */
export function request(ctx: Ctx) {
  if (ctx.stash.planned) runtime.earlyReturn({});
  return get({ key: { invoiceNo: ctx.source.invoiceNo, sk: HEADER }, consistentRead: true });
}

export function response(ctx: Ctx) {
  if (ctx.error) util.error(ctx.error.message, ctx.error.type);
  const header = ctx.result ?? {};
  planPage(ctx.stash, header);
  return {};
}
