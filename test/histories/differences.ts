/** Of each kind of answer. */
const MOST_SHOWN = 4;

/** Where two sets of answers differ, a line for each key: what a person can read of two stores. */
export function differences<Answers extends object>(held: Answers, expected: Answers): string[] {
  return Object.entries(expected).flatMap(([kind, right]: [string, Answer]) => {
    const is = Object.entries(held).find(([name]) => name === kind)?.[1] as Answer;
    const keys = [...new Set([...Object.keys(right), ...Object.keys(is)])].filter((key) => text(is, key) !== text(right, key));
    const shown = keys
      .slice(0, MOST_SHOWN)
      .map((key) => `${kind} of ${key}: holds ${text(is, key)}, and should hold ${text(right, key)}`);
    return keys.length > shown.length ? [...shown, `${kind} of ${keys.length - shown.length} more`] : shown;
  });
}

type Answer = Readonly<Record<string, unknown>>;

const text = (answer: Answer, key: string) => (Object.hasOwn(answer, key) ? printed(answer[key]) : 'nothing');

const printed = (value: unknown): string =>
  typeof value === 'object' && value !== null
    ? Object.entries(value as Answer)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, one]) => `${name} ${printed(one)}`)
        .join(', ')
    : String(value);
