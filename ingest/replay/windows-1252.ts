/** What the bytes 80 to 9F are; the five that mean nothing stay what they are. @source WHATWG, Encoding, "index windows-1252" */
const LETTERS = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

const FIRST = 0x80;

/** The text of bytes in Windows-1252. @param bytes - one character per byte: ISO-8859-1, from which it differs in these alone */
export const fromWindows1252 = (bytes: string): string =>
  bytes.replace(/[\u0080-\u009f]/g, (byte) => LETTERS[byte.charCodeAt(0) - FIRST] ?? byte);

/** Why bytes are no text in Windows-1252, or `undefined`. @param bytes - one character per byte */
export function notWindows1252Reason(bytes: string): string | undefined {
  const nothing = /[\u0081\u008d\u008f\u0090\u009d]/.exec(bytes)?.[0];
  if (nothing === undefined) return undefined;
  const byte = nothing.charCodeAt(0).toString(16).toUpperCase();
  return `the row is not UTF-8, and the byte ${byte} in it is no character of Windows-1252: save the file as "CSV UTF-8"`;
}
