import { createHash } from 'node:crypto';
import { retryLostBatch, StatementRefusedError, type WarehouseSession } from './warehouse-session.ts';

/** A database user who signs in with a password. */
export interface User {
  readonly username: string;
  readonly password: string;
  readonly role: UserRole;
}

/** A database user who signs in as an IAM role, without a password. */
export interface Principal {
  /** The name of the IAM role, without path. */
  readonly roleName: string;
  readonly role: PrincipalRole;
}

const USER_ROLES = ['landing_writer', 'bi_reader'] as const;
const PRINCIPAL_ROLES = ['etl', 'api_reader'] as const;
const ROLES: ReadonlySet<string> = new Set([...USER_ROLES, ...PRINCIPAL_ROLES]);
/** A database role for users with passwords. */
export type UserRole = (typeof USER_ROLES)[number];
/** A database role for IAM roles. */
export type PrincipalRole = (typeof PRINCIPAL_ROLES)[number];

/** What the stack asks for cannot be an account of the warehouse. */
export class AccountError extends Error {
  override readonly name = 'AccountError';
  readonly code = 'ACCOUNT';

  constructor(
    readonly field: string,
    readonly value: string,
    instead: string,
  ) {
    super(`${field} "${value}": ${instead}`);
  }
}

/**
 * What a user's sessions are like from their beginning, and what else a user may.
 *
 * @source Redshift developer guide, ALTER USER: without SYSLOG ACCESS UNRESTRICTED the system's views show a user what it did itself
 */
const SETTINGS: Record<UserRole | PrincipalRole, readonly string[]> = {
  // Where a refused line came from is told by the history of COPYs, which Firehose does as another user.
  etl: ['SYSLOG ACCESS UNRESTRICTED'],
  api_reader: [],
  // COPYs wait for a workgroup that wakes up, and Firehose has a time-out of its own.
  landing_writer: ['SET search_path TO intake'],
  // A question of a BI tool may take two minutes, so that one that was made badly does not keep the workgroup awake.
  bi_reader: ['CONNECTION LIMIT 20', 'SET statement_timeout TO 120000', 'SET search_path TO bi'],
};

/**
 * Make the users there should be, with their passwords and roles. May be repeated, and then passwords are set anew.
 *
 * @throws AccountError
 * @throws StatementRefusedError
 */
export async function makeAccounts(
  session: WarehouseSession,
  users: readonly User[],
  principals: readonly Principal[],
): Promise<void> {
  for (const user of users) {
    const { username, password } = user;
    const name = userName(username);
    if (password === '') throw new AccountError('password of', username, 'write one into the secret');
    const role = known(USER_ROLES, user.role);
    await makeUser(session, name, role);
    await alterUser(session, name, [`PASSWORD '${passwordDigest(username, password)}'`, ...SETTINGS[role]]);
  }
  for (const principal of principals) {
    const name = roleUserName(principal.roleName);
    const role = known(PRINCIPAL_ROLES, principal.role);
    await makeUser(session, name, role);
    await alterUser(session, name, SETTINGS[role]);
    if (role === 'etl') await giveLock(session, name);
  }
}

/**
 * Make the loader the owner of what loads lock. An owner may lock a table whatever else LOCK asks for, which no document says: PostgreSQL is
 * content with the right to change it.
 *
 * @source Redshift developer guide, LOCK: names no right
 */
async function giveLock(session: WarehouseSession, owner: string): Promise<void> {
  const statements = [`ALTER TABLE intake.mutex OWNER TO ${owner}`];
  await retryLostBatch(() => session.run({ name: 'owner of the lock', statements }));
}

async function alterUser(session: WarehouseSession, name: string, changes: readonly string[]): Promise<void> {
  if (changes.length === 0) return;
  const statements = changes.map((change) => `ALTER USER ${name} ${change}`);
  await retryLostBatch(() => session.run({ name: `settings of user ${name}`, statements }));
}

async function makeUser(session: WarehouseSession, name: string, role: string): Promise<void> {
  await unlessAlready(session, `CREATE USER ${name} PASSWORD DISABLE`);
  await unlessAlready(session, `GRANT ROLE ${role} TO ${name}`);
}

/**
 * A password as the database keeps it, so that the password itself is in no log of statements.
 *
 * @remarks MD5, though Redshift also takes `sha256|digest|salt`: with that, libpq cannot sign in ("authentication method 13 not
 * supported"), and so neither psql nor what is built on it. The passwords are long and random, so the digest tells nobody any of them.
 * @source Redshift developer guide, CREATE USER: `md5` and the MD5 of password and user name
 */
function passwordDigest(username: string, password: string): string {
  return `md5${createHash('md5').update(`${password}${username}`).digest('hex')}`;
}

/** A statement whose work is done already is as good as done now. */
async function unlessAlready(session: WarehouseSession, statement: string): Promise<void> {
  try {
    await retryLostBatch(() => session.run({ name: 'accounts', statements: [statement] }));
  } catch (cause) {
    if (!(cause instanceof StatementRefusedError) || !/\balready\b/i.test(cause.reason)) throw cause;
  }
}

/** @throws AccountError */
function userName(name: string): string {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(name))
    throw new AccountError('username', name, 'begin with a small letter, then small letters, digits and _, at most 63');
  if (ROLES.has(name)) throw new AccountError('username', name, 'choose another: a user cannot have the name of a role');
  return `"${name}"`;
}

/** The name under which an IAM role signs in. @source Redshift management guide, "Authorizing access to the Data API" */
function roleUserName(name: string): string {
  if (!/^[\w+=,.@-]{1,64}$/.test(name))
    throw new AccountError('RoleName', name, 'give the name of an IAM role, without its path');
  return `"IAMR:${name}"`;
}

function known<Role extends string>(roles: readonly Role[], role: string): Role {
  const found = roles.find((one) => one === role);
  if (found === undefined) throw new AccountError('Role', role, `choose one of ${roles.join(', ')}`);
  return found;
}
