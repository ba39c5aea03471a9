import { util } from '@aws-appsync/utils';
import { isExistingDay } from '../../domain/calendar.ts';
import { refuseArgument } from './argument.ts';

const MONTH = '^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$';
const DAY = '^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$';

/**
 * A day as `YYYY-MM-DD`, from 1900 to 2199, or `undefined` when none was given. What is no day is refused with `InvalidValue`.
 *
 * @param value - an AWSDate, whose offset from UTC is left out: the shop has one clock
 */
export function checkedDay(field: string, value: string | null | undefined): string | undefined {
  if (value === null || value === undefined) return undefined;
  const day = value.slice(0, 10);
  if (!util.matches(DAY, day) || !isExistingDay(day))
    refuseArgument(field, value.slice(0, 80), 'an existing day from 1900 to 2199, such as "2011-01-31"');
  return day;
}

/** A month as `YYYY-MM`, from 1900 to 2199, or `undefined` when none was given. */
export function checkedMonth(field: string, value: string | null | undefined): string | undefined {
  if (value === null || value === undefined) return undefined;
  const month = value.trim();
  if (!util.matches(MONTH, month)) refuseArgument(field, month.slice(0, 80), 'a month from 1900 to 2199, such as "2011-01"');
  return month;
}
