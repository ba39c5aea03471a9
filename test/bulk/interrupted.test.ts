import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { csv, fileWith, folder, row } from '../replay/fixtures.ts';
import { runCommand } from './run-command.ts';
import { FakeStack } from './fake-stack.ts';

describe('an import that is interrupted anywhere', () => {
  const rejected = [{ reason: 'quantity: write a whole number: got "six"', text: row({ Quantity: 'six' }) }];
  const habits = { fate: (key: string) => (key.endsWith('bad.csv') ? { rejected } : {}) };
  const files = () => [fileWith(csv(row()), 'good.csv'), fileWith(csv(row({ Quantity: 'six' })), 'bad.csv')] as const;
  /** What people compare: everything but where the file lies, which run it was, and how long it took. */
  const without = (printed: string, paths: readonly string[]) =>
    paths
      .reduce((text, path) => text.replaceAll(path, 'FILE'), printed)
      .replaceAll(/\/\d{12}\//g, '/RUN/')
      .split('\n')
      .filter((line) => !/^ *(seconds|uploading|waiting|starting|Spark|loading) /.test(line));
  const rejectsOf = ([, bad]: readonly [string, string]) => readFileSync(`${bad}.rejected.csv`, 'utf8');

  test('ends, by the command it names, as one that nobody interrupted: report, rejects, exit code', async () => {
    const whole = files();
    const wholeStack = new FakeStack(habits);
    let calls = 0;
    wholeStack.onCall = () => (calls += 1);
    const expected = await runCommand(whole, wholeStack);
    expect([expected.exitCode, calls]).toEqual([2, expect.any(Number)]);
    expect(calls).toBeGreaterThan(20);

    for (let stop = 1; stop <= calls; stop += 1) {
      const [paths, stack, interrupt] = [files(), new FakeStack(habits), new AbortController()];
      let call = 0;
      stack.onCall = () => {
        if (++call === stop) interrupt.abort(new Error('SIGINT'));
      };
      const first = await runCommand(paths, stack, { interrupt });
      stack.onCall = () => undefined;
      // What the stack does by itself, while nobody watches.
      for (let look = 0; look < stop % 7; look += 1) await stack.runs();
      const second = first.exitCode === 130 ? await runCommand(paths, stack) : first;

      expect([stop, second.exitCode]).toEqual([stop, 2]);
      expect(without(second.printed, paths)).toEqual(without(expected.printed, whole));
      expect(rejectsOf(paths)).toBe(rejectsOf(whole));
      expect(stack.begun.size).toBe(0);
    }
  });

  test('and given once more, says that it was imported, and still names the rejected rows', async () => {
    const [paths, stack] = [files(), new FakeStack(habits)];
    await runCommand(paths, stack);
    rmSync(`${paths[1]}.rejected.csv`);

    const { exitCode, printed } = await runCommand(paths, stack);

    expect(exitCode).toBe(2);
    expect(printed).toContain('was imported already');
    expect(rejectsOf(paths)).toContain('quantity');
  });

  test('names a command that can be typed, whatever the file is called', async () => {
    const [directory, interrupt] = [join(folder(), "our day's"), new AbortController()];
    mkdirSync(directory);
    writeFileSync(join(directory, 'day.csv'), csv(row()));
    interrupt.abort();

    const { printed } = await runCommand([join(directory, 'day.csv')], new FakeStack(), { interrupt });

    expect(printed).toContain(`npm run import -- '${join(directory, 'day.csv').replace("'", "'\\''")}'\n`);
  });
});
