import { StatusLine, type Part, type Screen } from './status-line.ts';
import type { ReplayProgress, ReplayReport } from './replay.ts';

/** @unit milliseconds */
const REDRAW = 100;
/** @unit milliseconds */
const PLAIN_LINE = 5_000;
const BAR = 24;

const grouped = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });

/** Shows how far a replay is: one line that is redrawn on a terminal, otherwise a line every few seconds. */
export class ProgressDisplay {
  private readonly interval: number;
  private first: { readonly at: number; readonly rows: number; readonly share: number } | undefined;
  private latest: ReplayProgress | undefined;
  private shownAt: number;
  private readonly line: StatusLine;

  /** @param now - milliseconds from any beginning */
  constructor(
    private readonly screen: Screen,
    private readonly now: () => number,
  ) {
    this.interval = screen.isTTY ? REDRAW : PLAIN_LINE;
    this.shownAt = now();
    this.line = new StatusLine(screen);
  }

  update(progress: ReplayProgress): void {
    this.first ??= { at: this.now(), rows: progress.rows, share: progress.share };
    this.latest = progress;
    if (this.now() - this.shownAt >= this.interval) this.show();
  }

  /** A sentence of its own, above the progress. */
  note(text: string): void {
    this.line.note(text);
  }

  /** Takes the progress away. */
  end(): void {
    this.line.clear();
  }

  private show(): void {
    if (this.latest === undefined) return;
    this.shownAt = this.now();
    const parts = this.parts(this.latest);
    if (this.screen.isTTY) this.line.draw([barOf(this.latest.share), ...parts]);
    else this.screen.write(`${parts.map(({ text }) => text).join('  ')}\n`);
  }

  /** How far and how long still are what a person looks for. */
  private parts({ rows, share, rejected, resent, waitsFor }: ReplayProgress): Part[] {
    const seconds = (this.now() - (this.first?.at ?? 0)) / 1000;
    const rate = seconds > 0 ? (rows - (this.first?.rows ?? 0)) / seconds : 0;
    const pace = (share - (this.first?.share ?? 0)) / seconds;
    return [
      { text: `${(share * 100).toFixed(1)} %`, rank: 1 },
      { text: `${grouped.format(rows)} rows`, rank: 4 },
      { text: `${grouped.format(rate)} rows/s`, rank: 6 },
      { text: `ETA ${pace > 0 ? clockTime((1 - share) / pace) : '-'}`, rank: 2 },
      { text: `sent again ${grouped.format(resent)}`, rank: 8 },
      { text: `rejected ${grouped.format(rejected)}`, rank: rejected > 0 ? 5 : 9 },
      ...(waitsFor === undefined ? [] : [{ text: `waits: ${waitsFor}`, rank: 3 }]),
    ];
  }
}

/** `[######------]`, the first to go where there is little room for words. */
export const barOf = (share: number): Part => {
  const filled = Math.round(share * BAR);
  return { text: `[${'#'.repeat(filled)}${'-'.repeat(BAR - filled)}]`, rank: 7 };
};

/** `65` is `1:05`. */
function clockTime(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  const tail = String(whole % 60).padStart(2, '0');
  return hours > 0 ? `${String(hours)}:${String(minutes).padStart(2, '0')}:${tail}` : `${String(minutes)}:${tail}`;
}

/** `2010-12-01T08:26:00Z` is `2010-12-01 08:26`. */
export const dateText = (date: string | undefined): string => date?.slice(0, 16).replace('T', ' ') ?? '-';

/** The report as a table, money ungrouped so that it can be compared and copied. */
export function reportTable(report: ReplayReport): string {
  const uncounted = 'more than a million';
  const counted = (count: number | undefined) => (count === undefined ? uncounted : grouped.format(count));
  const rows: [string, string][] = [
    ['rows read', grouped.format(report.rowsRead)],
    ...(report.resumedAfter > 0 ? [['sent before', `up to row ${grouped.format(report.resumedAfter)}`] as [string, string]] : []),
    [report.dryRun ? 'lines to send' : 'lines accepted', grouped.format(report.accepted)],
    ['rows rejected', grouped.format(report.rejected)],
    ['lines sent again', grouped.format(report.resent)],
    ['mutations', grouped.format(report.mutations)],
    ['stream records', grouped.format(report.streamRecords)],
    ['first date', dateText(report.firstDate)],
    ['last date', dateText(report.lastDate)],
    ['invoices', counted(report.invoices)],
    ['customers', counted(report.customers)],
    ['units', grouped.format(report.units)],
    ['money, GBP', report.money],
    ['seconds', report.seconds.toFixed(1)],
    ['rows/s', grouped.format(report.rowsPerSecond)],
  ];
  const name = Math.max(...rows.map(([text]) => text.length));
  const value = Math.max(...rows.map(([, text]) => text.length));
  return `${rows.map(([label, text]) => `${label.padEnd(name)}  ${text.padStart(value)}`).join('\n')}\n`;
}
