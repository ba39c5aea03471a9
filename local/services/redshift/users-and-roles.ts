import type { Draft } from './draft.ts';
import { StatementError, notSupported } from './errors.ts';
import { groupName, nameOf, quoteName, quoteText, roleName, userName } from './names.ts';
import { keepCompat } from './search-path.ts';
import { stringValue } from './sql-lexer.ts';

const nameAt = (draft: Draft, place: number) => nameOf(draft.at(place)?.text ?? '');

/** CREATE USER and ALTER USER. @param place - of the name */
export function rewriteUser(draft: Draft, place: number): string[] {
  const name = nameAt(draft, place);
  const engineName = userName(name);
  draft.replace(place, quoteName(engineName));
  const isNew = draft.is(0, 'CREATE');
  let next = draft.is(place + 1, 'WITH') ? place + 2 : place + 1;
  draft.remove(place + 1, next);
  if (draft.is(next, 'RENAME', 'TO')) {
    const newName = nameAt(draft, next + 2);
    draft.replace(next + 2, quoteName(userName(newName)));
    return [sharedNameCheck('user', newName)];
  }
  if (draft.is(next, 'SET|RESET') && !draft.is(next, 'RESET', 'SESSION')) {
    if (draft.is(next, 'SET')) keepCompat(draft, next + 1);
    return [];
  }
  const rest: string[] = [];
  let hasPassword = false;
  while (next < draft.length && draft.word(next) !== ';') {
    hasPassword ||= draft.word(next) === 'PASSWORD';
    next += rewriteUserOption(draft, next, engineName, rest);
  }
  if (isNew && !hasPassword) throw new StatementError('42601', `CREATE USER ${name} needs PASSWORD '…' or PASSWORD DISABLE`);
  // The whole name, where PostgreSQL has no room for it.
  if (isNew) rest.unshift(sharedNameCheck('user', name));
  return name === engineName || !isNew ? rest : [`COMMENT ON ROLE ${quoteName(engineName)} IS ${quoteText(name)}`, ...rest];
}

/** @returns how many places were read */
function rewriteUserOption(draft: Draft, place: number, user: string, rest: string[]): number {
  const drop = (width: number) => {
    draft.remove(place, place + width);
    return width;
  };
  switch (draft.word(place)) {
    case 'PASSWORD':
      if (draft.word(place + 1) === 'DISABLE') draft.replace(place + 1, 'NULL');
      else checkPassword(stringValue(draft.at(place + 1)?.text ?? "''"));
      return 2;
    case 'CREATEUSER':
      draft.replace(place, 'SUPERUSER');
      return 1;
    case 'NOCREATEUSER':
      draft.replace(place, 'NOSUPERUSER');
      return 1;
    case 'CREATEDB':
    case 'NOCREATEDB':
      return 1;
    case 'SYSLOG':
      // The views of the system ask for the membership.
      if (draft.is(place, 'SYSLOG', 'ACCESS', 'UNRESTRICTED')) rest.push(`GRANT pg_read_all_stats TO ${quoteName(user)}`);
      else if (draft.is(0, 'ALTER')) rest.push(`REVOKE pg_read_all_stats FROM ${quoteName(user)}`);
      return drop(3);
    case 'SESSION':
      return drop(3);
    case 'RESET':
      return drop(3);
    case 'EXTERNALID':
      return drop(2);
    case 'VALID':
      return 3;
    case 'CONNECTION':
      if (draft.word(place + 2) === 'UNLIMITED') draft.replace(place + 2, '-1');
      return 3;
    case 'IN': {
      let end = place + 2;
      for (; end < draft.length && !draft.is(end, ';'); end += 2) {
        rest.push(`GRANT ${quoteName(groupName(nameAt(draft, end)))} TO ${quoteName(user)}`);
        if (draft.word(end + 1) !== ',') break;
      }
      return drop(end + 1 - place);
    }
    default:
      throw notSupported(
        `"${draft.at(place)?.text ?? ''}" of a user`,
        'write PASSWORD, CREATEDB, CREATEUSER, CONNECTION LIMIT or VALID UNTIL',
      );
  }
}

