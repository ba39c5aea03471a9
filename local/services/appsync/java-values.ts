// How Java, in which AppSync is written, names and prints the values that JSON carries: error texts and lenient scalars show it.

/** The name of the Java class that a value has after it was read from JSON. */
export function javaClass(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return 'String';
    case 'boolean':
      return 'Boolean';
    case 'number':
      if (!Number.isInteger(value)) return 'Double';
      return isInt(value) ? 'Integer' : isLong(value) ? 'Long' : 'BigInteger';
    default:
      if (value === null || value === undefined) return 'null';
      return Array.isArray(value) ? 'ArrayList' : 'LinkedHashMap';
  }
}

const MAX_INT = 2_147_483_647;

/** Whether a number fits into 32 bits. */
export const isInt = (value: number): boolean => Number.isInteger(value) && value <= MAX_INT && value >= -MAX_INT - 1;

/** Whether a number fits into 64 bits. */
export const isLong = (value: number): boolean => Number.isInteger(value) && value < 2 ** 63 && value >= -(2 ** 63);

/** `toString()` of a value that came from JSON: `{a=1, b=[x, y]}`. */
export function javaText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value).toString() : javaDouble(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(javaText).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, own]) => `${key}=${javaText(own)}`)
    .join(', ')}}`;
}

/** `Double.toString`: scientific from 10,000,000 on and below 0.001. */
function javaDouble(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e7) return String(value);
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  return `${digits.includes('.') ? digits : `${digits}.0`}E${exponent.replace('+', '')}`;
}

/** A text as `new BigDecimal(text)` reads it; undefined where that throws. */
export function bigDecimal(text: string): number | undefined {
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,9})?$/.test(text) ? Number(text) : undefined;
}
