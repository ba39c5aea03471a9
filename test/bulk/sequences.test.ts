// Slow: dozens of generated sequences of imports, stopped anywhere.
import { EventEmitter, once } from 'node:events';
import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csv, fileWith, row } from '../replay/fixtures.ts';
import { runCommand } from './run-command.ts';
import { FakeStack, type Fate } from './fake-stack.ts';

/** What lies in the file when a command is given. */
const CONTENTS = [csv(row()), csv(row(), row({ InvoiceNo: '536366' }))];
const LAYOUTS = [[], ['--decimal', 'comma']] as const;
/** Tells what was read, and how, from all else. */
const moneyOf = (content: number, layout: number) => `${String(content + 1)}${String(layout + 1)}.000`;

interface Command {
  readonly content: number;
  readonly layout: number;
  readonly isAgain: boolean;
  /** At which call of the stack it ends early, and how; it is whole otherwise. */
  readonly end: { readonly at: number; readonly by: 'Ctrl-C' | 'kill -9' } | undefined;
  /** Steps that the stack takes before the next command. */
  readonly looks: number;
}

/** A file, the stack, and what people were told. */
class Shop {
  constructor(readonly path: string) {}

  readonly stack = new FakeStack({
    fate: (_key, content, layout): Fate => ({
      money: moneyOf(CONTENTS.indexOf(content), layout === undefined ? 0 : 1),
      rejected: content === CONTENTS[1] ? [{ reason: 'quantity: wrong', text: 'x' }] : [],
    }),
  });
  readonly told = new Set<string>();

  /** @returns what a command that came to its end has printed */
  async give(command: Command): Promise<{ readonly exitCode: number; readonly printed: string } | undefined> {
    const { stack } = this;
    const { content, layout, isAgain, end } = command;
    writeFileSync(this.path, CONTENTS[content] ?? '');
    const interrupt = new AbortController();
    const kill = new EventEmitter();
    const killed = once(kill, 'kill').then(() => undefined);
    let calls = 0;
    stack.onCall = () => {
      if (++calls !== end?.at) return;
      if (end.by === 'Ctrl-C') interrupt.abort(new Error('SIGINT'));
      else {
        stack.habits.hanging = true;
        kill.emit('kill');
      }
    };
    const args = [this.path, ...(LAYOUTS[layout] ?? []), ...(isAgain ? ['--again'] : [])];
    const outcome = await Promise.race([runCommand(args, stack, { interrupt }), killed]);
    stack.onCall = () => undefined;
    stack.habits.hanging = false;
    return outcome?.exitCode === 130 ? undefined : outcome;
  }

  /** Give commands one after the other, and hold each that comes to its end against what has happened. */
  async follow(commands: readonly Command[]): Promise<void> {
    for (const [place, command] of commands.entries()) {
      const { content, layout } = command;
      const about = JSON.stringify(commands.slice(0, place + 1));
      const outcome = await this.give(command);
      for (let look = 0; look < command.looks; look += 1) await this.stack.runs();
      if (outcome === undefined) continue;
      const { exitCode, printed } = outcome;
      const money = moneyOf(content, layout);

      // What it says is of this content, read in this way.
      expect(/money, GBP +(\S+)/.exec(printed)?.[1], about).toBe(money);
      // Only what somebody was told of before was imported already.
      if (printed.includes('imported already')) expect([...this.told], about).toContain(money);
      // Whatever the job has done since somebody was told, is told now.
      const untold = new Set(this.stack.transformed.splice(0).flatMap((fate) => fate.money ?? []));
      for (const other of untold) {
        if (other === money) expect(printed, about).not.toContain('imported already');
        else if (other.startsWith(money.charAt(0)))
          expect(printed, about).toContain('lines that only an earlier content or reading of it has stay');
        else
          expect(printed, about).toMatch(/an earlier content of it, whose import was interrupted, was imported too: 1[01] rows/);
      }
      const hasRejected = content === 1 || [...untold].some((other) => other.startsWith('2'));
      expect(exitCode, about).toBe(hasRejected ? 2 : 0);
      expect(this.stack.begun.size, about).toBe(0);
      this.told.add(money);
    }
  }
}

describe('imports of a file whose content and layout change', () => {
  const early = fc.record({ at: fc.integer({ min: 1, max: 24 }), by: fc.constantFrom('Ctrl-C' as const, 'kill -9' as const) });
  const begun = fc.record<Command>({
    content: fc.nat(1),
    layout: fc.nat(1),
    isAgain: fc.boolean(),
    end: fc.option(early, { nil: undefined, freq: 3 }),
    looks: fc.nat(8),
  });

  test('and that are interrupted and killed anywhere, leave nothing untold', async () => {
    const commands = fc.tuple(fc.array(begun, { minLength: 1, maxLength: 3 }), begun, begun);
    await fc.assert(
      fc.asyncProperty(commands, async ([first, then, last]) => {
        await new Shop(fileWith(CONTENTS[0] ?? '', 'day.csv')).follow([
          ...first,
          { ...then, end: undefined },
          { ...last, end: undefined, isAgain: false },
        ]);
      }),
      { numRuns: 60, seed: 20_101_201 },
    );
  });

  test('that was imported, and is killed while it is read otherwise, are not taken for imported', async () => {
    const whole = { content: 0, layout: 0, isAgain: false, end: undefined, looks: 8 };
    for (const by of ['Ctrl-C', 'kill -9'] as const)
      for (let at = 1; at <= 20; at += 1) {
        const otherwise = { ...whole, layout: 1 };
        await new Shop(fileWith(CONTENTS[0] ?? '', 'day.csv')).follow([whole, { ...otherwise, end: { at, by } }, otherwise]);
      }
  });

  test('given twice at the same time, are told by both', async () => {
    const shop = new Shop(fileWith(CONTENTS[0] ?? '', 'day.csv'));
    const [one, other] = await Promise.all([runCommand([shop.path], shop.stack), runCommand([shop.path], shop.stack)]);

    for (const { exitCode, printed } of [one, other]) {
      expect(exitCode).toBe(0);
      expect(printed).toContain(`money, GBP`);
      expect(printed).not.toContain('already');
    }
  });
});
