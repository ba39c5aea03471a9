import { util } from '@aws-appsync/utils';
import { get } from '@aws-appsync/utils/dynamodb';
import { PROFILE } from '../domain/keys.ts';
import { EXPECTED, PATTERNS } from '../domain/line-rules.ts';
import type { ProfileItem } from '../domain/stored-items.ts';
import type { QueryCustomerArgs } from '../schema/generated/types.ts';
import { checkedArgument } from './shared/argument.ts';
import type { RootContext } from './shared/context.ts';
import { toCustomer, type CustomerSource } from './shared/customer.ts';

type Ctx = RootContext<QueryCustomerArgs, object, ProfileItem | null>;

/** One GetItem: a customer's totals are one item. */
export function request(ctx: Ctx) {
  const customerId = checkedArgument('customerId', ctx.args.customerId, PATTERNS.customerId, EXPECTED.customerId);
  return get({ key: { customerId, sk: PROFILE } });
}

export function response(ctx: Ctx): CustomerSource | null {
  if (ctx.error) util.error(ctx.error.message, ctx.error.type);
  return toCustomer(ctx.result);
}
