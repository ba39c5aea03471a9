import type { Clock } from '../../clock.ts';
import type { JsonCall } from '../../http/aws-json-server.ts';
import type { DataSessions } from './data-sessions.ts';
import type { Quotas } from './quotas.ts';
import { TEXTS, invalid } from './refusals.ts';
import { optionalText } from './request.ts';
import type { Input } from './request.ts';
import type { DataApiEffect, Target } from './statement.ts';
import type { StatementRuns } from './statement-run.ts';
import type { StatementStore } from './statement-store.ts';
import type { Waiting } from './waiting.ts';

/** What the operations work on. */
export interface ServiceState {
  readonly store: StatementStore;
  readonly runs: StatementRuns;
  readonly sessions: DataSessions;
  readonly waiting: Waiting;
  readonly quotas: Quotas;
  readonly workgroups: readonly string[];
  readonly clock: Clock;
}

type Call = JsonCall<DataApiEffect>;

/** Who owns what this call makes: a role, or the account's administrator. */
export const ownerOf = ({ roleArn }: Call): string => roleArn ?? ADMINISTRATOR;
const ADMINISTRATOR = 'administrator';

/** Whether this caller may see what belongs to `owner`; the administrator may see all. */
export const maySee = (call: Call, owner: string): boolean => call.roleArn === undefined || call.roleArn === owner;

/** The database that a call names, and its user. @throws ServiceError */
export function targetOf({ workgroups }: ServiceState, input: Input, call: Call): Target {
  const workgroupName = optionalText(input, 'WorkgroupName', { min: 3, max: 128 });
  const cluster = optionalText(input, 'ClusterIdentifier', { min: 1, max: 63 });
  const database = optionalText(input, 'Database');
  const secretArn = optionalText(input, 'SecretArn');
  const databaseUser = optionalText(input, 'DbUser');
  if (workgroupName === undefined && cluster === undefined) throw invalid(TEXTS.noTarget);
  if (workgroupName !== undefined && cluster !== undefined)
    throw invalid("ClusterIdentifier and WorkgroupName can't be specified together.");
  // Locally there are workgroups only.
  if (workgroupName === undefined || !workgroups.includes(workgroupName)) throw invalid(TEXTS.noSuchTarget);
  if (database === undefined) throw invalid('Database needs to be specified.');
  if (databaseUser !== undefined) throw invalid('DbUser is not supported with WorkgroupName: the user is that of the caller.');
  const role = call.roleArn?.split('/').at(-1);
  const user = secretArn !== undefined ? undefined : role === undefined ? 'administrator' : { role };
  return { workgroupName, database, owner: ownerOf(call), user, secretArn };
}
