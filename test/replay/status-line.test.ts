import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PhaseDisplay } from '../../ingest/bulk/progress.ts';
import { ProgressDisplay } from '../../ingest/replay/progress.ts';
import type { Screen } from '../../ingest/replay/status-line.ts';

const CLEAR = '\u001b[K';

/** Characters, and the one command to the terminal. */
const piecesOf = (text: string) =>
  text.split(CLEAR).flatMap((part, place) => [...(place === 0 ? [] : [CLEAR]), ...Array.from(part)]);

/** A terminal that wraps as terminals do, and shows what stands on it. */
class Terminal implements Screen {
  readonly isTTY = true;
  readonly rows: string[] = [''];
  private column = 0;

  constructor(public columns: number) {}

  write(text: string): void {
    for (const piece of piecesOf(text)) {
      const row = this.rows.at(-1) ?? '';
      if (piece === '\n') {
        this.rows.push('');
        this.column = 0;
      } else if (piece === '\r') this.column = 0;
      else if (piece === CLEAR) this.rows[this.rows.length - 1] = row.slice(0, this.column);
      else {
        if (this.column === this.columns) {
          this.rows.push('');
          this.column = 0;
        }
        const here = this.rows.at(-1) ?? '';
        this.rows[this.rows.length - 1] = here.slice(0, this.column).padEnd(this.column) + piece + here.slice(this.column + 1);
        this.column += 1;
      }
    }
  }
}

/** A replay in the middle of a large file, as its progress shows it. */
function halfWay(terminal: Terminal, waitsFor?: string) {
  let now = 0;
  const display = new ProgressDisplay(terminal, () => now);
  const update = (share: number) => {
    now += 1_000;
    display.update({ rows: share * 541_909, share, rejected: 12_345, resent: 1_234_567, waitsFor });
  };
  update(0.25);
  update(0.5);
  return { display, update };
}

const WIDTHS = Array.from({ length: 161 }, (_, place) => place + 40);

describe('progress on a terminal', () => {
  test('is one line at every width from 40 to 200, and always says how far and how long still', () => {
    for (const columns of WIDTHS) {
      const terminal = new Terminal(columns);

      halfWay(terminal, 'Throttled: the stream takes no more just now');

      expect([columns, terminal.rows.length]).toEqual([columns, 1]);
      expect(terminal.rows[0]).toMatch(/50\.0 % .*ETA \d+:\d\d/);
    }
  });

  test('drops what matters least first: at 60 columns rows, time and rejects stay, the bar goes', () => {
    const terminal = new Terminal(60);

    halfWay(terminal);

    expect(terminal.rows).toEqual(['50.0 %  270,955 rows  ETA 0:02  rejected 12,345']);
  });

  test('shows everything where there is room', () => {
    const terminal = new Terminal(120);

    halfWay(terminal);

    expect(terminal.rows[0]).toMatch(/^\[#{12}-{12}\] {2}50\.0 % .* rows\/s {2}ETA .* sent again 1,234,567 {2}rejected 12,345$/);
  });

  test('is never broken by a line from elsewhere, nor breaks one, whatever the width and the order', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 40, max: 200 }),
        fc.array(fc.oneof(fc.constantFrom('update', 'end'), fc.stringMatching(/^[a-z ]{1,39}$/))),
        (columns, steps) => {
          const terminal = new Terminal(columns);
          const { display, update } = halfWay(terminal);
          const notes: string[] = [];
          for (const step of steps) {
            if (step === 'update') update(0.75);
            else if (step === 'end') display.end();
            else {
              display.note(step);
              notes.push(step);
            }
            expect(terminal.rows.slice(0, -1)).toEqual(notes);
          }
          display.end();
          expect(terminal.rows).toEqual([...notes, '']);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('follows a terminal that is made narrower meanwhile', () => {
    const terminal = new Terminal(120);
    const { update } = halfWay(terminal);
    terminal.columns = 45;
    terminal.rows.splice(0, 1, '');

    update(0.75);

    expect(terminal.rows).toHaveLength(1);
    expect(terminal.rows[0]).toMatch(/75\.0 % .*ETA/);
  });

  test('of an import is one line too, with phase and time first', () => {
    for (const columns of WIDTHS) {
      const terminal = new Terminal(columns);
      const display = new PhaseDisplay(terminal, () => 0);

      display.update({ phase: 'uploading', share: 0.5, doing: `${'days/'.repeat(30)}2010-12-01.csv to bulk/2010-12-01.csv` });

      expect([columns, terminal.rows.length]).toEqual([columns, 1]);
      expect(terminal.rows[0]).toContain('50.0 %  uploading 0 s');
    }
  });
});
