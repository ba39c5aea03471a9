/** A SQL text ends inside a quotation or comment. */
export class UnfinishedSqlError extends Error {
  override readonly name = 'UnfinishedSqlError';
  readonly code = 'UNFINISHED_SQL';

  constructor(
    /** What begins it. */
    readonly opening: string,
    readonly line: number,
  ) {
    super(`close the ${opening} that begins in line ${String(line)}: the text ends inside it`);
  }
}

/**
 * Cut a SQL text into its statements, without their semicolons. Semicolons in quotations, quoted names, dollar quotations and comments
 * (block comments nest) cut nothing; what consists of comments alone is no statement.
 *
 * @throws UnfinishedSqlError
 */
export function sqlStatements(text: string): string[] {
  const statements: string[] = [];
  let start = 0;
  let place = 0;
  let hasWords = false;
  const end = () => {
    if (hasWords) statements.push(text.slice(start, place).trim());
    hasWords = false;
  };
  while (place < text.length) {
    const after = skipped(text, place);
    if (after !== undefined) {
      hasWords ||= !isComment(text, place);
      place = after;
    } else if (text[place] === ';') {
      end();
      place++;
      start = place;
    } else {
      hasWords ||= !/\s/.test(text[place] ?? '');
      place++;
    }
  }
  end();
  return statements;
}

const isComment = (text: string, place: number) => text.startsWith('--', place) || text.startsWith('/*', place);

/** Where the quotation or comment that begins at `place` ends; `undefined` when none begins there. */
function skipped(text: string, place: number): number | undefined {
  const close = (opening: string, closing: string) => {
    const found = text.indexOf(closing, place + opening.length);
    if (found < 0) throw new UnfinishedSqlError(opening, text.slice(0, place).split('\n').length);
    return found + closing.length;
  };
  switch (text[place]) {
    // A doubled quote is the end of one quotation and the beginning of the next.
    case "'":
      return close("'", "'");
    case '"':
      return close('"', '"');
    case '-':
      return text[place + 1] === '-' ? lineEnd(text, place) : undefined;
    case '/':
      return text[place + 1] === '*' ? blockEnd(text, place) : undefined;
    case '$': {
      // `a$b$` is a name, and `$1` a parameter.
      if (/[\w$]/.test(text[place - 1] ?? '')) return undefined;
      const tag = /^\$(?:[A-Za-z_]\w*)?\$/.exec(text.slice(place, place + 130))?.[0];
      return tag === undefined ? undefined : close(tag, tag);
    }
    default:
      return undefined;
  }
}

function lineEnd(text: string, place: number): number {
  const found = text.indexOf('\n', place);
  return found < 0 ? text.length : found;
}

function blockEnd(text: string, place: number): number {
  let depth = 0;
  let at = place;
  do {
    if (text.startsWith('/*', at)) depth++;
    else if (text.startsWith('*/', at)) depth--;
    else {
      at++;
      if (at >= text.length) throw new UnfinishedSqlError('/*', text.slice(0, place).split('\n').length);
      continue;
    }
    at += 2;
  } while (depth > 0);
  return at;
}
