import type { Faults } from '../../faults.ts';
import { StatementError } from '../redshift/service.ts';
import type { DataApiEffect, WorkgroupEffect } from './statement.ts';

/** Not an operation: every statement of the database, COPYs of Firehose included, is a call of it. */
export const WORKGROUP = 'Workgroup';

/**
 * What the database says. The words of a limit are those that users of AWS report; the others are in the guide.
 *
 * @source Redshift management guide, "Setting usage limits"; developer guide, "Troubleshooting serializable isolation errors"
 */
const WORDS: Readonly<Record<WorkgroupEffect, readonly [code: string, text: string]>> = {
  // Until the rule is removed, as a day's limit is reached until the day is over.
  'limit-reached': ['53400', 'Query reached usage limit'],
  'no-connection': ['53300', 'too many connections'],
  conflict: ['40001', '1023\n  Detail: Serializable isolation violation on table - 100'],
  cancelled: ['57014', "Query (1) cancelled on user's request"],
};

export const WORKGROUP_EFFECTS = Object.keys(WORDS) as readonly WorkgroupEffect[];

/** The refusal of the next statement, if there is to be one. */
export function workgroupRefusal(faults: Faults<DataApiEffect>): StatementError | undefined {
  const effect = faults.take(WORKGROUP)?.effect;
  const words = WORKGROUP_EFFECTS.find((one) => one === effect);
  return words === undefined ? undefined : new StatementError(...WORDS[words]);
}
