import { util } from '@aws-appsync/utils';
import { query } from '@aws-appsync/utils/dynamodb';
import { INVOICE_PREFIX } from '../domain/keys.ts';
import type { CustomerInvoiceItem } from '../domain/stored-items.ts';
import type { CustomerInvoicesArgs } from '../schema/generated/types.ts';
import type { NestedContext } from './shared/context.ts';
import type { CustomerSource } from './shared/customer.ts';
import { toInvoice } from './shared/invoice.ts';
import { openToken, pageLimit, sealToken } from './shared/page.ts';

interface ItemPage {
  readonly items: CustomerInvoiceItem[];
  readonly nextToken: string | null;
}

type Ctx = NestedContext<CustomerInvoicesArgs, object, CustomerSource, ItemPage>;

const scope = (ctx: Ctx) => `Customer.invoices ${ctx.source.customerId}`;

/** Newest first. One Query on the base table: the cost grows with the page, not with the customer. */
export function request(ctx: Ctx) {
  return query<CustomerInvoiceItem>({
    query: { customerId: { eq: ctx.source.customerId }, sk: { beginsWith: INVOICE_PREFIX } },
    limit: pageLimit(ctx.args.limit),
    nextToken: openToken(scope(ctx), ctx.args.nextToken),
    scanIndexForward: false,
  });
}

export function response(ctx: Ctx) {
  if (ctx.error) util.error(ctx.error.message, ctx.error.type);
  return {
    items: ctx.result.items.map((item) => {
      const datedNo = item.sk.slice(INVOICE_PREFIX.length);
      return { ...toInvoice({ ...item, datedNo, invoiceNo: datedNo.slice(21) }), linesOf: ctx.source.customerId };
    }),
    nextToken: sealToken(scope(ctx), ctx.result.nextToken),
  };
}
