import type { Clock } from '../../clock.ts';
import type { Closers } from '../../closers.ts';
import type { ServiceOptions } from '../../service-options.ts';
import type { Stores } from '../../stores.ts';
import type { StackDefinition } from '../../template/stack-definition.ts';
import type { Functions } from '../lambda/functions.ts';
import type { RedshiftService } from '../redshift/service.ts';
import type { Warehouse } from '../redshift-data/start.ts';
import type { Login } from './delivery.ts';
import { type FirehoseService, startFirehose } from './service.ts';

/** What a delivery stream reads from, calls and loads into. */
export interface DeliverySurroundings extends Warehouse {
  readonly stores: Stores;
  readonly functions: Pick<Functions, 'invoke'>;
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
