import type { Screen } from '../replay/progress.ts';
import type { ImportProgress } from './watch.ts';

/** @unit milliseconds */
const REDRAW = 100;
/** @unit milliseconds */
const PLAIN_LINE = 15_000;
const BAR = 24;

/** Shows what is going on: one line that is redrawn on a terminal, otherwise a line for each phase and every so often. */
export class PhaseDisplay {
  private phase: { readonly name: string; readonly since: number } | undefined;
  private shownAt = -Infinity;
  private drawn = false;

  /** @param now - milliseconds from any beginning */
  constructor(
    private readonly screen: Screen,
    private readonly now: () => number,
  ) {}

  update(progress: ImportProgress): void {
    const now = this.now();
    const isNew = this.phase?.name !== progress.phase;
    if (this.phase === undefined || isNew) this.phase = { name: progress.phase, since: now };
    if (!isNew && now - this.shownAt < (this.screen.isTTY ? REDRAW : PLAIN_LINE)) return;
    this.shownAt = now;
    const line = lineOf(progress, (now - this.phase.since) / 1000, this.screen.isTTY);
    if (this.screen.isTTY) this.screen.write(`\r${line.slice(0, this.screen.columns - 1)}\u001b[K`);
    else this.screen.write(`${line}\n`);
    this.drawn = this.screen.isTTY;
  }

  /** A sentence of its own, above the progress. */
  note(text: string): void {
    this.end();
    this.screen.write(`${text}\n`);
  }

  /** Takes the progress away. */
  end(): void {
    if (this.drawn) this.screen.write('\r\u001b[K');
    this.drawn = false;
  }
}

function lineOf({ phase, share, doing }: ImportProgress, seconds: number, hasBar: boolean): string {
  const filled = Math.round((share ?? 0) * BAR);
  return [
    ...(hasBar && share !== undefined ? [`[${'#'.repeat(filled)}${'-'.repeat(BAR - filled)}]`] : []),
    ...(share === undefined ? [] : [`${(share * 100).toFixed(1)} %`]),
    `${phase} ${seconds.toFixed(0)} s`,
    doing,
  ].join('  ');
}
