import { util } from '@aws-appsync/utils';
import { get } from '@aws-appsync/utils/dynamodb';
import { HEADER } from '../domain/keys.ts';
import { EXPECTED, PATTERNS } from '../domain/line-rules.ts';
import type { InvoiceItem } from '../domain/stored-items.ts';
import type { QueryInvoiceArgs } from '../schema/generated/types.ts';
import { checkedArgument } from './shared/argument.ts';
import type { RootContext } from './shared/context.ts';
import { toInvoice, type InvoiceSource } from './shared/invoice.ts';

type Ctx = RootContext<QueryInvoiceArgs, object, InvoiceItem | null>;

/** One GetItem: the header, with the first lines of the invoice in it. */
export function request(ctx: Ctx) {
  const invoiceNo = checkedArgument('invoiceNo', ctx.args.invoiceNo, PATTERNS.invoiceNo, EXPECTED.invoiceNo);
  return get({ key: { invoiceNo, sk: HEADER } });
}

export function response(ctx: Ctx): InvoiceSource | null {
  if (ctx.error) util.error(ctx.error.message, ctx.error.type);
  return ctx.result ? toInvoice(ctx.result) : null;
}
