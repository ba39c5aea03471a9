import { typeOf } from './model.ts';
import type { AttributeValue } from './model.ts';
import { compareNumbers } from './numbers.ts';

/** A value, or nothing where an attribute is absent. */
type Maybe = AttributeValue | undefined;

const SETS: readonly string[] = ['SS', 'NS', 'BS'];
/** The type of the members of a set. */
const MEMBER_TYPES: Readonly<Record<string, string>> = { SS: 'S', NS: 'N', BS: 'B' };

/** Types that have an order; `<` of any other is refused or false. */
export const ORDERED_TYPES: readonly string[] = ['S', 'N', 'B'];

const bytesOf = (value: AttributeValue) => Buffer.from(String(value['B']), 'base64');

/** Whether two values are the same, whole lists and maps included. What is absent equals nothing, not even what is absent too. */
export function areEqual(one: Maybe, other: Maybe): boolean {
  if (one === undefined || other === undefined) return false;
  const type = typeOf(one);
  if (type !== typeOf(other)) return false;
  const [left, right] = [one[type], other[type]];
  if (type === 'L') {
    const [mine, others] = [left as AttributeValue[], right as AttributeValue[]];
    return mine.length === others.length && mine.every((value, place) => areEqual(value, others[place]));
  }
  if (type === 'M') {
    const [mine, others] = [left as Record<string, AttributeValue>, right as Record<string, AttributeValue>];
    const names = Object.keys(mine);
    if (names.length !== Object.keys(others).length) return false;
    return names.every((name) => Object.hasOwn(others, name) && areEqual(mine[name], others[name]));
  }
  if (SETS.includes(type)) {
    const [mine, others] = [left as string[], new Set(right as string[])];
    return mine.length === others.size && mine.every((member) => others.has(member));
  }
  return left === right;
}

/** Negative, zero or positive; undefined where there is no order: absent, of unlike types, or of a type without one. */
export function orderOf(one: Maybe, other: Maybe): number | undefined {
  if (one === undefined || other === undefined) return undefined;
  const type = typeOf(one);
  if (type !== typeOf(other)) return undefined;
  if (type === 'N') return compareNumbers(String(one['N']), String(other['N']));
  if (type === 'B') return Buffer.compare(bytesOf(one), bytesOf(other));
  if (type !== 'S') return undefined;
  // By the bytes of UTF-8: JavaScript's own order puts what is beyond U+FFFF before what lies below U+FFFF.
  return Buffer.compare(Buffer.from(String(one['S'])), Buffer.from(String(other['S'])));
}

/** `contains`: part of a text or of bytes, member of a set or list. */
export function doesContain(whole: Maybe, part: Maybe): boolean {
  if (whole === undefined || part === undefined) return false;
  const [type, partType] = [typeOf(whole), typeOf(part)];
  if (type === 'L') return (whole['L'] as AttributeValue[]).some((member) => areEqual(member, part));
  if (MEMBER_TYPES[type] !== undefined)
    return MEMBER_TYPES[type] === partType && (whole[type] as unknown[]).includes(part[partType]);
  if (type !== partType) return false;
  if (type === 'S') return String(whole['S']).includes(String(part['S']));
  return type === 'B' && bytesOf(whole).includes(bytesOf(part));
}

export function doesBeginWith(whole: Maybe, start: Maybe): boolean {
  if (whole === undefined || start === undefined) return false;
  const type = typeOf(whole);
  if (type !== typeOf(start)) return false;
  if (type === 'S') return String(whole['S']).startsWith(String(start['S']));
  if (type !== 'B') return false;
  const prefix = bytesOf(start);
  return bytesOf(whole).subarray(0, prefix.length).equals(prefix);
}

/** `size`: UTF-16 units of a text, bytes, or members; nothing of a number, `true`, `false` and null. */
export function sizeOf(value: Maybe): AttributeValue | undefined {
  if (value === undefined) return undefined;
  const type = typeOf(value);
  if (type === 'S') return { N: String(String(value['S']).length) };
  if (type === 'B') return { N: String(bytesOf(value).length) };
  if (type === 'M') return { N: String(Object.keys(value['M'] as object).length) };
  if (type === 'L' || SETS.includes(type)) return { N: String((value[type] as unknown[]).length) };
  return undefined;
}
