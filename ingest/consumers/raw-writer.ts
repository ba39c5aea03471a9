import { constants, gzip } from 'node:zlib';
import { promisify } from 'node:util';
import { RAW_LINES_PREFIX } from '../../domain/bucket.ts';
import { batchObjectKey, recordBytes, type KinesisConsumer } from './kinesis-batch.ts';
import type { ObjectStore } from './object-store.ts';
import { acceptedBytes } from './stream-judge.ts';

const compress = promisify(gzip);

/**
 * Stream to raw layer: the accepted lines of everything that was waiting become one gzipped NDJSON object.
 *
 * @remarks What is refused the store writer keeps, with the reason; here nothing of any content can block the layer that everything
 * can be rebuilt from. The one write is the last act. A batch that comes again as it was replaces its own object; one that is cut
 * otherwise after a crash overlaps another object, so the layer is read as a set. (An object for the first record alone would be
 * replaced by every batch that begins there, and an attempt that was given up could shorten it when it arrives late.)
 */
export const rawWriter =
  (objects: ObjectStore): KinesisConsumer =>
  async (event, deadline) => {
    const accepted = Buffer.concat(event.Records.map((record) => acceptedBytes(recordBytes(record))));
    if (accepted.length > 0) {
      const body = await compress(accepted, { level: constants.Z_BEST_SPEED });
      await objects.put(`${batchObjectKey(RAW_LINES_PREFIX, event.Records)}.ndjson.gz`, body, 'application/x-ndjson', deadline);
    }
    return { batchItemFailures: [] };
  };
