import { expect, test } from 'vitest';
import { PhaseDisplay } from '../../ingest/bulk/progress.ts';

function shown(isTTY: boolean) {
  let [text, now] = ['', 0];
  const display = new PhaseDisplay({ isTTY, columns: 60, write: (written) => (text += written) }, () => now);
  const at = (seconds: number, phase: 'uploading' | 'Spark', share?: number) => {
    now = seconds * 1000;
    display.update({ phase, doing: 'day.csv to bulk/day.csv', ...(share !== undefined && { share }) });
  };
  return { display, at, text: () => text };
}

test('is one line that a terminal redraws and clears, with a bar where the share is known', () => {
  const { display, at, text } = shown(true);

  at(0, 'uploading', 0.5);
  at(0.05, 'uploading', 0.6);
  at(1, 'uploading', 1);
  at(2, 'Spark');
  display.end();

  const [, first, second, third, end] = text().split('\r');
  expect(text()).not.toContain('\n');
  expect(first).toContain('[############------------]  50.0 %  uploading 0 s');
  expect(second).toContain('[########################]  100.0 %  uploading 1 s');
  expect(third).toContain('Spark 0 s  day.csv');
  expect(end).toBe('\u001b[K');
});

test('never wraps on a narrow terminal', () => {
  const { at, text } = shown(true);

  at(0, 'uploading', 0.5);

  expect(text().replace('\r', '').replace('\u001b[K', '').length).toBeLessThan(60);
});

test('is a line for each phase and every quarter of a minute where there is no terminal', () => {
  const { at, text } = shown(false);

  for (const second of [0, 1, 14, 15, 16]) at(second, 'Spark');
  at(17, 'uploading', 1);

  expect(text().split('\n')).toEqual([
    'Spark 0 s  day.csv to bulk/day.csv',
    'Spark 15 s  day.csv to bulk/day.csv',
    '100.0 %  uploading 0 s  day.csv to bulk/day.csv',
    '',
  ]);
});
