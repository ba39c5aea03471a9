import { parseArgs } from 'node:util';
import type { ParseArgsConfig } from 'node:util';

/** How a command ends that did nothing: the command line is not understood, or it could not run. */
const EXIT = { usage: 2, failed: 1 } as const;

/** The command line cannot be understood. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'USAGE';

  constructor(reason: string, options?: ErrorOptions) {
    super(`${reason}; --help explains`, options);
  }
}

type Options = NonNullable<ParseArgsConfig['options']>;

/** Read a command line, as `parseArgs` does. @throws UsageError which names the word and what to write instead */
export function readOptions<Config extends ParseArgsConfig & { readonly args: string[]; readonly options: Options }>(
  config: Config,
): ReturnType<typeof parseArgs<Config>> {
  const { args, options, allowPositionals = false } = config;
  const { tokens } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true });
  for (const token of tokens) {
    if (token.kind === 'option') checkOption(token, args, options);
    if (token.kind === 'positional' && !allowPositionals)
      throw new UsageError(`"${token.value}" is too much: this takes options alone (${listed(options)})`);
  }
  return parseArgs<Config>(config);
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly index: number;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function checkOption(token: OptionToken, args: readonly string[], options: Options): void {
  const { name, rawName, index, value, inlineValue } = token;
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (option === undefined) {
    const next = args[index + 1];
    const given = value ?? (next?.startsWith('-') === false ? next : undefined);
    const word = given === undefined ? rawName : `${rawName} ${given}`;
    throw new UsageError(`${word}: there is no option ${rawName}, ${suggestion(rawName, options)}`);
  }
  if (option.type === 'boolean') {
    if (value !== undefined) throw new UsageError(`${rawName}=${value}: ${rawName} takes no value, leave it out`);
    return;
  }
  const isOption = inlineValue !== true && value !== undefined && /^-./.test(value);
  if (value === undefined || value === '') throw new UsageError(`${rawName}: write a value behind it`);
  if (isOption)
    throw new UsageError(`${rawName} ${value}: write a value behind ${rawName}; one that begins with "-" as ${rawName}=${value}`);
}

const listed = (options: Options) =>
  Object.keys(options)
    .map((name) => `--${name}`)
    .join(', ');

function suggestion(written: string, options: Options): string {
  const word = written.replace(/^-+/, '');
  const near = nearest(word, Object.keys(options));
  return near === undefined ? `write one of ${listed(options)}` : `did you mean --${near}?`;
}

/** The word of a few that is closest to a mistyped one; undefined when none is close. */
export function nearest(written: string, words: readonly string[]): string | undefined {
  const candidates = words
    .map((word) => ({ word, editDistance: word.startsWith(written) && written.length > 1 ? 0 : changes(written, word) }))
    .filter(({ word, editDistance: changes }) => changes <= Math.max(1, Math.floor(word.length / 3)));
  return candidates.sort((a, b) => a.editDistance - b.editDistance)[0]?.word;
}

/** How many letters must be changed, added, left out or swapped with the next. */
function changes(from: string, to: string): number {
  const rows = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const at = (up: number, left: number) => rows[row - up]?.[column - left] ?? Infinity;
      const isSame = from[row - 1] === to[column - 1];
      const isSwapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current[column] = Math.min(
        at(1, 0) + 1,
        (current[column - 1] ?? Infinity) + 1,
        at(1, 1) + (isSame ? 0 : 1),
        isSwapped ? at(2, 2) + 1 : Infinity,
      );
    }
    rows.push(current);
  }
  return rows[from.length]?.[to.length] ?? Infinity;
}

/** A whole number behind an option; undefined when it is not given. @throws UsageError */
export function wholeNumber(name: string, text: string, least: number, most?: number): number;
export function wholeNumber(name: string, text: string | undefined, least: number, most?: number): number | undefined;
export function wholeNumber(
  name: string,
  text: string | undefined,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): number | undefined {
  if (text === undefined) return undefined;
  const number = /^\d+$/.test(text) ? Number(text) : NaN;
  if (number >= least && number <= most) return number;
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${String(least)}` : `from ${String(least)} to ${String(most)}`;
  throw new UsageError(`--${name} takes a whole number ${range}: got "${text}"`);
}

/** What a command says last when it could not do what it was asked for, in one line. */
export function errorLine(error: unknown): string {
  const message = error instanceof Error && error.message !== '' ? error.message : String(error);
  return `ERROR: ${message.replaceAll(/\s*\n\s*/g, ' | ')}`;
}

/** How a command ends with this error. */
export const exitCodeOf = (error: unknown): number => (error instanceof UsageError ? EXIT.usage : EXIT.failed);
