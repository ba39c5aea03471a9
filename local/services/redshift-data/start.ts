import type { Closers } from '../../closers.ts';
import type { ServiceOptions } from '../../service-options.ts';
import type { StackDefinition } from '../../template/stack-definition.ts';
import type { RedshiftService } from '../redshift/service.ts';
import type { SecretValues } from '../secrets-manager/secret-values.ts';
import { startRedshiftData } from './service.ts';

/** A database, and the secrets that its users log in with. */
export interface Warehouse {
  readonly redshift: RedshiftService;
  readonly secrets: SecretValues;
}

/** Start the Data API of the database, with the database that the warehouse is made with. @returns its address */
export async function startDataApi(
  { warehouse }: StackDefinition,
  { redshift, secrets }: Warehouse,
  options: ServiceOptions,
  closers: Closers,
): Promise<string> {
  const workgroups = warehouse ? [{ name: warehouse.workgroupName, databaseName: warehouse.databaseName }] : [];
  const secretOf = (arn: string) => secrets.login(arn);
  const dataApi = await startRedshiftData({ ...options, port: 0, workgroups, redshift, secretOf });
  closers.add(() => dataApi.close());
  return dataApi.url;
}
