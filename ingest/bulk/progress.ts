import { barOf } from '../replay/progress.ts';
import { StatusLine, type Part, type Screen } from '../replay/status-line.ts';
import type { ImportProgress } from './watch.ts';

/** @unit milliseconds */
const REDRAW = 100;
/** @unit milliseconds */
const PLAIN_LINE = 15_000;

/** Shows what is going on: one line that is redrawn on a terminal, otherwise a line for each phase and every so often. */
export class PhaseDisplay {
  private phase: { readonly name: string; readonly since: number } | undefined;
  private shownAt = -Infinity;
  private readonly line: StatusLine;

  /** @param now - milliseconds from any beginning */
  constructor(
    private readonly screen: Screen,
    private readonly now: () => number,
  ) {
    this.line = new StatusLine(screen);
  }

  update(progress: ImportProgress): void {
    const now = this.now();
    const isNew = this.phase?.name !== progress.phase;
    if (this.phase === undefined || isNew) this.phase = { name: progress.phase, since: now };
    if (!isNew && now - this.shownAt < (this.screen.isTTY ? REDRAW : PLAIN_LINE)) return;
    this.shownAt = now;
    const parts = partsOf(progress, (now - this.phase.since) / 1000);
    if (this.screen.isTTY) this.line.draw([...(progress.share === undefined ? [] : [barOf(progress.share)]), ...parts]);
    else this.screen.write(`${parts.map(({ text }) => text).join('  ')}\n`);
  }

  /** A sentence of its own, above the progress. */
  note(text: string): void {
    this.line.note(text);
  }

  /** Takes the progress away. */
  end(): void {
    this.line.clear();
  }
}

const partsOf = ({ phase, share, doing }: ImportProgress, seconds: number): Part[] => [
  ...(share === undefined ? [] : [{ text: `${(share * 100).toFixed(1)} %`, rank: 1 }]),
  { text: `${phase} ${seconds.toFixed(0)} s`, rank: 2 },
  { text: doing, rank: share === undefined ? 3 : 8 },
];
