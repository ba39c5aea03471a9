import type { Finding } from './finding.ts';
import type { FreshStack } from './fresh-stack.ts';
import { freshness } from './freshness.ts';
import { rawAgainstRollup } from './raw-against-rollup.ts';
import type { RowsFile } from './rows.ts';
import { warehouseAnswers } from './warehouse-answers.ts';
import { ofAnswers, ofFreshness, ofRawAgainstRollup, ofWholeLoad } from './warehouse-findings.ts';
import { deliveredObjects, wholeLoad } from './whole-load.ts';

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

/** Everything about the warehouse of a stack that is loaded. The stack is of no other use afterwards. */
export async function measureWarehouse(
  stack: FreshStack,
  { directory, file, rows, loaded, seconds }: WarehouseMeasurement,
  tell: (findings: readonly Finding[]) => void,
): Promise<void> {
  const objects = await deliveredObjects(stack.outputs);
  tell(ofAnswers(await warehouseAnswers(stack, file, rows, seconds), loaded));
  tell(ofRawAgainstRollup(await rawAgainstRollup(stack.outputs), loaded));
  tell(ofFreshness(await freshness(directory, stack), loaded));
  const later = (await deliveredObjects(stack.outputs)).find((key) => !objects.includes(key));
  tell(ofWholeLoad(await wholeLoad(stack.outputs, objects, later ?? '')));
}
