import { expect, onTestFinished, test } from 'vitest';
import { startSchedulePages } from './pages.ts';
import { ManualClock } from '../../testing/manual-clock.ts';

const NIGHTLY = { name: 'nightly', expression: 'cron(0 3 * * ? *)', timezone: 'UTC', enabled: true, target: 'arn:aws:x' };

async function given(timeFactor: number, clock = new ManualClock()) {
  const pages = await startSchedulePages({ schedules: [NIGHTLY], timeFactor, log: () => undefined, clock });
  onTestFinished(() => pages.close());
  return async (path: string, method = 'GET') => {
    const answer = await fetch(`${pages.url}${path}`, { method });
    return { status: answer.status, page: (await answer.json()) as Record<string, unknown> };
  };
}

const runs = (expression: string, more = '') => `/_next-runs?expression=${encodeURIComponent(expression)}${more}`;

test('lists what the template declares', async () => {
  const get = await given(300);

  expect(await get('/_schedules')).toEqual({ status: 200, page: { schedules: [NIGHTLY], timeFactor: 300 } });
});

test('tells the next runs as the clocks of the world show them, and as they come here', async () => {
  const clock = new ManualClock();
  const get = await given(60, clock);
  const start = clock.now();

  const { page } = await get(runs('rate(1 hour)', '&count=2'));

  expect(page['timeFactor']).toBe(60);
  expect((page['declared'] as string[]).map((at) => Date.parse(at) - start)).toEqual([3_600_000, 7_200_000]);
  expect((page['here'] as string[]).map((at) => Date.parse(at) - start)).toEqual([60_000, 120_000]);
});

test('tells both alike when time passes as it does', async () => {
  const get = await given(1);

  const { page } = await get(runs('cron(0 3 * * ? *)', '&timezone=Europe/London'));

  expect(page['declared']).toHaveLength(3);
  expect(page['here']).toEqual(page['declared']);
});

test.each([
  [runs('cron(0 3 * * *)'), 400, 'write six fields'],
  [runs('rate(1 hour)', '&count=0'), 400, 'write a whole number from 1 to 10'],
  [runs('rate(1 hour)', '&timezone=Atlantis/Main'), 400, 'there is no time zone'],
  ['/schedules', 404, 'is not supported locally'],
])('%s says what is wrong', async (path, status, reason) => {
  const get = await given(300);

  const answer = await get(path);

  expect(answer.status).toBe(status);
  expect(answer.page['message']).toContain(reason);
});

test('changes nothing', async () => {
  const get = await given(300);

  expect((await get('/_schedules', 'DELETE')).status).toBe(404);
});
