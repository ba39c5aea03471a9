/** What the stack prints for programs when it answers: where to read on. */
export const readyLine = (outputsFile: string): string => `ready ${JSON.stringify(outputsFile)}`;

/** The path in such a line; undefined for any other line. */
export function readyFile(line: string): string | undefined {
  const [, quoted] = /^ready (".*")$/.exec(line) ?? [];
  return quoted === undefined ? undefined : (JSON.parse(quoted) as string);
}
