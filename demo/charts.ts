/** One bar: what it stands for, and how much. */
export interface Bar {
  readonly label: string;
  /** An exact decimal in pounds, such as "9747.934". */
  readonly pounds: string;
}

const WIDTH = 40;
const LABEL = 34;
const grouped = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
/** Eighths of a character cell, from empty to nearly full. */
const PARTS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/**
 * A small bar chart for a terminal, one line for each bar, the longest {@link WIDTH} cells wide.
 *
 * @remarks Only the length of a bar is rounded; a negative amount has a number and no bar.
 */
export function barChart(title: string, bars: readonly Bar[]): string {
  const most = Math.max(0, ...bars.map(({ pounds }) => Number(pounds)));
  const numbers = bars.map(({ pounds }) => grouped.format(Number(pounds)));
  const width = Math.max(0, ...numbers.map((number) => number.length));
  const label = Math.min(LABEL, Math.max(0, ...bars.map((bar) => bar.label.length)));
  const lines = bars.map((bar, place) => {
    const name = bar.label.length > label ? `${bar.label.slice(0, label - 1)}…` : bar.label.padEnd(label);
    return `  ${name}  ${(numbers[place] ?? '').padStart(width)}  ${barOf(Number(bar.pounds), most)}`.trimEnd();
  });
  return `${title}\n${lines.map((line) => `${line}\n`).join('')}`;
}

function barOf(amount: number, most: number): string {
  if (amount <= 0 || most <= 0) return '';
  const eighths = Math.max(1, Math.round((amount / most) * WIDTH * 8));
  return '█'.repeat(Math.floor(eighths / 8)) + (PARTS[eighths % 8] ?? '');
}
