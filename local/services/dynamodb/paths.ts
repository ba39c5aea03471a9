import type { AttributeMap, AttributeValue } from './model.ts';

/** Where something is in an item: names of attributes and places in lists. */
export type Path = readonly (string | number)[];

export function readPath(path: Path, item: AttributeMap): AttributeValue | undefined {
  let value: AttributeValue | undefined = { M: item };
  for (const piece of path) {
    value = memberOf(value, piece);
    if (value === undefined) return undefined;
  }
  return value;
}

/** Own members alone: an attribute may be called `constructor`. */
export function memberOf(value: AttributeValue, piece: string | number): AttributeValue | undefined {
  if (typeof piece === 'number') return (value['L'] as AttributeValue[] | undefined)?.[piece];
  const members = value['M'] as AttributeMap | undefined;
  return members !== undefined && Object.hasOwn(members, piece) ? members[piece] : undefined;
}

/** What paths name of an item, in its place; elements of a list close up, in the list's own order. */
export function pickPaths(paths: readonly Path[], item: AttributeMap): AttributeMap {
  return (pick({ M: item }, paths)?.['M'] ?? {}) as AttributeMap;
}

function pick(value: AttributeValue, paths: readonly Path[]): AttributeValue | undefined {
  if (paths.some((path) => path.length === 0)) return value;
  const rests = new Map<string | number, Path[]>();
  for (const [piece, ...rest] of paths) if (piece !== undefined) rests.set(piece, [...(rests.get(piece) ?? []), rest]);
  const found = [...rests].flatMap(([piece, rest]): [string | number, AttributeValue][] => {
    const member = memberOf(value, piece);
    const part = member && pick(member, rest);
    return part === undefined ? [] : [[piece, part]];
  });
  if (found.length === 0) return undefined;
  if (value['L'] === undefined) return { M: Object.fromEntries(found) };
  return { L: found.sort(([one], [other]) => Number(one) - Number(other)).map(([, part]) => part) };
}
