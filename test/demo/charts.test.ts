import { expect, test } from 'vitest';
import { barChart } from '../../demo/charts.ts';

const lines = (chart: string) => chart.trimEnd().split('\n');

test('the largest amount has the longest bar, and every amount its number in whole pounds', () => {
  const chart = barChart('Revenue', [
    { label: '2011-01', pounds: '200000.000' },
    { label: '2011-02', pounds: '50000.499' },
  ]);

  expect(lines(chart)).toEqual(['Revenue', `  2011-01  200,000  ${'█'.repeat(40)}`, `  2011-02   50,000  ${'█'.repeat(10)}`]);
});

test('an amount below nothing has its number and no bar', () => {
  const chart = barChart('Revenue', [
    { label: 'sold', pounds: '10.000' },
    { label: 'returned', pounds: '-10.000' },
  ]);

  expect(lines(chart)[2]).toBe('  returned  -10');
});

test('an amount that is tiny beside the largest still has a mark', () => {
  const chart = barChart('Revenue', [
    { label: 'a', pounds: '1000000.000' },
    { label: 'b', pounds: '0.001' },
  ]);

  expect(lines(chart)[2]).toMatch(/▏$/);
});

test('a long name is cut, and no answer draws no bars', () => {
  const long = barChart('Revenue', [{ label: 'x'.repeat(80), pounds: '1.000' }]);

  expect(lines(long)[1]).toMatch(/^ {2}x{33}… {2}1 {2}█{40}$/);
  expect(barChart('Revenue', [])).toBe('Revenue\n');
});
