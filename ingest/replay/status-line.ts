/** Where progress is shown: a terminal, or anything that takes lines. */
export interface Screen {
  readonly isTTY: boolean;
  /** @unit characters */
  readonly columns: number;
  write(text: string): void;
}

/** A part of a line, and how much it matters: where there is no room for all, the one with the greatest number goes first. */
export interface Part {
  readonly text: string;
  readonly rank: number;
}

const GAP = '  ';
const CLEAR = '\r\u001b[K';

/** Standard error of this process. A terminal may be made wider or narrower at any time. */
export const processScreen: Screen = {
  get isTTY() {
    return process.stderr.isTTY;
  },
  get columns() {
    return process.stderr.columns;
  },
  write: (text) => process.stderr.write(text),
};

/** The parts that fit into so many characters, in their order; what alone is too long is cut. */
function fitToWidth(parts: readonly Part[], columns: number): string {
  const kept = [...parts];
  const line = () => kept.map(({ text }) => text).join(GAP);
  while (kept.length > 1 && line().length > columns) {
    const least = kept.reduce((one, other) => (other.rank >= one.rank ? other : one));
    kept.splice(kept.indexOf(least), 1);
  }
  return line().slice(0, columns);
}

/** The one line of a terminal that is drawn again and again: nothing that is written beside it breaks it. */
export class StatusLine {
  private parts: readonly Part[] | undefined;

  constructor(private readonly screen: Screen) {}

  /** Nothing where there is no terminal. */
  draw(parts: readonly Part[]): void {
    if (!this.screen.isTTY) return;
    this.parts = parts;
    // A full line would be wrapped by some terminals.
    this.screen.write(`\r${fitToWidth(parts, this.screen.columns - 1)}\u001b[K`);
  }

  /** A line of its own, above. */
  note(text: string): void {
    const parts = this.parts;
    this.clear();
    this.screen.write(`${text}\n`);
    if (parts !== undefined) this.draw(parts);
  }

  /** Takes the line away. */
  clear(): void {
    if (this.parts !== undefined) this.screen.write(CLEAR);
    this.parts = undefined;
  }
}
