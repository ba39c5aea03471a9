import type { SecretValues } from '../secrets-manager/secret-values.ts';
import type { S3Objects } from '../s3/in-process.ts';
import { startRedshift } from './service.ts';
import type { RedshiftService } from './service.ts';
import type { WarehouseDefinition } from './definition.ts';

export interface DatabaseOptions {
  /** Holds the cluster. */
  readonly directory: string;
  /** The port wished for; 0: any free one. */
  readonly port: number;
  readonly secrets: SecretValues;
  /** Resolves when S3 is up: COPY does not begin before. */
  readonly objects: Promise<S3Objects>;
  log(this: void, line: string): void;
}

/** A database that may have been started before the template said that it is wanted. */
export interface StartingDatabase {
  readonly administrator: { readonly username: string; readonly password: string };
  readonly service: Promise<RedshiftService>;
}

/** Begin to start the database of a warehouse. */
export function startDatabase({ adminSecretArn }: WarehouseDefinition, options: DatabaseOptions): StartingDatabase {
  const { directory, port, log, objects } = options;
  const administrator = options.secrets.login(adminSecretArn);
  const service = startRedshift({
    directory,
    port,
    log,
    adminUser: administrator.username,
    adminPassword: administrator.password,
    objects: {
      read: async (bucket, key) => (await objects).read(bucket, key),
      list: async (bucket, prefix) => (await objects).list(bucket, prefix),
      write: async (bucket, key, body) => (await objects).write(bucket, key, body),
    },
  });
  // `declaredDatabase` reports a failure, even when that is later.
  service.catch(() => undefined);
  return { administrator, service };
}

/**
 * The database of the warehouse that is declared in the end: the one that was begun if it fits, another one or none otherwise.
 *
 * @throws what the start of the database throws
 */
export async function declaredDatabase(
  begun: StartingDatabase | undefined,
  warehouse: WarehouseDefinition | undefined,
  options: DatabaseOptions,
): Promise<RedshiftService | undefined> {
  const login = warehouse && options.secrets.login(warehouse.adminSecretArn);
  const fits = begun !== undefined && JSON.stringify(login) === JSON.stringify(begun.administrator);
  if (fits) return begun.service;
  await stopDatabase(begun);
  return warehouse && startDatabase(warehouse, options).service;
}

/** End a database, also one that is still starting. */
export async function stopDatabase(begun: StartingDatabase | undefined): Promise<void> {
  const service = await begun?.service.catch(() => undefined);
  await service?.close();
}
