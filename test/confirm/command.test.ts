import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Claim } from '../../infra/confirm/claim.ts';
import { differs, holds } from '../../infra/confirm/claim.ts';
import { confirmCommand, type ConfirmPorts } from '../../infra/confirm/command.ts';
import { Journal } from '../../infra/confirm/journal.ts';
import type { Results } from '../../infra/confirm/results.ts';
import { type Answers, localAws } from './local-aws.ts';

const claim = (id: string, check: () => Promise<ReturnType<typeof holds>>): Claim => ({
  ...{ id, area: 'AppSync', claim: `${id} is so.`, step: 'offline', how: 'By looking.' },
  check,
});
const GOOD = claim('all-is-well', async () => holds('It is, in 111122223333.'));
const BAD = claim('all-is-other', async () => differs('It is not.'));
const BROKEN = claim('all-is-dark', () => Promise.reject(new RangeError('no\nanswer')));
const SEEN: Claim = { id: 'to-be-seen', area: 'AppSync', claim: 'It looks well.', look: 'In the console.' };

/** The command, and what came of it. */
function given(changes: Partial<ConfirmPorts> = {}, answers: Answers = {}) {
  let printed = '';
  let screen = '';
  let results: Results = {};
  const asked: string[] = [];
  const aws = localAws(answers);
  const ports: ConfirmPorts = {
    print: (text) => (printed += text),
    screen: { isTTY: false, columns: 80, write: (text) => (screen += text) },
    interrupt: new AbortController().signal,
    wait: () => Promise.resolve(),
    now: () => new Date('2026-11-30T10:00:00Z'),
    region: async () => 'us-east-1',
    aws: () => (name, input) => {
      asked.push(name);
      return aws(name, input);
    },
    places: {
      offline: async (place) => ({ ...place, template: { Resources: {} }, bundle: () => '' }),
      api: () => Promise.reject(new Error('nobody asks for it here')),
      warehouse: () => Promise.reject(new Error('nobody asks for it here')),
      stage: () => Promise.reject(new Error('nobody asks for it here')),
    },
    results: { read: () => results, write: (next) => (results = next) },
    journal: new Journal(join(tmpdir(), 'tillgraph-confirm-none', 'journal.jsonl')),
    newRun: () => 'a1b2c3d4e5f6',
    claims: [GOOD, SEEN],
    ...changes,
  };
  return {
    run: (...args: string[]) => confirmCommand(args, ports),
    printed: () => printed,
    screen: () => screen,
    results: () => results,
    asked,
  };
}

test('what holds is written down with its day and region, and without the account', async () => {
  const { run, results, printed } = given();

  expect(await run('offline', '--yes')).toBe(0);

  expect(results()).toEqual({
    'all-is-well': { outcome: 'holds', seen: 'It is, in <account>.', when: '2026-11-30', region: 'us-east-1' },
  });
  expect(printed()).toMatch(/^offline: asks AWS .*\n1 claims, free, about \d+ minutes; account 111122223333, us-east-1\n/);
});

test('what does not hold, and what cannot be checked, is told apart and ends with 2', async () => {
  const { run, results } = given({ claims: [BROKEN, BAD, GOOD] });

  expect(await run('offline', '--yes')).toBe(2);

  expect(results()).toMatchObject({
    'all-is-dark': { outcome: 'unsettled', seen: 'The check itself failed: RangeError: no answer' },
    'all-is-other': { outcome: 'differs' },
    'all-is-well': { outcome: 'holds' },
  });
});

test('one claim alone can be checked', async () => {
  const { run, results } = given({ claims: [BAD, GOOD] });

  expect(await run('offline', '--yes', '--only', 'all-is-well')).toBe(0);

  expect(Object.keys(results())).toEqual(['all-is-well']);
});

test('a person is told the price and asked before anything begins', async () => {
  const questions: string[] = [];
  const { run, results, screen, printed } = given({
    async ask(question) {
      expect(printed()).toContain('free');
      questions.push(question);
      return false;
    },
  });

  expect(await run('offline')).toBe(1);

  expect(questions).toEqual(['Begin? [y/N] ']);
  expect(screen()).toBe('nothing was done\n');
  expect(results()).toEqual({});
});

test('who is stopped has what was seen until then', async () => {
  const stop = new AbortController();
  const stopping = claim('all-is-stopped', async () => {
    stop.abort();
    return holds('It would.');
  });
  const { run, results } = given({ claims: [GOOD, stopping, BAD], interrupt: stop.signal });

  expect(await run('offline', '--yes')).toBe(130);

  expect(Object.keys(results())).toEqual(['all-is-well']);
});

test.each<[what: string, args: string[], said: RegExp]>([
  ['nothing', [], /^ERROR: name a step: one of offline, .*; --help explains\n$/],
  ['an unknown step', ['everything'], /^ERROR: there is no step "everything": write one of offline, .*\n$/],
  ['two steps', ['offline', 'list'], /^ERROR: name one step: got offline list; --help explains\n$/],
  [
    'an unknown option',
    ['offline', '--force'],
    /^ERROR: --force: there is no option --force, write one of .*; --help explains\n$/,
  ],
  ['an unknown claim', ['offline', '--only', 'x'], /^ERROR: step offline settles no claim "x": .*\n$/],
  ['nobody to ask', ['offline'], /^ERROR: nobody is there to be asked: give --yes .*\n$/],
])('%s is refused in one line, before anything is asked of the account but its name', async (_, args, said) => {
  const { run, screen, asked } = given();

  expect(await run(...args)).toBe(2);

  expect(screen()).toMatch(said);
  expect(asked.filter((name) => name !== 'sts:GetCallerIdentity')).toEqual([]);
});

test('an account that cannot be asked ends it in one line', async () => {
  const { run, screen } = given(
    {},
    {
      'sts:GetCallerIdentity': () => {
        throw new Error('no credentials for AWS');
      },
    },
  );

  expect(await run('offline', '--yes')).toBe(1);

  expect(screen()).toBe('ERROR: no credentials for AWS\n');
});

test('list names every step with its price, and every claim with what is known of it', async () => {
  const { run, printed } = given({ claims: [GOOD, BAD, SEEN] });
  await run('offline', '--yes', '--only', 'all-is-well');

  await run('list');

  expect(printed()).toMatch(/offline: .*free.*\n {2}all-is-well +holds\n {2}all-is-other +not looked at yet\n/);
  expect(printed()).toMatch(/to be seen by a person\n {2}to-be-seen/);
});
