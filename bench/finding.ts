/** One line of the benchmark table: what was asked, what came out, how it was found. */
export interface Finding {
  readonly what: string;
  /** As in the table of goals; absent where there is none, and the line is there to read another one by. */
  readonly goal?: string;
  readonly measured: string;
  /** Undefined: not judged, because the run was smaller than the goal asks for. */
  readonly reached?: boolean | undefined;
  /** How it was measured or computed, in sentences. */
  readonly how: string;
  /** What keeps it from being better. Written when the goal is missed. */
  readonly bound?: string;
}

/** What the last column says. */
export function verdictOf({ goal, reached }: Finding): string {
  if (goal === undefined) return '';
  return reached === undefined ? 'not judged' : reached ? 'reached' : 'missed';
}

const HEAD = ['what', 'goal', 'measured', 'verdict'] as const;

const cellsOf = (finding: Finding) => [finding.what, finding.goal ?? '', finding.measured, verdictOf(finding)];

/** For a terminal. */
export function plainTable(findings: readonly Finding[]): string {
  const rows = [HEAD, ...findings.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

/** For a page of Markdown. */
export function markdownTable(findings: readonly Finding[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  return [line(HEAD), line(HEAD.map(() => '---')), ...findings.map((finding) => line(cellsOf(finding)))].join('');
}

/** `1,234.5`: as many decimals as make sense for a number of that size. */
export function figure(value: number): string {
  const decimals =
    Number.isInteger(value) || Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3;
  return new Intl.NumberFormat('en-GB', { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value);
}