// https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_USER.html
function checkPassword(password: string): void {
  if (/^md5[0-9a-f]{32}$/.test(password)) return;
  if (password.startsWith('sha256|'))
    throw notSupported('a SHA-256 password', 'write it as MD5 or in clear, or PASSWORD DISABLE');
  if (!/^[\x21-\x7e]{8,64}$/.test(password) || /['"\\/@]/.test(password))
    throw new StatementError('22023', `password must have 8 to 64 printable ASCII characters other than ' " \\ / @ and space`);
  if (!/[A-Z]/.test(password) || !/[a-z]/.test(password) || !/[0-9]/.test(password))
    throw new StatementError('22023', 'password must contain an upper case letter, a lower case letter and a digit');
}

/** DROP USER [IF EXISTS] a, b; DROP ROLE r [FORCE|RESTRICT]; DROP GROUP g. @param place - behind the kind */
export function rewriteDropPrincipal(draft: Draft, place: number, toName: (name: string) => string): void {
  for (let next = draft.is(place, 'IF', 'EXISTS') ? place + 2 : place; next < draft.length; next += 2) {
    draft.replace(next, quoteName(toName(nameAt(draft, next))));
    if (draft.word(next + 1) !== ',') {
      if (draft.word(next + 1) === 'FORCE') throw notSupported('DROP ROLE … FORCE', 'REVOKE its grants first');
      if (draft.word(next + 1) === 'RESTRICT') draft.remove(next + 1, next + 2);
      return;
    }
  }
}

/** CREATE ROLE r [EXTERNALID id]. @param place - of the name @returns what is run after it */
export function rewriteCreateRole(draft: Draft, place: number): string[] {
  const name = nameAt(draft, place);
  draft.replace(place, quoteName(roleName(name)));
  if (draft.is(place + 1, 'EXTERNALID')) draft.remove(place + 1, place + 3);
  return [sharedNameCheck('role', name)];
}

/**
 * Names of roles and users that Redshift keeps for itself.
 *
 * @source Redshift database developer guide: CREATE USER ("can't be PUBLIC"), system-defined roles (`sys:`, and `ds:` for datashares)
 */
const RESERVED = { user: /^(public$|ds:)/i, role: /^(public$|sys:|ds:)/i };

/**
 * The statement that fails when a role or user has the name of the other kind.
 *
 * @source Redshift database developer guide, CREATE ROLE: "must be unique and can't be the same as any user names"
 */
function sharedNameCheck(kind: 'user' | 'role', name: string): string {
  if (RESERVED[kind].test(name)) throw new StatementError('42939', `${kind} name "${name}" is reserved by Redshift`);
  const [otherKind, other] = kind === 'user' ? ['role', roleName(name)] : ['user', userName(name)];
  return `SELECT rs_compat.refuse_shared_name('${kind}', ${quoteText(name)}, '${otherKind}', ${quoteText(other)})`;
}

/** CREATE GROUP g [WITH USER a, b], ALTER GROUP g ADD|DROP USER a, b. @param place - of the name */
export function rewriteGroup(draft: Draft, place: number): void {
  draft.replace(place, quoteName(groupName(nameAt(draft, place))));
  for (let next = place + 1; next < draft.length; next += 1) {
    if (draft.at(next)?.kind === 'quoted' || draft.is(next - 1, 'USER|,'))
      draft.replace(next, quoteName(userName(nameAt(draft, next))));
  }
}

/**
 * GRANT and REVOKE: a role's name is marked by ROLE, a group's by GROUP, PUBLIC is everybody, and the rest are users.
 *
 * @param start - of GRANT or REVOKE; later than 0 behind ALTER DEFAULT PRIVILEGES
 */
export function rewriteGrant(draft: Draft, start: number): void {
  const isRevoke = draft.word(start) === 'REVOKE';
  const to = draft.find(start + 1, isRevoke ? 'FROM' : 'TO');
  if (to < 0) return;
  if (draft.is(start + 1, 'ASSUMEROLE')) throw notSupported('GRANT ASSUMEROLE', 'locally COPY may use every role');
  const admin = draft.is(start + 1, 'ADMIN', 'OPTION', 'FOR') ? start + 4 : start + 1;
  if (draft.word(admin) === 'ROLE') rewritePrincipals(draft, admin, to);
  else if (draft.find(start + 1, 'ON') < 0)
    throw notSupported(draft.text(start, to), 'write GRANT privilege ON object, or GRANT ROLE role');
  rewritePrincipals(draft, to + 1, draft.length);
}

/** A list such as `ROLE a, GROUP b, c WITH GRANT OPTION`. */
function rewritePrincipals(draft: Draft, start: number, end: number): void {
  for (let place = start; place < end;) {
    const kind = draft.word(place);
    const isMarked = draft.is(place, 'ROLE|GROUP|USER');
    const at = isMarked ? place + 1 : place;
    const name = nameAt(draft, at);
    if (isMarked) draft.remove(place, at);
    if (draft.word(at) !== 'PUBLIC')
      draft.replace(at, quoteName(kind === 'ROLE' ? roleName(name) : kind === 'GROUP' ? groupName(name) : userName(name)));
    if (draft.word(at + 1) !== ',') return;
    place = at + 2;
  }
}
