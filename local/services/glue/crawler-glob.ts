/**
 * Whether a name fits one of the patterns of `Exclusions`.
 *
 * @param name - relative to the include path, without a slash at its beginning
 * @source Glue developer guide, "Include and exclude patterns": `*` stays within a folder, `**` does not, `?`, `[a-z]`, `[!a]`, `{a,b}`
 */
export function isExcluded(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => expressionOf(pattern).test(name));
}

const CHARACTERS: Readonly<Record<string, string>> = { '?': '[^/]', '{': '(?:', '}': ')', ',': '|' };

function expressionOf(pattern: string): RegExp {
  let [expression, depth] = ['', 0];
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern.charAt(at);
    const set = character === '[' ? /^\[([!^]?)([^\]]+)\]/.exec(pattern.slice(at)) : null;
    if (character === '{') depth += 1;
    if (pattern.startsWith('**', at)) {
      expression += '.*';
      at += 1;
    } else if (character === '*') expression += '[^/]*';
    else if (character === '\\') {
      at += 1;
      expression += literal(pattern.charAt(at));
    } else if (set !== null) {
      expression += `[${set[1] === '' ? '' : '^'}${(set[2] ?? '').replace(/\\/g, '\\\\')}]`;
      at += set[0].length - 1;
    } else if (character === '?' || depth > 0) expression += CHARACTERS[character] ?? literal(character);
    else expression += literal(character);
    if (character === '}' && depth > 0) depth -= 1;
  }
  return new RegExp(`^${expression}$`, 's');
}

const literal = (character: string) => character.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
