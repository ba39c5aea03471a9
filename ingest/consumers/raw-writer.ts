import { constants, gzip } from 'node:zlib';
import { promisify } from 'node:util';
import { batchObjectKey, recordBytes, type KinesisConsumer } from './kinesis-batch.ts';
import type { ObjectStore } from './object-store.ts';

const compress = promisify(gzip);
const LINE_FEED = Buffer.from('\n');

/**
 * Stream to raw layer: everything that was waiting becomes one gzipped NDJSON object, byte for byte.
 *
 * @remarks Nothing is parsed, so no record can block the layer that everything can be rebuilt from. The one write is the
 * last act, and its key depends on the batch alone: a batch that comes again replaces its own object.
 */
export const rawWriter =
  (objects: ObjectStore): KinesisConsumer =>
  async (event, deadline) => {
    const parts: Buffer[] = [];
    for (const record of event.Records) {
      const bytes = recordBytes(record);
      parts.push(bytes);
      if (bytes.at(-1) !== LINE_FEED[0]) parts.push(LINE_FEED);
    }
    const body = await compress(Buffer.concat(parts), { level: constants.Z_BEST_SPEED });
    await objects.put(`${batchObjectKey('raw/v=1', event.Records)}.ndjson.gz`, body, 'application/x-ndjson', deadline);
    return { batchItemFailures: [] };
  };
