/** Where the local stack and another emulator differ, and who is right by AWS's documents. */
export interface KnownDifference {
  readonly name: string;
  readonly right: 'ours' | 'theirs' | 'open';
  /** What decides it, or what it would take. */
  readonly because: string;
}

/** What was found against what is known: a difference that nobody has judged, and one that is there no more, are both news. */
export function differencesBetween(found: readonly string[], known: readonly KnownDifference[]) {
  const names = new Set(known.map(({ name }) => name));
  const seen = new Set(found);
  return {
    unknown: [...seen].filter((name) => !names.has(name)),
    gone: [...names].filter((name) => !seen.has(name)),
  };
}
