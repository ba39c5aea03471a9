/** What keys, numbers of invoices and customers, and places are written with. */
const LETTERS = ' -.0123456789:ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';

/**
 * A number of 64 bits, as text, that only who knows the key can make of a text: HalfSipHash-2-4 over the key and the text, a word for
 * each character.
 *
 * @remarks APPSYNC_JS has no digest of its own. One turn of a loop for each character, some hundred of the 1,000 that a handler has.
 * @source J.-P. Aumasson, D. J. Bernstein: "SipHash: a fast short-input PRF"; HalfSipHash is its form for 32 bits
 */
export function placeSeal(key: string, text: string): string {
  const state = [0, 0xee, 0x6c796765, 0x74656462];
  for (const letter of `${key} ${text}`.split('')) {
    const word = LETTERS.indexOf(letter) + 1;
    state[3] = at(state, 3) ^ word;
    mix(state);
    mix(state);
    state[0] = at(state, 0) ^ word;
  }
  state[2] = at(state, 2) ^ 0xee;
  const first = finished(state);
  state[1] = at(state, 1) ^ 0xdd;
  return `${first}-${finished(state)}`;
}

function finished(state: number[]): number {
  mix(state);
  mix(state);
  mix(state);
  mix(state);
  return (at(state, 1) ^ at(state, 3)) >>> 0;
}

function mix(state: number[]): void {
  let a = at(state, 0);
  let b = at(state, 1);
  let c = at(state, 2);
  let d = at(state, 3);
  a = (a + b) | 0;
  b = rotateLeft(b, 5) ^ a;
  a = rotateLeft(a, 16);
  c = (c + d) | 0;
  d = rotateLeft(d, 8) ^ c;
  a = (a + d) | 0;
  d = rotateLeft(d, 7) ^ a;
  c = (c + b) | 0;
  b = rotateLeft(b, 13) ^ c;
  c = rotateLeft(c, 16);
  state[0] = a;
  state[1] = b;
  state[2] = c;
  state[3] = d;
}

const rotateLeft = (word: number, bits: number) => (word << bits) | (word >>> (32 - bits));

const at = (state: readonly number[], place: number) => state[place] ?? 0;
