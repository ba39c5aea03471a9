/**
 * One count by another, rounded to six places, halves up: in whole millionths, so that every engine rounds alike.
 *
 * @param part - a BIGINT that is not negative and no more than 10^12, as SQL
 * @param whole - a BIGINT above zero, as SQL
 */
export function ratio(part: string, whole: string): string {
  return inMillionths(`(2000000 * ${part} + ${whole}) / (2 * (${whole}))`);
}

/**
 * How much oftener two things come together than by chance, together * all / (one * other), rounded like a ratio.
 *
 * @remarks Divided in two steps, because a million times the numerator is more than a BIGINT holds: first by `other`, then what is left.
 * As `together` is no more than `one` or `other`, no step passes 2^63 for counts up to 10^9.
 * @param together - as SQL, each a BIGINT
 */
export function lift(together: string, all: string, one: string, other: string): string {
  const whole = `1000000 * (${together} * ${all} / ${other})`;
  const rest = `${whole} % ${one} * ${other} + 1000000 * (${together} * ${all} % ${other})`;
  return inMillionths(`${whole} / ${one} + (2 * (${rest}) + ${one} * ${other}) / (2 * ${one} * ${other})`);
}

const inMillionths = (count: string) => `CAST(CAST(${count} AS DOUBLE PRECISION) / 1000000 AS DOUBLE PRECISION)`;
