import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { ServiceError } from '../../errors.ts';
import { invalidArgument } from './input.ts';

/** How long a shard iterator can be used. @unit ms @source Kinesis API Reference, GetShardIterator */
const ITERATOR_LIFE_MS = 300_000;

const VERSION = Buffer.from([0, 0, 0, 0, 0, 0, 0, 1]);
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Where a reader stands. */
export interface IteratorPlace {
  readonly streamName: string;
  readonly shardId: string;
  /** A stream that was deleted and made again has other iterators. @unit ms since epoch */
  readonly streamCreatedAt: number;
  /** The position of the record that is read next. */
  readonly position: number;
}

/** Makes and reads the iterators of one account: opaque as those of AWS, and good after a restart. */
export class ShardIterators {
  private readonly key: Buffer;

  constructor(
    secret: string,
    private readonly now: () => number,
  ) {
    this.key = createHash('sha256').update(`shard iterator ${secret}`).digest();
  }

  write(place: IteratorPlace): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce);
    const parts = [this.now(), place.streamCreatedAt, place.position, place.shardId, place.streamName];
    const sealed = Buffer.concat([cipher.update(JSON.stringify(parts)), cipher.final()]);
    return Buffer.concat([VERSION, nonce, cipher.getAuthTag(), sealed]).toString('base64');
  }

  /** @throws ServiceError InvalidArgumentException or ExpiredIteratorException */
  read(iterator: string): IteratorPlace {
    const [madeAt, streamCreatedAt, position, shardId, streamName] = this.unseal(iterator);
    const now = this.now();
    if (now - madeAt > ITERATOR_LIFE_MS) {
      throw new ServiceError(
        'ExpiredIteratorException',
        `Iterator expired. The iterator was created at time ${javaDate(madeAt)} while right now it is ${javaDate(now)} ` +
          `which is further in the future than the tolerated delay of ${String(ITERATOR_LIFE_MS)} milliseconds.`,
      );
    }
    return { streamName, shardId, streamCreatedAt, position };
  }

  private unseal(iterator: string): [number, number, number, string, string] {
    const bytes = Buffer.from(iterator, 'base64');
    const sealedAt = VERSION.length + NONCE_BYTES + TAG_BYTES;
    if (bytes.length <= sealedAt || !bytes.subarray(0, VERSION.length).equals(VERSION))
      throw invalidArgument('Invalid ShardIterator.');
    try {
      const nonce = bytes.subarray(VERSION.length, VERSION.length + NONCE_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', this.key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAuthTag(bytes.subarray(VERSION.length + NONCE_BYTES, sealedAt));
      const text = Buffer.concat([decipher.update(bytes.subarray(sealedAt)), decipher.final()]).toString();
      return JSON.parse(text) as [number, number, number, string, string];
    } catch {
      throw invalidArgument('Invalid ShardIterator.');
    }
  }
}

/** `Thu Jan 22 01:22:02 UTC 2015` */
function javaDate(time: number): string {
  const [, weekday = '', day = '', month = '', year = '', clock = ''] =
    /^(.+), (.+) (.+) (.+) (.+) GMT$/.exec(new Date(time).toUTCString()) ?? [];
  return `${weekday} ${month} ${day} ${clock} UTC ${year}`;
}
