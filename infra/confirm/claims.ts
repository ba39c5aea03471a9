import type { Claim } from './claim.ts';
import { accountClaims } from './claims/account.ts';
import { alarmClaims } from './claims/alarms.ts';
import { appsyncClaims } from './claims/appsync.ts';
import { catalogClaims } from './claims/catalog.ts';
import { clientClaims } from './claims/clients.ts';
import { deliveryClaims } from './claims/delivery.ts';
import { functionClaims } from './claims/functions.ts';
import { importClaims } from './claims/imports.ts';
import { kitClaims } from './claims/kit.ts';
import { loadingClaims } from './claims/loading.ts';
import { parityClaims } from './claims/parity.ts';
import { stackClaims } from './claims/stack.ts';
import { storeClaims } from './claims/stores.ts';
import { warehouseClaims } from './claims/warehouse.ts';

/** Everything that only AWS can confirm; the checks of a step run in this order. */
export const claims: readonly Claim[] = [
  ...accountClaims,
  ...stackClaims,
  ...appsyncClaims,
  ...parityClaims,
  ...functionClaims,
  ...alarmClaims,
  ...storeClaims,
  ...deliveryClaims,
  ...warehouseClaims,
  ...loadingClaims,
  ...importClaims,
  ...catalogClaims,
  ...clientClaims,
  ...kitClaims,
];
