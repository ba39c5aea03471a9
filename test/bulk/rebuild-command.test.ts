import { expect, test } from 'vitest';
import { rebuildCommand } from '../../ingest/bulk/rebuild-command.ts';
import { LoaderFailedError, type BegunRebuild, type Holding, type RebuildStack } from '../../ingest/bulk/rebuilding.ts';
import { FakeClock } from './fake-stack.ts';

const HELD: Holding = {
  lines: 541_909,
  units: 5_176_450,
  money: '9747747.934',
  invoices: 25_900,
  customers: 4_372,
  products: 4_070,
  rollupRows: 10_000,
  rollupMoney: '9747747.934',
  rejects: 0,
};

/** A loader that answers its calls one after the other, and a warehouse that holds this afterwards. */
function given(outcomes: readonly (string | Error)[], after = HELD) {
  let calls = 0;
  let begun: BegunRebuild | undefined;
  const ids: string[] = [];
  const stack: RebuildStack & { close(): void } = {
    name: 'the stack in memory',
    logs: '/logs',
    count: () => Promise.resolve(calls === 0 ? HELD : after),
    progress: () => Promise.resolve({ landed: 1_000, loaded: 2_000 }),
    get begun() {
      return begun;
    },
    remember: (given) => (begun = given),
    rebuild: (id) => {
      ids.push(id);
      const outcome = outcomes[calls++] ?? 'settled';
      return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome);
    },
    close: () => undefined,
  };
  return { stack, ids, calls: () => calls };
}

async function commanded(args: readonly string[], stack: RebuildStack & { close(): void }, answer?: boolean) {
  let [printed, shown, asked] = ['', '', ''];
  const exitCode = await rebuildCommand(args, {
    print: (text) => (printed += text),
    screen: { isTTY: false, columns: 80, write: (text) => (shown += text) },
    interrupt: new AbortController().signal,
    clock: new FakeClock(),
    ask:
      answer === undefined
        ? undefined
        : (question) => {
            asked = question;
            return Promise.resolve(answer);
          },
    stack: () => stack,
  });
  return { exitCode, printed, shown, asked };
}

test('ends with what was there before beside what is there now', async () => {
  const { stack } = given(['settled']);

  const { exitCode, printed } = await commanded(['warehouse', '--yes'], stack);

  expect(exitCode).toBe(0);
  expect(printed).toMatch(/ +before +after\nlines +541,909 +541,909\n/);
  expect(printed).toMatch(/money, GBP +9747747\.934 +9747747\.934\n/);
  expect(printed).toContain('the same as before');
});

test('says what differs, and exits with 2', async () => {
  const { stack } = given(['settled'], { ...HELD, lines: 541_908, money: '9747745.384' });

  const { exitCode, printed } = await commanded(['warehouse', '--yes'], stack);

  expect(exitCode).toBe(2);
  expect(printed).toMatch(/lines +541,909 +541,908 +DIFFERS\n/);
  expect(printed).toMatch(/units +5,176,450 +5,176,450\n/);
  expect(printed).toContain('NOT the same as before');
});

test('asks the loader again when it ran out of time, or is at work for somebody else', async () => {
  const { stack, ids } = given(['busy', 'rebuilding', 'out of time', 'settled']);

  const { exitCode } = await commanded(['warehouse', '--yes'], stack);

  expect([exitCode, ids.length, new Set(ids).size]).toEqual([0, 4, 1]);
});

test('goes on with a rebuild that broke off, and compares with what was there before that', async () => {
  const { stack, ids } = given([new LoaderFailedError('no room', '/logs'), 'settled', 'settled'], { ...HELD, lines: 0 });

  const broken = await commanded(['warehouse', '--yes'], stack);
  const resumed = await commanded(['warehouse'], stack, false);
  const another = await commanded(['warehouse'], stack, true);

  expect([broken.exitCode, resumed.exitCode, another.exitCode]).toEqual([1, 2, 0]);
  expect(resumed.shown).toContain('goes on with the rebuild of');
  expect([resumed.asked, another.asked]).toEqual(['', expect.stringContaining('holds 0 lines')]);
  expect(resumed.printed).toMatch(/lines +541,909 +0 +DIFFERS/);
  expect([ids[0] === ids[1], ids[1] === ids[2]]).toEqual([true, false]);
});

test('ends with 1 when the loader fails, or ends otherwise than it should', async () => {
  const failing = await commanded(['warehouse', '--yes'], given([new LoaderFailedError('no room', '/logs')]).stack);
  const strange = await commanded(['warehouse', '--yes'], given(['given up']).stack);

  expect([failing.exitCode, strange.exitCode]).toEqual([1, 1]);
  expect(failing.shown).toContain('ERROR: the warehouse loader failed: no room; its log is in /logs');
  expect(strange.shown).toContain('ended with "given up" instead of "settled"');
});

test('asks a person first, unless told not to', async () => {
  const no = given([]);
  const yes = given([]);
  const unasked = given([]);

  const declined = await commanded(['warehouse'], no.stack, false);
  const accepted = await commanded(['warehouse'], yes.stack, true);
  const told = await commanded(['warehouse', '--yes'], unasked.stack, false);

  expect([declined.exitCode, no.calls()]).toEqual([130, 0]);
  expect(declined.asked).toContain('541,909 lines');
  expect([accepted.exitCode, yes.calls()]).toEqual([0, 1]);
  expect([told.exitCode, told.asked, unasked.calls()]).toEqual([0, '', 1]);
});

test('empties nothing where there is no terminal to ask a person on, unless --yes is given', async () => {
  const { stack, calls } = given([]);

  const { exitCode, shown } = await commanded(['warehouse'], stack);

  expect([exitCode, calls()]).toEqual([2, 0]);
  expect(shown).toContain('give --yes if you mean it');
});

test.each([
  [[], 'say what to rebuild: npm run rebuild -- warehouse'],
  [['tables'], 'got "tables"'],
  [['warehouse', '--fast'], 'there is no option --fast'],
])('%j says what is wrong', async (args, reason) => {
  const { stack, calls } = given([]);

  const { exitCode, shown } = await commanded(args, stack);

  expect([exitCode, calls()]).toEqual([2, 0]);
  expect(shown).toContain(reason);
});

test('--help explains', async () => {
  const { exitCode, printed } = await commanded(['--help'], given([]).stack);

  expect(exitCode).toBe(0);
  expect(printed).toContain('npm run rebuild -- warehouse');
});
