/** The text of a file as it may be printed: a terminal takes control characters for commands. */
export const printable = (text: string): string => text.replaceAll(/\p{Cc}/gu, '\u00b7');
