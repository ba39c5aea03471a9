import type { Aws } from './aws.ts';
import { ForeignNameError, OWN_NAME, type Journal, type Made } from './journal.ts';
import { remove, type Wait } from './removing.ts';

export interface Cleaned {
  readonly removed: readonly Made[];
  /** What is still there, or in another account, and why. */
  readonly left: readonly { readonly made: Made; readonly reason: string }[];
}

/** Remove what the journal names, the last first. @param awsIn - the account's door to a region */
export async function cleanUp(journal: Journal, account: string, awsIn: (region: string) => Aws, wait: Wait): Promise<Cleaned> {
  const removed: Made[] = [];
  const left: { made: Made; reason: string }[] = [];
  for (const made of journal.left().toReversed()) {
    if (made.account !== account) {
      left.push({ made, reason: 'it is in another account: sign in there' });
      continue;
    }
    try {
      if (!OWN_NAME.test(made.name)) throw new ForeignNameError(made.name);
      await remove(made.kind, awsIn(made.region), made.name, wait);
      journal.removed(made);
      removed.push(made);
    } catch (error) {
      left.push({ made, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return { removed, left };
}
