import { beforeAll, expect, test } from 'vitest';
import { givenShop, type Shop } from './given-shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await givenShop();
});

const DAY = 86_400_000;
const iso = (time: number) => new Date(time).toISOString().slice(0, 10);

/** What JavaScript's clock says of a day. Weeks by the rule of ISO 8601: a week belongs to the year of its Thursday. */
function dayOf(time: number): (string | null)[] {
  const date = new Date(time);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  const weekday = ((date.getUTCDay() + 6) % 7) + 1;
  const thursday = new Date(time + (4 - weekday) * DAY);
  const weekYear = thursday.getUTCFullYear();
  const week = Math.floor((thursday.getTime() - Date.UTC(weekYear, 0, 1)) / DAY / 7) + 1;
  const quarter = Math.floor(month / 3) + 1;
  return [
    ...[iso(time), iso(time), iso(time).replaceAll('-', '')],
    ...[String(year), `${String(year)}-Q${String(quarter)}`, iso(time).slice(0, 7)],
    ...[`${String(weekYear)}-W${String(week).padStart(2, '0')}`, String(weekday), String(month + 1), String(day)],
    ...[String(weekYear), String(week), `${String(year)}-01-01`, iso(Date.UTC(year, (quarter - 1) * 3, 1))],
    ...[iso(Date.UTC(year, month, 1)), iso(time - (weekday - 1) * DAY)],
    ...[String((year - 1900) * 12 + month), String((time - Date.UTC(1900, 0, 1)) / DAY)],
  ];
}

test('the calendar has every day from 1900 to 2199 once, with its weeks, months and quarters', async () => {
  const days = await shop.rows('SELECT * FROM mart.calendar ORDER BY day');

  const wrong = days.filter((day, place) => day.join() !== dayOf(Date.UTC(1900, 0, 1) + place * DAY).join());
  expect(wrong).toEqual([]);
  expect([days[0]?.[0], days.at(-1)?.[0], days.length]).toEqual(['1900-01-01', '2199-12-31', 109_573]);
});

test.each([
  ['2008-12-28', '2008-W52'],
  ['2008-12-29', '2009-W01'],
  ['2010-01-03', '2009-W53'],
  ['2010-01-04', '2010-W01'],
  ['2011-02-14', '2011-W07'],
  ['2012-01-01', '2011-W52'],
  ['2020-12-31', '2020-W53'],
  ['2021-01-03', '2020-W53'],
  ['2024-12-30', '2025-W01'],
])('%s is in week %s', async (day, week) => {
  expect(await shop.rows(`SELECT week FROM mart.calendar WHERE day_text = '${day}'`)).toEqual([[week]]);
});
