import { beforeAll, expect, test } from 'vitest';
import { givenSession, givenWarehouse, rowsOf } from '../../testing/given-redshift.ts';
import type { RedshiftService } from './service.ts';

let service: RedshiftService;
beforeAll(async () => {
  ({ service } = await givenWarehouse());
});

/** Types of operands, from the smallest to those whose results are as long as may be. */
const OPERANDS: readonly (readonly [precision: number, scale: number])[] = [
  [1, 0],
  [3, 2],
  [5, 5],
  [8, 2],
  [12, 3],
  [18, 0],
  [19, 4],
];

/** @source Redshift developer guide, "Computations with numeric values" */
function quotientType([p1, s1]: readonly [number, number], [p2, s2]: readonly [number, number]): readonly [number, number] {
  const scale = Math.max(4, s1 + p2 - s2 + 1);
  return [p1 - s1 + s2 + scale, scale];
}

/** A quotient of two numbers of units, in whole units of the scale: half away from zero. */
function quotientOf(left: bigint, right: bigint, shift: number): bigint {
  const scaled = shift >= 0 ? left * 10n ** BigInt(shift) : left;
  const divisor = shift >= 0 ? right : right * 10n ** BigInt(-shift);
  return (2n * scaled + divisor) / (2n * divisor);
}

function withPoint(units: bigint, scale: number): string {
  const digits = String(units).padStart(scale + 1, '0');
  return scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

test('sums, products and quotients of decimals have the precision and the scale of the guide', async () => {
  const session = await givenSession(service);
  const columns = OPERANDS.map(
    ([precision, scale]) => `c${String(precision)}_${String(scale)} DECIMAL(${String(precision)},${String(scale)})`,
  );
  // As many digits as fit, all of them different: 7, 71, 713, ….
  const units = OPERANDS.map(([precision]) => BigInt('7139582460713958246'.slice(0, precision)));
  await session.run(`CREATE TABLE operands (${columns.join(', ')})`);
  await session.run(
    `INSERT INTO operands VALUES (${OPERANDS.map(([, scale], at) => withPoint(units[at] ?? 0n, scale)).join(', ')})`,
  );
  const pairs = OPERANDS.flatMap((left, at) =>
    OPERANDS.map((right, to) => ({ left, right, a: units[at] ?? 0n, b: units[to] ?? 0n })),
  );
  const settled = pairs.filter(({ left, right }) => quotientType(left, right)[0] <= 38);
  const name = ([precision, scale]: readonly [number, number]) => `c${String(precision)}_${String(scale)}`;

  const { rows, columns: described } = await session.run(
    `SELECT ${settled.map(({ left, right }, at) => `${name(left)} / ${name(right)} AS q${String(at)}`).join(', ')} FROM operands`,
  );
  const [others = []] = await rowsOf(
    session,
    `SELECT ${pairs.map(({ left, right }) => `${name(left)} + ${name(right)}, ${name(left)} * ${name(right)}`).join(', ')} FROM operands`,
  );

  expect(described?.map(({ precision, scale }) => [precision, scale])).toEqual(
    settled.map(({ left, right }) => quotientType(left, right)),
  );
  expect(rows[0]).toEqual(
    settled.map(({ left, right, a, b }) => {
      const [, scale] = quotientType(left, right);
      return withPoint(quotientOf(a, b, scale - left[1] + right[1]), scale);
    }),
  );
  expect(others).toEqual(
    pairs.flatMap(({ left, right, a, b }) => {
      const scale = Math.max(left[1], right[1]);
      const sum = a * 10n ** BigInt(scale - left[1]) + b * 10n ** BigInt(scale - right[1]);
      return [withPoint(sum, scale), withPoint(a * b, left[1] + right[1])];
    }),
  );
  expect(settled.length).toBeGreaterThan(30);
});

test('the type of a quotient is that of its columns in the transaction, whatever they are called', async () => {
  const session = await givenSession(service);

  await session.run('BEGIN');
  await session.run('CREATE TEMP TABLE prices (paid DECIMAL(8,2), commission DECIMAL(8,2), n INTEGER, share DOUBLE PRECISION)');
  await session.run('INSERT INTO prices VALUES (10, 3, 4, 4)');

  expect(
    await rowsOf(
      session,
      `SELECT p.paid / p.commission, paid/-commission, paid * 2 / commission, (paid + 1) / commission, "PAID" / /* in quotes */ commission,
        CASE WHEN paid / commission > 3 THEN 1 END, AVG(paid / commission) OVER (), n / 3, paid / share FROM prices AS p`,
    ),
  ).toEqual([['3.333333333', '-3.333333333', '6.666666667', '3.666666667', '3.333333333', '1', '3.333333333', '1', '2.5']]);
  await session.run('ROLLBACK');
});
