import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AlarmRule, MissingData } from './alarm-state.ts';
import { stateOf } from './alarm-state.ts';

const TREATMENTS: readonly MissingData[] = ['missing', 'ignore', 'breaching', 'notBreaching'];
const rule = (missingData: MissingData, datapointsToAlarm: number, evaluationPeriods = 3): AlarmRule => ({
  comparison: 'GreaterThanThreshold',
  threshold: 0,
  evaluationPeriods,
  datapointsToAlarm,
  missingData,
});
const points = (written: string) => written.split(' ').map((point) => (point === '-' ? undefined : point === 'X' ? 1 : 0));
/** The present state is one that no rule gives, so that a state which is retained can be told. */
const RETAINED = 'RETAINED' as 'OK';

/** @source CloudWatch User Guide, "Configuring how CloudWatch alarms treat missing data", both tables */
test.each<[string, number, string]>([
  ['0 - X - X', 3, 'OK OK OK OK'],
  ['0 - - - -', 3, 'OK OK OK OK'],
  ['- - - - -', 3, 'INSUFFICIENT_DATA RETAINED ALARM OK'],
  ['0 X X - X', 3, 'ALARM ALARM ALARM ALARM'],
  ['- - X - -', 3, 'ALARM RETAINED ALARM OK'],
  ['0 - X - X', 2, 'ALARM ALARM ALARM ALARM'],
  ['0 0 X 0 X', 2, 'ALARM ALARM ALARM ALARM'],
  ['0 - X - -', 2, 'OK OK ALARM OK'],
  ['- - - - 0', 2, 'OK OK ALARM OK'],
  ['- - - X -', 2, 'ALARM RETAINED ALARM OK'],
])('%s with %i points to alarm is as the documentation of CloudWatch says', (written, most, states) => {
  const found = TREATMENTS.map((treatment) => stateOf(points(written), rule(treatment, most), RETAINED));

  expect(found.join(' ')).toBe(states);
});

test('one breaching point raises no alarm before it is as old as the points to alarm', () => {
  expect(stateOf(points('- - - - X'), rule('missing', 3), 'OK')).toBe('OK');
  expect(stateOf(points('- - - X -'), rule('missing', 3), 'OK')).toBe('OK');
});

test('silence counts only where too few points are real, and never for more than those that lack', () => {
  const range = fc.array(fc.constantFrom('-', '0', 'X'), { minLength: 7, maxLength: 7 });
  fc.assert(
    fc.property(
      range,
      fc.integer({ min: 1, max: 5 }),
      fc.constantFrom<MissingData>('breaching', 'notBreaching'),
      (written, most, treatment) => {
        const found = stateOf(points(written.join(' ')), rule(treatment, most, 5), 'OK');

        const real = written.filter((point) => point !== '-').slice(-5);
        const filled = [...real, ...new Array<string>(5 - real.length).fill(treatment === 'breaching' ? 'X' : '0')];
        expect(found).toBe(filled.filter((point) => point === 'X').length >= most ? 'ALARM' : 'OK');
      },
    ),
    { numRuns: 300 },
  );
});

test.each<[AlarmRule['comparison'], string]>([
  ['GreaterThanThreshold', 'OK OK ALARM'],
  ['GreaterThanOrEqualToThreshold', 'OK ALARM ALARM'],
  ['LessThanThreshold', 'ALARM OK OK'],
  ['LessThanOrEqualToThreshold', 'ALARM ALARM OK'],
])('%s below, at and above the threshold', (comparison, states) => {
  const found = [1, 2, 3].map((value) => stateOf([value], { ...rule('missing', 1, 1), comparison, threshold: 2 }, 'OK'));

  expect(found.join(' ')).toBe(states);
});
