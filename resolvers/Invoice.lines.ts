import { runtime } from '@aws-appsync/utils';
import type { InvoiceLinesArgs, LinePage } from '../schema/generated/types.ts';
import type { NestedContext } from './shared/context.ts';
import type { InvoiceSource } from './shared/invoice.ts';
import { beginPage, planPage, tokenKey, toPage, type LineStash } from './shared/line-page.ts';
import { pageLimit } from './shared/page.ts';

type Ctx = NestedContext<InvoiceLinesArgs, LineStash, InvoiceSource, object | null>;

/** First the header, unless the invoice came with it, then the chunks it names that the page needs; often there are none. */
export function request(ctx: Ctx) {
  const { invoiceNo, linesOf, stored } = ctx.source;
  ctx.stash.limit = pageLimit(ctx.args.limit);
  beginPage(ctx.stash, tokenKey(ctx.env), { invoiceNo, linesOf, token: ctx.args.nextToken });
  if (stored !== undefined) {
    planPage(ctx.stash, stored);
    if (ctx.stash.keys.length === 0) runtime.earlyReturn({});
  }
  return {};
}

export function response(ctx: Ctx): LinePage {
  return toPage(ctx.stash);
}
