/** Whether a metric filter on JSON counts a line: texts compared by `=` and `!=`, joined by `&&` and `||`. */
export function countedBy(pattern: string, line: string): boolean {
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch {
    return false;
  }
  const terms = pattern
    .replaceAll(/^\s*\{|\}\s*$/g, '')
    .replaceAll(/\$((?:\.\w+)+)\s*(!?=)\s*"([^"]*)"/g, (_, path: string, sign: string, text: string) => {
      const value = path
        .split('.')
        .slice(1)
        .reduce(
          (of: unknown, key) => (typeof of === 'object' && of !== null ? (of as Record<string, unknown>)[key] : undefined),
          event,
        );
      return String(value !== undefined && (value === text) === (sign === '='));
    });
  return isTrue(terms);
}

/** `true`, `false`, `&&`, `||` and parentheses. */
function isTrue(terms: string): boolean {
  const [inner] = /\([^()]*\)/.exec(terms) ?? [];
  if (inner !== undefined) return isTrue(terms.replace(inner, String(isTrue(inner.slice(1, -1)))));
  return terms.split('||').some((all) => all.split('&&').every((term) => truthOf(term.trim())));
}

function truthOf(term: string): boolean {
  if (term !== 'true' && term !== 'false') throw new Error(`the pattern has ${term}, which this reader does not know`);
  return term === 'true';
}
