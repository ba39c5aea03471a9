import { runtime, util } from '@aws-appsync/utils';
import { PROFILE } from '../domain/keys.ts';
import type { ProfileItem } from '../domain/stored-items.ts';
import type { QueryCustomersArgs } from '../schema/generated/types.ts';
import type { CustomersStash } from './Query.customers.ts';
import type { RootContext } from './shared/context.ts';

/** @source AppSync developer guide: BatchGetItem takes at most 100 keys */
const MOST_KEYS = 100;

interface Profiles {
  readonly data: Readonly<Record<string, (ProfileItem | null)[]>>;
  readonly unprocessedKeys?: Readonly<Record<string, object[]>>;
}

type Ctx = RootContext<QueryCustomersArgs, CustomersStash, Profiles>;

/** The next 100 profiles of the page, in the order of their numbers; the step has nothing to do when all are there. */
export function request(ctx: Ctx) {
  const customerIds = ctx.stash.customerIds.slice(0, MOST_KEYS);
  if (customerIds.length === 0) runtime.earlyReturn({});
  const keys = customerIds.map((customerId) => util.dynamodb.toMapValues({ customerId, sk: PROFILE }));
  return { operation: 'BatchGetItem', tables: { [ctx.env['CUSTOMERS_TABLE'] ?? '']: { keys, consistentRead: false } } };
}

export function response(ctx: Ctx) {
  if (ctx.error) util.error(ctx.error.message, ctx.error.type);
  const table = ctx.env['CUSTOMERS_TABLE'] ?? '';
  if ((ctx.result.unprocessedKeys?.[table] ?? []).length > 0)
    util.error('the store is busy: ask for the same page again', 'StoreUnavailable');
  // The index by country may know a customer whose profile is not there yet, or who has no lines any more.
  const found = (ctx.result.data[table] ?? []).filter((profile): profile is ProfileItem => profile?.homeCountry !== undefined);
  ctx.stash.profiles = ctx.stash.profiles.concat(found);
  ctx.stash.customerIds = ctx.stash.customerIds.slice(MOST_KEYS);
  return {};
}
