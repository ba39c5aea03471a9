import type { Draft } from './draft.ts';
import { StatementError } from './errors.ts';
import { tokenize } from './sql-lexer.ts';

/** The names of the `:name` parameters of a statement, each once, in their order. */
export function parameterNames(sql: string): readonly string[] {
  const names = tokenize(sql)
    .filter(({ kind }) => kind === 'parameter')
    .map(({ text }) => text.slice(1));
  return [...new Set(names)];
}

/**
 * Put `$n` in the place of every `:name`.
 *
 * @remarks Each place gets a number of its own, as with JDBC: its type is decided by what stands around it, and the same value can be
 * a date here and a text there.
 * @returns the values in the order of their numbers
 */
export function bindParameters(draft: Draft, parameters: Readonly<Record<string, string>>): readonly string[] {
  const values: string[] = [];
  for (let place = 0; place < draft.length; place += 1) {
    const token = draft.at(place);
    if (token?.kind !== 'parameter') continue;
    const value = parameters[token.text.slice(1)];
    if (value === undefined)
      throw new StatementError('42601', `syntax error at or near ":" (there is no parameter "${token.text.slice(1)}")`);
    values.push(value);
    draft.replace(place, `$${String(values.length)}`);
  }
  return values;
}
