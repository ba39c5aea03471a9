/**
 * One count by another, rounded to six places, halves up: in whole millionths, so that every engine rounds alike.
 *
 * @param part - a BIGINT that is not negative, as SQL
 * @param whole - a BIGINT above zero, as SQL
 */
export function ratio(part: string, whole: string): string {
  return `CAST(CAST((2000000 * ${part} + ${whole}) / (2 * (${whole})) AS DOUBLE PRECISION) / 1000000 AS DOUBLE PRECISION)`;
}
