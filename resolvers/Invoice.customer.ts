import { runtime, util } from '@aws-appsync/utils';
import { get } from '@aws-appsync/utils/dynamodb';
import { PROFILE } from '../domain/keys.ts';
import type { ProfileItem } from '../domain/stored-items.ts';
import type { NestedContext } from './shared/context.ts';
import { toCustomer, type CustomerSource } from './shared/customer.ts';
import type { InvoiceSource } from './shared/invoice.ts';

type Ctx = NestedContext<object, object, InvoiceSource, ProfileItem | null>;

/** One GetItem, and none for a guest's invoice. */
export function request(ctx: Ctx) {
  const customerId = ctx.source.customerId ?? '';
  if (customerId === '') runtime.earlyReturn(null);
  return get({ key: { customerId, sk: PROFILE } });
}

export function response(ctx: Ctx): CustomerSource | null {
  if (ctx.error) util.error(ctx.error.message, ctx.error.type);
  return toCustomer(ctx.result);
}
