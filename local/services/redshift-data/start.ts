import type { Clock } from '../../clock.ts';
import type { Closers } from '../../closers.ts';
import type { LocalCredentials } from '../appsync/definition.ts';
import type { Functions } from '../lambda/functions.ts';
import type { Measure } from '../../measure.ts';
import type { RedshiftService } from '../redshift/service.ts';
import { startRedshiftData } from './service.ts';
import type { Login } from '../firehose/delivery.ts';
import { type FirehoseService, startFirehose } from '../firehose/service.ts';
import type { Stores } from '../../stores.ts';
import type { StackDefinition } from '../../template/stack-definition.ts';
import type { SecretValues } from '../secrets-manager/secret-values.ts';

export interface ServiceOptions {
  readonly credentials: LocalCredentials;
  readonly accountId: string;
  readonly region: string;
  readonly timeFactor: number;
  log(this: void, line: string): void;
  /** Receives the metrics of the services. */
  readonly measure: Measure;
}

/** A database, and the secrets that its users log in with. */
export interface Warehouse {
  readonly redshift: RedshiftService;
  readonly secrets: SecretValues;
}

/** What a delivery stream reads from, calls and loads into. */
export interface DeliverySurroundings extends Warehouse {
  readonly stores: Stores;
  readonly functions: Pick<Functions, 'invoke'>;
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

/** Begin the deliveries from the stream into the database, if any are declared. */
export async function startDeliveries(
  { deliveryStreams: streams }: StackDefinition,
  { stores: { kinesis, s3 }, functions, redshift, secrets }: DeliverySurroundings,
  { streamClock, ...options }: ServiceOptions & { readonly directory: string; readonly streamClock?: Clock },
  closers: Closers,
): Promise<FirehoseService | undefined> {
  if (streams.length === 0) return undefined;
  const firehose = await startFirehose({
    ...options,
    ...(streamClock && { clock: streamClock }),
    port: 0,
    streams,
    source: kinesis,
    objects: s3.objects,
    copy: (statement, login) => copy(redshift, statement, login),
    secretOf: (arn) => secrets.login(arn),
    invoke: (name, event) => functions.invoke(name, event),
  });
  closers.add(() => firehose.close());
  return firehose;
}

/** As the user of the delivery, who must know the password. */
async function copy(
  redshift: RedshiftService,
  statement: string,
  { database, username, password }: Login,
): Promise<{ readonly rows: number }> {
  await redshift.checkPassword(database, username, password);
  const session = await redshift.openSession({ database, user: { user: username } });
  try {
    const { rowCount } = await session.run(statement);
    return { rows: rowCount };
  } finally {
    await session.close();
  }
}
