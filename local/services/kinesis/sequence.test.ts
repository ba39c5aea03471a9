import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSequenceNumber, sequenceNumbersOf } from './sequence.ts';

const CREATED = 1_790_000_000;
const place = fc.record({
  shardIndex: fc.nat(199),
  position: fc.nat(2 ** 40),
  arrivedAt: fc.integer({ min: CREATED * 1000, max: CREATED * 2000 }),
});

test('a sequence number has 56 digits and says what it was made of', () => {
  fc.assert(
    fc.property(place, ({ shardIndex, position, arrivedAt }) => {
      const number = sequenceNumbersOf(CREATED, shardIndex)(position, arrivedAt);

      expect(number).toMatch(/^\d{56}$/);
      expect(parseSequenceNumber(number)).toEqual({
        createdSeconds: CREATED,
        shardIndex,
        position,
        arrivedSeconds: Math.floor(arrivedAt / 1000),
      });
    }),
  );
});

test('within a shard sequence numbers sort as text in the order of writing', () => {
  fc.assert(
    fc.property(place, fc.nat(1000), ({ shardIndex, position, arrivedAt }, later) => {
      const number = sequenceNumbersOf(CREATED, shardIndex);

      expect(number(position, arrivedAt) < number(position + 1 + later, CREATED * 1000)).toBe(true);
    }),
  );
});

test('no two shards give the same sequence number, not even those whose last digit is the same', () => {
  const [two, eighteen] = [sequenceNumbersOf(CREATED, 2), sequenceNumbersOf(CREATED, 18)];

  const numbers = [two(1, CREATED * 1000), eighteen(1, CREATED * 1000)];

  expect(new Set(numbers).size).toBe(2);
});

test.each(['', '0', 'x', '1'.repeat(56), '9'.repeat(56), '1'.repeat(57)])('"%s" is no sequence number', (text) => {
  expect(parseSequenceNumber(text)).toBeNull();
});
