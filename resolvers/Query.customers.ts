import { EXPECTED, PATTERNS } from '../domain/line-rules.ts';
import type { ProfileItem } from '../domain/stored-items.ts';
import type { QueryCustomersArgs } from '../schema/generated/types.ts';
import { checkedArgument } from './shared/argument.ts';
import type { RootContext } from './shared/context.ts';
import { toCustomer } from './shared/customer.ts';
import { openToken, pageLimit, sealToken } from './shared/page.ts';

/** What the steps hand on: the page of customer numbers, and the profiles found so far. */
export interface CustomersStash {
  country: string;
  limit: number;
  place: string | null;
  customerIds: string[];
  profiles: ProfileItem[];
  nextPlace: string | null;
}

type Ctx = RootContext<QueryCustomersArgs, CustomersStash, object | null>;

const scope = (country: string) => `Query.customers ${country}`;

/**
 * First the numbers of a country's customers from an index that holds keys alone, then their profiles by number:
 * an index that copied the profiles would be written again with every invoice.
 */
export function request(ctx: Ctx) {
  const country = checkedArgument('country', ctx.args.country, PATTERNS.country, EXPECTED.country);
  ctx.stash.country = country;
  ctx.stash.limit = pageLimit(ctx.args.limit);
  ctx.stash.place = openToken(scope(country), ctx.args.nextToken);
  ctx.stash.customerIds = [];
  ctx.stash.profiles = [];
  ctx.stash.nextPlace = null;
  return {};
}

export function response(ctx: Ctx) {
  return {
    items: ctx.stash.profiles.map((profile) => toCustomer(profile)),
    nextToken: sealToken(scope(ctx.stash.country), ctx.stash.nextPlace),
  };
}
