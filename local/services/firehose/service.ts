import { join } from 'node:path';
import { systemClock } from '../../clock.ts';
import type { Clock } from '../../clock.ts';
import { Faults } from '../../faults.ts';
import { startJsonServer } from '../../http/aws-json-server.ts';
import type { JsonServerOptions } from '../../http/aws-json-server.ts';
import type { Measurement } from '../../measure.ts';
import type { DeliveryStreamDefinition } from './definition.ts';
import type { DeliveryPorts, FirehoseEffect } from './delivery.ts';
import { Delivery, DELIVERY_EFFECTS } from './delivery.ts';
import { refusePrefixExpressions } from './object-keys.ts';
import { deliveryStreamNamed, deliveryStreamOperations } from './operations.ts';
import type { DeliveryStream } from './operations.ts';
import type { Positions } from './progress.ts';
import { Progress } from './progress.ts';

export interface FirehoseOptions extends JsonServerOptions, Omit<DeliveryPorts, 'clock' | 'log'> {
  /** How far each stream is lies here; made when it does not exist. */
  readonly directory: string;
  readonly accountId: string;
  readonly streams: readonly DeliveryStreamDefinition[];
  /** Buffering and retries are divided by it. */
  readonly timeFactor: number;
  /** Objects of a stream that wait for COPY before reading stops: what lies behind is safe in the source. @default 500 */
  readonly maxWaiting?: number;
  /** @default the system's */
  readonly clock?: Clock;
}

/** Amazon Data Firehose on one machine: from Kinesis, through objects, by COPY into a table. */
export interface FirehoseService {
  /** Describes; `GET /_deliveries` tells how far each stream is, `/_faults` has `Copy`, `PutObject` and `Transform` besides. */
  readonly url: string;
  /**
   * Resolves when all records up to these are in the table, in objects that a manifest under `errors/` names, under
   * `processing-failed/`, or dropped by the function.
   *
   * @param through - sequence number of the last record for each shard that matters, as PutRecords answered it
   * @throws Error when Firehose closes before
   */
  whenDelivered(streamName: string, through: Positions): Promise<void>;
  /** What Firehose tells CloudWatch every minute, of all its streams. */
  ages(): Promise<readonly Measurement[]>;
  /** Stops reading and waits for the COPYs under way; everything else goes on with the next start. */
  close(): Promise<void>;
}

const MAX_WAITING = 500;
/** Begin delivering. @throws UnsupportedPrefixError */
export async function startFirehose(options: FirehoseOptions): Promise<FirehoseService> {
  const { streams, directory, clock = systemClock, timeFactor, maxWaiting = MAX_WAITING } = options;
  for (const definition of streams) refusePrefixExpressions(definition);
  const faults = new Faults<FirehoseEffect>('firehose', {
    DescribeDeliveryStream: ['unavailable', 'unavailable-after'],
    ListDeliveryStreams: ['unavailable', 'unavailable-after'],
    ...DELIVERY_EFFECTS,
  });
  const deliveries = new Map<string, DeliveryStream>();
  for (const definition of streams) {
    const progress = Progress.open(join(directory, `${definition.name}.json`), definition, clock.now());
    const delivery = new Delivery(definition, progress, faults, {
      ports: { ...options, clock },
      options: { timeFactor, maxWaiting },
    });
    deliveries.set(definition.name, { definition, progress, delivery });
  }
  const find = (name: unknown) => deliveryStreamNamed(deliveries, name, options.accountId);
  const server = await startJsonServer(
    {
      signingName: 'firehose',
      targetPrefix: 'Firehose_20150804',
      jsonVersion: '1.1',
      operations: deliveryStreamOperations(deliveries, options),
      faults,
      maxBodyBytes: MAX_BODY_BYTES,
      pages: { '/_deliveries': () => Promise.all([...deliveries.values()].map(({ delivery }) => delivery.look())) },
    },
    options,
  );
  await Promise.all([...deliveries.values()].map(({ delivery }) => delivery.start()));
  return {
    url: server.url,
    whenDelivered: async (streamName, through) => find(streamName).delivery.whenDelivered(through),
    ages: async () => (await Promise.all([...deliveries.values()].map(({ delivery }) => delivery.ages()))).flat(),
    close: async () => {
      await Promise.all([server.close(), ...[...deliveries.values()].map(({ delivery }) => delivery.close())]);
    },
  };
}

/** A PutRecordBatch has up to 4 MiB of data, in base64. @unit bytes */
const MAX_BODY_BYTES = 8 * 1024 * 1024;
