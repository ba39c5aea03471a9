import { AccountError, makeAccounts, type Principal, type PrincipalRole, type User, type UserRole } from './accounts.ts';
import type { DataApi } from './data-api.ts';
import { closeDefaultDatabase, DEFAULT_DATABASE } from './default-database.ts';
import { customResourceResponse, type CustomResourceRequest, type CustomResourceResponse } from './custom-resource.ts';
import { migrate, type SqlFile } from './migrations.ts';
import type { RunClock } from './run-clock.ts';
import { warehouseSession } from './warehouse-session.ts';

/** What the migrator works with. */
export interface MigratorPorts {
  /** The files of `warehouse/migrations`. */
  readonly migrations: () => readonly SqlFile[];
  /** The database as its administrator. */
  readonly dataApi: (place: { readonly workgroup: string; readonly database: string; readonly secretArn: string }) => DataApi;
  /** The text of a secret. */
  readonly secret: (arn: string) => Promise<string>;
  /** Bring the answer to CloudFormation. */
  readonly respond: (url: string, response: CustomResourceResponse) => Promise<void>;
  readonly newToken: () => string;
  readonly log: (level: 'INFO' | 'ERROR', entry: Readonly<Record<string, unknown>>) => void;
}

/**
 * Bring the warehouse to where the stack wants it: migrations, then users. CloudFormation is answered whatever happens, because
 * it would wait an hour for an answer that does not come. Deleting the resource leaves the data alone.
 */
export async function answerCustomResource(request: CustomResourceRequest, ports: MigratorPorts, clock: RunClock): Promise<void> {
  const id = request.PhysicalResourceId ?? `${request.LogicalResourceId}-schema`;
  let response: CustomResourceResponse;
  try {
    const applied = request.RequestType === 'Delete' ? [] : await migrateAndMakeUsers(request.ResourceProperties, ports, clock);
    ports.log('INFO', { request: request.RequestType, applied });
    const reason =
      request.RequestType === 'Delete'
        ? 'the data stay'
        : `applied: ${applied.length === 0 ? 'nothing new' : applied.join(', ')}`;
    response = customResourceResponse(request, id, { status: 'SUCCESS', reason, data: { Applied: String(applied.length) } });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    ports.log('ERROR', { request: request.RequestType, reason });
    response = customResourceResponse(request, id, { status: 'FAILED', reason });
  }
  await ports.respond(request.ResponseURL, response);
}

async function migrateAndMakeUsers(
  given: CustomResourceRequest['ResourceProperties'],
  { migrations, dataApi, secret, newToken }: MigratorPorts,
  clock: RunClock,
): Promise<string[]> {
  const place = {
    workgroup: textIn(given, 'WorkgroupName'),
    database: textIn(given, 'DatabaseName'),
    secretArn: textIn(given, 'AdminSecretArn'),
  };
  const principals = listIn(given, 'Principals').map((one): Principal => ({
    roleName: textIn(one, 'RoleName'),
    role: textIn(one, 'Role') as PrincipalRole,
  }));
  const users: User[] = [];
  for (const one of listIn(given, 'Users')) {
    const content = secretContent(textIn(one, 'SecretArn'), await secret(textIn(one, 'SecretArn')));
    users.push({
      username: textIn(content, 'username'),
      password: textIn(content, 'password'),
      role: textIn(one, 'Role') as UserRole,
    });
  }
  const session = warehouseSession(dataApi(place), clock, newToken);
  const applied = await migrate(session, migrations());
  await makeAccounts(session, users, principals);
  if (place.database !== DEFAULT_DATABASE)
    await closeDefaultDatabase(warehouseSession(dataApi({ ...place, database: DEFAULT_DATABASE }), clock, newToken));
  return applied;
}

type Properties = Readonly<Record<string, unknown>>;

/** @throws AccountError */
function secretContent(arn: string, text: string): Properties {
  try {
    const content: unknown = JSON.parse(text);
    if (typeof content === 'object' && content !== null) return content as Properties;
  } catch {
    // The parser's message would repeat the secret.
  }
  throw new AccountError('SecretArn', arn, 'keep a JSON object with username and password in the secret');
}

/** @throws AccountError */
function textIn(properties: Properties, name: string): string {
  const value = properties[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new AccountError(name, value === undefined ? '' : typeof value, 'give a text that is not empty');
}

/** @throws AccountError */
function listIn(properties: Properties, name: string): Properties[] {
  const value = properties[name];
  if (Array.isArray(value) && value.every((one) => typeof one === 'object' && one !== null)) return value as Properties[];
  throw new AccountError(name, typeof value, 'give a list of objects');
}
