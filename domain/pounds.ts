// Resolvers bundle this file: only what APPSYNC_JS knows.

/** Print thousandths of a pound as pounds with three places: `-11062060` is `-11062.060`. */
export function toPounds(mills: number): string {
  const negative = mills < 0;
  const size = negative ? 0 - mills : mills;
  const digits = size < 1000 ? `000${size}`.slice(-4) : `${size}`;
  return `${negative ? '-' : ''}${digits.slice(0, -3)}.${digits.slice(-3)}`;
}

/** Write a price that has at most three places with exactly three: `2.5` is `2.500`. */
export function toThreePlaces(price: string): string {
  const parts = price.split('.');
  const pounds = parts[0] ?? '0';
  const written = `${pounds}.${`${parts[1] ?? ''}000`.slice(0, 3)}`;
  return written === '-0.000' ? '0.000' : written;
}
