/** Print thousandths of a pound of any size as pounds with three places: `-11062060n` is `-11062.060`. */
export function toExactPounds(mills: bigint): string {
  const digits = String(mills < 0n ? -mills : mills).padStart(4, '0');
  return `${mills < 0n ? '-' : ''}${digits.slice(0, -3)}.${digits.slice(-3)}`;
}

/** Read what `toExactPounds` printed. */
export const fromExactPounds = (pounds: string): bigint => BigInt(pounds.replace('.', ''));
