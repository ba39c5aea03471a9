import type { Claim } from './claim.ts';
import { accountClaims } from './claims/account.ts';
import { appsyncClaims } from './claims/appsync.ts';
import { catalogClaims } from './claims/catalog.ts';
import { deliveryClaims } from './claims/delivery.ts';
import { functionClaims } from './claims/functions.ts';
import { importClaims } from './claims/imports.ts';
import { storeClaims } from './claims/stores.ts';
import { warehouseClaims } from './claims/warehouse.ts';

/** Everything that only AWS can confirm; the checks of a step run in this order. */
export const claims: readonly Claim[] = [
  ...accountClaims,
  ...appsyncClaims,
  ...functionClaims,
  ...storeClaims,
  ...deliveryClaims,
  ...warehouseClaims,
  ...importClaims,
  ...catalogClaims,
];
