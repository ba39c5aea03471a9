import { expect, test } from 'vitest';
import { formatTable } from '../../console/table.ts';

const answer = {
  columns: [
    { name: 'country', isNumber: false },
    { name: 'net', isNumber: true },
  ],
  rows: [
    ['France', '12.500'],
    ['EIRE', null],
  ],
};

test('an answer is a table, with numbers to the right and NULL where there is nothing', () => {
  expect(formatTable(answer, 80)).toBe('country     net\n───────  ──────\nFrance   12.500\nEIRE       NULL\n(2 rows)\n');
});

test('what is wider than the screen is shown one value a line', () => {
  expect(formatTable(answer, 14).split('\n').slice(0, 3)).toEqual(['─── row 1 ────', 'country  France', 'net      12.500']);
  expect(formatTable({ ...answer, rows: [] }, 14)).toContain('(0 rows)');
});

test('what would move the cursor of a terminal is shown as what it is', () => {
  const rows = [['a\u001b[2Jb\n', 'c\u202ed']];

  expect(formatTable({ ...answer, rows })).toContain('a\\u001b[2Jb\\u000a  c\\u202ed');
});
