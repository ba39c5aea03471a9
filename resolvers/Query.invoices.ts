import { util } from '@aws-appsync/utils';
import { query } from '@aws-appsync/utils/dynamodb';
import { BY_COUNTRY, BY_DATE, LISTING } from '../domain/keys.ts';
import { EXPECTED, PATTERNS } from '../domain/line-rules.ts';
import type { InvoiceItem } from '../domain/stored-items.ts';
import type { QueryInvoicesArgs } from '../schema/generated/types.ts';
import { checkedArgument } from './shared/argument.ts';
import type { RootContext } from './shared/context.ts';
import { toInvoice } from './shared/invoice.ts';
import { openToken, pageLimit, sealToken } from './shared/page.ts';

interface Stash {
  scope: string;
}

interface ItemPage {
  readonly items: InvoiceItem[];
  readonly nextToken: string | null;
}

type Ctx = RootContext<QueryInvoicesArgs, Stash, ItemPage>;

/** Sorts after every time and number of a day. */
const END_OF_DAY = '~';

/** Newest first. One Query on an index over headers: the cost grows with the page, not with the range. */
export function request(ctx: Ctx) {
  const from = ctx.args.from.slice(0, 10);
  const to = ctx.args.to.slice(0, 10);
  if (from > to)
    util.error(`from: write a day that is not after to, "${to}": got "${from}"`, 'InvalidValue', null, {
      field: 'from',
      value: from,
    });
  const wanted = ctx.args.country ?? undefined;
  const country = wanted === undefined ? undefined : checkedArgument('country', wanted, PATTERNS.country, EXPECTED.country);
  ctx.stash.scope = `Query.invoices ${from} ${to} ${country ?? ''}`;
  const limit = pageLimit(ctx.args.limit);
  const nextToken = openToken(ctx.stash.scope, ctx.args.nextToken);
  const datedNo = { between: [from, `${to}${END_OF_DAY}`] as [string, string] };
  return country === undefined
    ? query<InvoiceItem & { listing: string }>({
        index: BY_DATE,
        query: { listing: { eq: LISTING }, datedNo },
        limit,
        nextToken,
        scanIndexForward: false,
      })
    : query<InvoiceItem>({
        index: BY_COUNTRY,
        query: { country: { eq: country }, datedNo },
        limit,
        nextToken,
        scanIndexForward: false,
      });
}

export function response(ctx: Ctx) {
  if (ctx.error) util.error(ctx.error.message, ctx.error.type);
  return {
    items: ctx.result.items.map((item) => toInvoice(item)),
    nextToken: sealToken(ctx.stash.scope, ctx.result.nextToken),
  };
}
