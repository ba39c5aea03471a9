// Which days there are. Resolvers bundle this file: only what APPSYNC_JS knows.

export const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

const MONTHS_OF_30_DAYS = ['04', '06', '09', '11'];

/** Whether a text that begins with `YYYY-MM-DD` (month 01 to 12, day 01 to 31) begins with a day that exists. */
export function isExistingDay(date: string): boolean {
  const month = date.slice(5, 7);
  const day = date.slice(8, 10);
  if (month === '02') return day < '29' || (day === '29' && isLeap(JSON.parse(date.slice(0, 4)) as number));
  return day < '31' || MONTHS_OF_30_DAYS.indexOf(month) === -1;
}
