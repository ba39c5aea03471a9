import { randomBytes, randomUUID } from 'node:crypto';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** KSUIDs count seconds from here. @unit seconds since 1970 @source github.com/segmentio/ksuid */
const KSUID_EPOCH = 1_400_000_000;

/** `util.autoId`, `autoUlid`, `autoKsuid`. */
export const identifiers = {
  autoId: (): string => randomUUID(),

  /** 10 characters of time, 16 of chance. @source github.com/ulid/spec */
  autoUlid: (): string => {
    let time = Date.now();
    let text = '';
    for (let i = 0; i < 10; i += 1) {
      text = CROCKFORD.charAt(time % 32) + text;
      time = Math.floor(time / 32);
    }
    for (const byte of randomBytes(16)) text += CROCKFORD.charAt(byte % 32);
    return text;
  },

  /** 4 bytes of time and 16 of chance as 27 digits. */
  autoKsuid: (): string => {
    const bytes = randomBytes(20);
    bytes.writeUInt32BE(Math.floor(Date.now() / 1000) - KSUID_EPOCH, 0);
    let number = BigInt(`0x${bytes.toString('hex')}`);
    let text = '';
    while (number > 0n) {
      text = BASE62.charAt(Number(number % 62n)) + text;
      number /= 62n;
    }
    return text.padStart(27, '0');
  },
};
