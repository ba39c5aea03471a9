import type { Clock } from '../../clock.ts';
import type { Closers } from '../../closers.ts';
import type { ServiceOptions } from '../../service-options.ts';
import type { Stores } from '../../stores.ts';
import type { StackDefinition } from '../../template/stack-definition.ts';
import type { Functions } from '../lambda/functions.ts';
import type { RedshiftService } from '../redshift/service.ts';
import type { SecretValues } from '../secrets-manager/secret-values.ts';
import type { Login } from './delivery.ts';
import { type FirehoseService, startFirehose } from './service.ts';

/** Begin the deliveries from the stream into the database. */
export async function startDeliveries(
  { deliveryStreams: streams }: StackDefinition,
  { kinesis, s3 }: Stores,
  redshift: RedshiftService,
  functions: Pick<Functions, 'invoke'>,
  secrets: SecretValues,
  { streamClock, ...options }: ServiceOptions & { readonly directory: string; readonly streamClock?: Clock },
  closers: Closers,
): Promise<FirehoseService> {
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
