import { util } from '@aws-appsync/utils';
import { query } from '@aws-appsync/utils/dynamodb';
import { PROFILES_BY_COUNTRY } from '../domain/keys.ts';
import type { QueryCustomersArgs } from '../schema/generated/types.ts';
import type { CustomersStash } from './Query.customers.ts';
import type { RootContext } from './shared/context.ts';

interface ProfileKey {
  readonly homeCountry: string;
  readonly customerId: string;
}

interface KeyPage {
  readonly items: ProfileKey[];
  readonly nextToken: string | null;
}

type Ctx = RootContext<QueryCustomersArgs, CustomersStash, KeyPage>;

/** One Query on the index by country, in the order of customer numbers. */
export function request(ctx: Ctx) {
  return query<ProfileKey>({
    index: PROFILES_BY_COUNTRY,
    query: { homeCountry: { eq: ctx.stash.country } },
    limit: ctx.stash.limit,
    nextToken: ctx.stash.place,
  });
}

export function response(ctx: Ctx) {
  if (ctx.error) util.error(ctx.error.message, ctx.error.type);
  ctx.stash.customerIds = ctx.result.items.map((key) => key.customerId);
  ctx.stash.nextPlace = ctx.result.nextToken;
  return {};
}
