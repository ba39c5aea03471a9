/** What a sequence number says; everything but `position` and `arrivedSeconds` is the same for all records of a shard. */
export interface SequenceParts {
  /** When the stream was created. @unit s since epoch */
  readonly createdSeconds: number;
  readonly shardIndex: number;
  /** 1 for the first record of the shard, without gaps; 0 is the starting sequence number of the shard itself. */
  readonly position: number;
  /** @unit s since epoch */
  readonly arrivedSeconds: number;
}

/**
 * 47 hexadecimal digits: `2`, creation (9), last digit of the shard (1), position (16), `00`, arrival (9), shard (8), `2`. As a decimal that is
 * always 56 digits long, so strings sort as records do.
 *
 * @source the layout of sequence numbers of real streams, as worked out by kinesalite (`db/index.js`)
 */
const LAYOUT = /^2([0-9a-f]{9})[0-9a-f]([0-9a-f]{16})00([0-9a-f]{9})([0-9a-f]{8})2$/;

/** A function that numbers the records of one shard; the parts that never change are put together once. */
export function sequenceNumbersOf(createdSeconds: number, shardIndex: number): (position: number, arrivedAt: number) => string {
  const head = `0x2${hex(createdSeconds, 9)}${shardIndex.toString(16).slice(-1)}`;
  const foot = `${hex(shardIndex, 8)}2`;
  return (position, arrivedAt) =>
    BigInt(`${head}${hex(position, 16)}00${hex(Math.floor(arrivedAt / 1000), 9)}${foot}`).toString();
}

/** Read a sequence number; null when no stream of ours can have given it. */
export function parseSequenceNumber(text: string): SequenceParts | null {
  if (!/^\d{56}$/.test(text)) return null;
  const [, created, position, arrived, shard] = LAYOUT.exec(BigInt(text).toString(16)) ?? [];
  if (created === undefined || position === undefined || arrived === undefined || shard === undefined) return null;
  return {
    createdSeconds: parseInt(created, 16),
    shardIndex: parseInt(shard, 16),
    position: parseInt(position, 16),
    arrivedSeconds: parseInt(arrived, 16),
  };
}

/** `shardId-000000000003` for 3. */
export function shardIdOf(shardIndex: number): string {
  return `shardId-${String(shardIndex).padStart(12, '0')}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
