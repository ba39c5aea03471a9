import { randomInt } from 'node:crypto';
import type { GeneratedSecret } from './definition.ts';

const LOWERCASE = 'abcdefghijklmnopqrstuvwxyz';
const NUMBERS = '0123456789';
/** @source Secrets Manager, GetRandomPassword, ExcludePunctuation */
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/** No password can be made as it is declared. */
export class PasswordError extends Error {
  override readonly name = 'PasswordError';
  readonly code = 'PASSWORD';
}

/** A password as GetRandomPassword makes it. @throws PasswordError when nothing is left to make it of, or it is too short for every kind */
export function newPassword(rules: GeneratedSecret): string {
  const kinds = [
    rules.excludeLowercase ? '' : LOWERCASE,
    rules.excludeUppercase ? '' : LOWERCASE.toUpperCase(),
    rules.excludeNumbers ? '' : NUMBERS,
    rules.excludePunctuation ? '' : PUNCTUATION,
    rules.includeSpace ? ' ' : '',
  ]
    .map((kind) => Array.from(kind).filter((character) => !rules.excludeCharacters.includes(character)))
    .filter((kind) => kind.length > 0);
  const required = rules.requireEachIncludedType ? kinds : [];
  if (kinds.length === 0) throw new PasswordError('every character is excluded from the password: exclude fewer');
  if (required.length > rules.length)
    throw new PasswordError(`a password of ${String(rules.length)} cannot have ${String(required.length)} kinds of characters`);
  const all = kinds.flat();
  const characters = Array.from({ length: rules.length }, (_, index) => oneOf(required[index] ?? all));
  // Those that are required must not all stand in front.
  for (let last = characters.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    [characters[last], characters[other]] = [characters[other] ?? '', characters[last] ?? ''];
  }
  return characters.join('');
}

function oneOf(characters: readonly string[]): string {
  return characters[randomInt(characters.length)] ?? '';
}
