// Slow: hundreds of generated histories for each promise.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EVERYTHING, histories, type Kinds } from './arbitrary.ts';
import { differences } from './differences.ts';
import { runs } from './runs.ts';
import { expectedAfter, storedAfter } from './store-writer-run.ts';

/** Whatever the history, the tables hold what the model says. */
async function expectRight(kinds: Kinds, usualRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(histories(kinds), async (history) => {
      expect(differences(await storedAfter(history), expectedAfter(history))).toEqual([]);
    }),
    { numRuns: runs(usualRuns) },
  );
}

const TROUBLES = EVERYTHING.troubles;

/** Ten thousand histories, or one that is shrunk. */
const LONG = 900_000;

describe('the tables hold the latest version of each accepted line, and their sums, when', { timeout: LONG }, () => {
  test('batches are cut anywhere and come again', async () => {
    await expectRight({}, 300);
  });

  test('stores fail and processes die', async () => {
    await expectRight({ troubles: TROUBLES }, 500);
  });

  test('several processors write side by side', async () => {
    await expectRight({ lanes: 3 }, 300);
  });

  test('lines of one invoice come under several partition keys, to several processors', async () => {
    await expectRight({ lanes: 3, foreign: 'lines', troubles: TROUBLES }, 500);
  });

  test('invoices have lines of several customers', async () => {
    await expectRight({ shared: true }, 300);
  });

  test('lines are corrected, forwards and backwards in time', async () => {
    await expectRight({ corrected: true }, 300);
  });

  test('lines are given to other customers, and taken from them', async () => {
    await expectRight({ shared: true, corrected: true }, 300);
  });

  test('foreign producers write whatever comes to mind', async () => {
    await expectRight({ foreign: 'anything' }, 500);
  });

  test('all of this happens at once', async () => {
    await expectRight(EVERYTHING, 1_000);
  });

  test('what a process had on its way arrives after its end', async () => {
    await expectRight({ ...EVERYTHING, troubles: ['crash-late'] }, 300);
  });
});
