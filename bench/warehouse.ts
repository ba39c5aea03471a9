import type { Finding } from './finding.ts';
import type { FreshStack } from './fresh-stack.ts';
import { FRESH_ROWS, freshness } from './freshness.ts';
import { rawAgainstRollup } from './raw-against-rollup.ts';
import { newLines, type RowsFile } from './rows.ts';
import { warehouseAnswers } from './warehouse-answers.ts';
import { answerFindings, freshnessFindings, rawAgainstRollupFindings, wholeLoadFindings } from './warehouse-findings.ts';
import { wholeLoad } from './whole-load.ts';

/** What to measure a warehouse with. */
export interface WarehouseMeasurement {
  readonly directory: string;
  /** What has been replayed into the stack, and how much of it. */
  readonly file: RowsFile;
  readonly rows: number | undefined;
  readonly loaded: number;
  /** How long a round of load is. @unit seconds */
  readonly seconds: number;
}

/** Rows that are loaded on top of all. */
const FEW = 5_000;

/** Everything about the warehouse of a stack that is loaded. The stack is of no other use afterwards. */
export async function measureWarehouse(
  stack: FreshStack,
  { directory, file, rows, loaded, seconds }: WarehouseMeasurement,
  addFindings: (findings: readonly Finding[]) => void,
): Promise<void> {
  addFindings(answerFindings(await warehouseAnswers(stack, file, rows, seconds), loaded));
  addFindings(rawAgainstRollupFindings(await rawAgainstRollup(stack.outputs), loaded));
  const more = await newLines(directory, FRESH_ROWS + FEW);
  // While the stack's own loader has nothing to do.
  addFindings(wholeLoadFindings(await wholeLoad(stack, more.slice(FRESH_ROWS))));
  addFindings(freshnessFindings(await freshness(stack, more), loaded));
}
