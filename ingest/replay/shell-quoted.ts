/** Arguments as a person types them in a shell: those with blanks and the like in quotes. */
export const shellQuoted = (args: readonly string[]): string =>
  args.map((arg) => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`)).join(' ');
