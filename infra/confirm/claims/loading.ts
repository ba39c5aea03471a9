import type { Claim } from '../claim.ts';
import { isMadeAgain } from '../warehouse/checks.ts';
import { limitIsSaid, loadErrorsMayBeRead, loaderMay, readersMayRead } from '../warehouse/role-checks.ts';

/** What loading and reading rely on, beyond that the statements are taken. */
export const loadingClaims: readonly Claim[] = [
  {
    id: 'lock-by-owner',
    area: 'Warehouse',
    claim: 'The owner of a table may lock it, whatever other right LOCK asks for.',
    step: 'warehouse',
    how: 'Loads as a user of the role `etl` who owns the table, and has no other right on it.',
    check: loaderMay,
  },
  {
    id: 'system-views-joined',
    area: 'Warehouse',
    claim: '`sys_load_history` and `sys_load_error_detail` may be read and joined with one another by the user `loader`.',
    step: 'warehouse',
    how: 'Runs the statements of `warehouse/load-errors/` as a user of the role `etl`.',
    check: loadErrorsMayBeRead,
  },
  {
    id: 'plan-needs-temp',
    area: 'Warehouse',
    claim: 'No plan needs a right that a role which reads has not, the one to make temporary tables among them.',
    step: 'warehouse',
    how: 'Asks every fixed question as a user of the role `api_reader`, and every view of `bi` as one of `bi_reader`.',
    check: readersMayRead,
  },
  {
    id: 'dev-database-rights',
    area: 'Warehouse',
    claim: 'The administrator may take from PUBLIC what everybody has in the database `dev`.',
    look: 'Deploy stage `dev`, sign in to the database `dev` as `bi`, and see that `CREATE TABLE` is refused.',
  },
  {
    id: 'usage-limit-words',
    area: 'Warehouse',
    claim: 'A statement past the limit of the day fails with words that contain `usage limit`.',
    step: 'warehouse',
    how: 'Gives the workgroup a limit of one RPU-hour, keeps it at work, and reads what it says then.',
    check: limitIsSaid,
  },
  // The last of its step, because nothing is in the warehouse that is made again.
  {
    id: 'warehouse-made-again',
    area: 'Warehouse',
    claim: 'A workgroup and a namespace that were deleted can be made again under their names at once.',
    step: 'warehouse',
    how: 'Deletes both and makes them again, as soon as Redshift says that they are gone.',
    check: isMadeAgain,
  },
  {
    id: 'data-api-page-size',
    area: 'Warehouse',
    claim: 'One page of the Data API holds 1,001 rows of an answer, which are about half a megabyte.',
    look: 'Ask for 1,000 sales by product, customer and hour: `hasMore` is true, and 1,000 rows are there.',
  },
  {
    id: 'token-of-failed-batch',
    area: 'Warehouse',
    claim: 'A batch that failed under a token answers with its failure when it is sent under that token again.',
    look: 'Send `SELECT 1/0` twice with one `ClientToken`: both answers have the same `Id`.',
  },
  {
    id: 'copy-into-temporary-table',
    area: 'Warehouse',
    claim: 'COPY takes JSON into a temporary table inside a transaction of the Data API, as the user `loader`.',
    look: 'Call the loader with `{"source":"tillgraph.compare"}` after a line was sent: its log says `settled`.',
  },
  {
    id: 'delivery-active-when-created',
    area: 'Delivery',
    claim: 'A delivery stream is active when CloudFormation says that it is made, and reads from there on.',
    look: 'Send a line when the first deployment ends: it is delivered, and the first comparison finds nothing missed.',
  },
  {
    id: 'registered-partitions-read',
    area: 'Crawlers and data quality',
    claim:
      'Spectrum, Spark and the ruleset read the partitions that are registered, of a table that also has partition projection.',
    look: 'Evaluate the ruleset of a stage after an import, and read `lines` by an external schema: both see all lines.',
  },
  {
    id: 'catalog-partition-rights',
    area: 'Crawlers and data quality',
    claim: 'To register partitions needs rights on the catalog, the database and the table, and on no partition.',
    look: 'Deploy stage `dev` and send a line: after half an hour `raw` has a partition.',
  },
  {
    id: 'list-hours-condition',
    area: 'Crawlers and data quality',
    claim: 'A listing with a delimiter below `raw/v=1/` satisfies a condition on `s3:prefix`, also for its further pages.',
    look: 'Deploy stage `dev` and send a line: the log of the loader has no problem with the hours of `raw`.',
  },
];
