import { createHash, randomBytes } from 'node:crypto';
import { retryLostBatch, StatementRefusedError, type WarehouseSession } from '../../../ingest/warehouse/warehouse-session.ts';
import type { Aws } from '../aws.ts';
import type { Journal, Made } from '../journal.ts';

/** The roles of the database, each with a user of its own here. */
export const ROLES = ['landing_writer', 'etl', 'api_reader', 'bi_reader'] as const;
export type Role = (typeof ROLES)[number];

/** What the migrator gives a role's user besides the role. @param user - quoted */
const ROLE_GRANTS: Readonly<Record<Role, (user: string) => readonly string[]>> = {
  landing_writer: () => [],
  etl: (user) => [`ALTER USER ${user} SYSLOG ACCESS UNRESTRICTED`, `ALTER TABLE intake.mutex OWNER TO ${user}`],
  api_reader: () => [],
  bi_reader: (user) => [`ALTER USER ${user} SET search_path TO bi`],
};

const usernameOf = (role: Role) => `confirm_${role}`;

/**
 * Make a user for each role, and a secret to sign in as it.
 *
 * @remarks All of them sign in with passwords, also where the stack's sign in as IAM roles: what a role may do is the same.
 * @param made - of the step: the secrets are called as it is, with the role behind it
 * @returns the secrets' ARNs
 */
export async function makeUsers(
  administrator: WarehouseSession,
  { aws, journal, made }: { readonly aws: Aws; readonly journal: Journal; readonly made: Omit<Made, 'kind'> },
): Promise<Readonly<Record<Role, string>>> {
  const secrets: Partial<Record<Role, string>> = {};
  for (const role of ROLES) {
    const [username, password] = [usernameOf(role), `Aa1${randomBytes(24).toString('hex')}`];
    const digest = createHash('md5').update(`${password}${username}`).digest('hex');
    const user = `"${username}"`;
    await unlessAlready(administrator, `CREATE USER ${user} PASSWORD DISABLE`);
    await unlessAlready(administrator, `GRANT ROLE ${role} TO ${user}`);
    const statements = [`ALTER USER ${user} PASSWORD 'md5${digest}'`, ...ROLE_GRANTS[role](user)];
    await retryLostBatch(() => administrator.run({ name: `user ${username}`, statements }));
    const name = `${made.name}-${role.replace('_', '-')}`;
    const { ARN = '' } = await journal.make({ ...made, name, kind: 'secret' }, () =>
      aws('secretsmanager:CreateSecret', { Name: name, SecretString: JSON.stringify({ username, password }) }),
    );
    secrets[role] = ARN;
  }
  return secrets as Record<Role, string>;
}

async function unlessAlready(session: WarehouseSession, statement: string): Promise<void> {
  try {
    await retryLostBatch(() => session.run({ name: 'users', statements: [statement] }));
  } catch (cause) {
    if (!(cause instanceof StatementRefusedError) || !/\balready\b/i.test(cause.reason)) throw cause;
  }
}
