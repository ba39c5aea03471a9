import type { Claim } from '../claim.ts';
import { copiesArriveAsTheyWere, loaderMay } from '../warehouse/role-checks.ts';
import {
  migrationsRun,
  migrationsRunOnce,
  questionsAreTaken,
  secretIsFoundByName,
  workgroupStands,
} from '../warehouse/checks.ts';

export const warehouseClaims: readonly Claim[] = [
  {
    id: 'warehouse-stands',
    area: 'Warehouse',
    claim: "A workgroup of 4 RPU stands in the account's default network.",
    step: 'warehouse',
    how: 'Makes one, and takes the time.',
    check: workgroupStands,
  },
  {
    id: 'warehouse-admin-secret-name',
    area: 'Warehouse',
    claim: "The administrator's secret is called `redshift!<namespace>-<user>`, and the Data API takes that name for its ARN.",
    step: 'warehouse',
    how: 'Signs in with that name in the place of the ARN.',
    check: secretIsFoundByName,
  },
  {
    id: 'warehouse-migrations-run',
    area: 'Warehouse',
    claim: 'Redshift takes every migration, as its administrator.',
    step: 'warehouse',
    how: 'Applies all of `warehouse/migrations/`, as the migrator does.',
    check: migrationsRun,
  },
  {
    id: 'warehouse-migrations-run-once',
    area: 'Warehouse',
    claim: 'Migrations that were applied are not applied again.',
    step: 'warehouse',
    how: 'Applies them a second time.',
    check: migrationsRunOnce,
  },
  {
    id: 'warehouse-questions-taken',
    area: 'Warehouse',
    claim: 'Redshift takes the statement of every fixed question.',
    step: 'warehouse',
    how: 'Runs them over empty tables, as the administrator.',
    check: questionsAreTaken,
  },
  {
    id: 'warehouse-rights-of-the-loader',
    area: 'Warehouse',
    claim: 'MERGE, LOCK and ANALYZE work with the rights that the role `etl` has.',
    step: 'warehouse',
    how: 'Lands three lines as a user of the role `landing_writer`, loads and refreshes them as one of `etl`.',
    check: loaderMay,
  },
  {
    id: 'warehouse-zones',
    area: 'Warehouse',
    claim: "Redshift Serverless stands in the account's first three zones, with 4 RPU.",
    look: 'Deploy stage `dev`: the workgroup comes to stand; otherwise the deployment names the zone.',
  },
  {
    id: 'warehouse-egress',
    area: 'Warehouse',
    claim: 'A security group without a way out stops neither COPY nor the audit logs.',
    look: 'Deploy stage `dev`, load a line, and look into `/aws/redshift/tillgraph-dev-…/connectionlog`.',
  },
  {
    id: 'warehouse-wakes',
    area: 'Warehouse',
    claim: 'A workgroup that is asleep answers within the time that a caller waits.',
    look: 'Ask for sales of a product when the workgroup has slept for an hour, and take the time.',
  },
  {
    id: 'warehouse-statement-owner',
    area: 'Warehouse',
    claim:
      "A statement's owner is `<role id>:<session>` in `redshift-data:statement-owner-iam-userid`, and AppSync's second call may read what its first began in another session.",
    look: 'Deploy stage `dev` and ask for sales of a product until the rows come.',
  },
  {
    id: 'warehouse-system-views',
    area: 'Warehouse',
    claim:
      "`sys_load_history` and `sys_load_error_detail` may be read inside the load's transaction, and SYSLOG ACCESS UNRESTRICTED shows the loader the COPYs of another user.",
    look: 'Deliver a line whose quantity is no number: `intake.reject` has it, with its reason.',
  },
  {
    id: 'warehouse-copies-shown-soon',
    area: 'Warehouse',
    claim: 'The system views show a COPY within an hour after it committed.',
    look: 'Compare `end_time` of a COPY with the time at which the loader first sees it.',
  },
  {
    id: 'warehouse-lock-and-copy',
    area: 'Warehouse',
    claim: 'COPY works in a transaction behind LOCK, and a division by zero ends such a transaction.',
    look: 'Import a file: its lines are in `mart.fact_line`.',
  },
  {
    id: 'warehouse-times',
    area: 'Warehouse',
    claim: 'A load of 100 lines and the fixed questions take less than the time-out of the loader on 4 RPU.',
    look: 'The log of the loader after a delivery tells the milliseconds of each part.',
  },
  {
    id: 'warehouse-null-text',
    area: 'Warehouse',
    claim: "`NULL AS ' NULL '` leaves every text of a staged CSV what it is, and COPY of JSON takes the text `\\N` for a text.",
    step: 'warehouse',
    how: 'Copies descriptions such as `NULL` and `\\N` as JSON and as CSV, and reads them back.',
    check: copiesArriveAsTheyWere,
  },
  {
    id: 'warehouse-copy-gzip-manifest',
    area: 'Warehouse',
    claim: 'COPY takes gzipped CSV by a manifest, with all columns named, as the role of the namespace.',
    step: 'warehouse',
    how: 'Copies a list of one gzipped file as a user of the role `etl`, by the role of the namespace.',
    check: copiesArriveAsTheyWere,
  },
  {
    id: 'warehouse-usage-metric',
    area: 'Warehouse',
    claim:
      'The alarm on the daily limit reads `UsageLimitConsumed` with the dimension `UsageType=SERVERLESS_COMPUTE`, in whole RPU-hours or in fractions.',
    look: 'Look at the metric of a stage that has been awake for a quarter of an hour.',
  },
  {
    id: 'warehouse-data-api-as-local',
    area: 'Warehouse',
    claim: 'The Data API answers every case of the parity tests as the stand-in does.',
    look: 'Set `PARITY_WORKGROUP` and `PARITY_DATABASE`, and run `PARITY_REMOTE=aws npx vitest run local/services/redshift-data/parity.test.ts`.',
  },
];
