import { validationError } from './model.ts';

/** A number of DynamoDB, exactly: `units` times ten to the power of minus `scale`. */
interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

/** @source DynamoDB, "Data types", Number: 38 digits, from 1E-130 to 9.99…E+125 */
const MAX_DIGITS = 38;
const MAX_EXPONENT = 125;
const MIN_EXPONENT = -130;
/** So many characters hold a number that JavaScript keeps exactly. */
const SAFE_LENGTH = 15;

/** Order of two numbers as they are stored: plain decimals, such as `-0.25`. */
export function compareNumbers(one: string, other: string): number {
  if (one === other) return 0;
  if (one.length <= SAFE_LENGTH && other.length <= SAFE_LENGTH) return Number(one) - Number(other);
  const [left, right] = aligned(one, other);
  return left === right ? 0 : left < right ? -1 : 1;
}

/** @throws ServiceError what DynamoDB says of a result that it cannot store */
export function sumOf(one: string, other: string, sign: 1 | -1 = 1): string {
  const [left, right, scale] = aligned(one, other);
  return textOf({ units: sign === 1 ? left + right : left - right, scale });
}

function aligned(one: string, other: string): [left: bigint, right: bigint, scale: number] {
  const [left, right] = [decimalOf(one), decimalOf(other)];
  const scale = Math.max(left.scale, right.scale);
  const to = ({ units, scale: own }: Decimal) => units * 10n ** BigInt(scale - own);
  return [to(left), to(right), scale];
}

function decimalOf(text: string): Decimal {
  const [whole = '', fraction = ''] = text.split('.');
  return { units: BigInt(whole + fraction), scale: fraction.length };
}

function textOf({ units, scale }: Decimal): string {
  if (units === 0n) return '0';
  const digits = String(units < 0n ? -units : units);
  const exponent = digits.length - 1 - scale;
  if (exponent > MAX_EXPONENT)
    throw validationError('Number overflow. Attempting to store a number with magnitude larger than supported range');
  if (exponent < MIN_EXPONENT)
    throw validationError('Number underflow. Attempting to store a number with magnitude smaller than supported range');
  if (digits.replace(/0+$/, '').length > MAX_DIGITS)
    throw validationError('Attempting to store more than 38 significant digits in a Number');
  const padded = digits.padStart(scale + 1, '0');
  const whole = padded.slice(0, padded.length - scale);
  const fraction = padded.slice(padded.length - scale).replace(/0+$/, '');
  return `${units < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}
