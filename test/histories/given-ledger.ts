import type { Ledger } from '../../ingest/consumers/ledger.ts';
import type { MemoryLedger } from '../support/memory-ledger.ts';
import type { Troubles } from './troubled-port.ts';

/**
 * The ledger as one delivery reaches it. Reads and conditional writes are one call each; of a set of writes each one is, because DynamoDB
 * takes them item by item.
 */
export function ledgerOf(held: MemoryLedger, troubles: Troubles): Ledger {
  const ledger = troubles.around<Ledger>(held);
  return new Proxy(ledger, {
    get(target, name) {
      if (name === 'changeLists') return listsOneByOne(target);
      if (name === 'putProfiles') return profilesOneByOne(target);
      return Reflect.get(target, name) as unknown;
    },
  });
}

const listsOneByOne =
  (ledger: Ledger): Ledger['changeLists'] =>
  async ({ puts, removals }) => {
    await Promise.all(puts.map((one) => ledger.changeLists({ puts: [one], removals: [] })));
    await Promise.all(removals.map((one) => ledger.changeLists({ puts: [], removals: [one] })));
  };

const profilesOneByOne =
  (ledger: Ledger): Ledger['putProfiles'] =>
  async (writes) =>
    (await Promise.all(writes.map((one) => ledger.putProfiles([one])))).flat();
