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
    get: (target, name) => (name === 'writeCustomers' ? oneByOne(target) : (Reflect.get(target, name) as unknown)),
  });
}

const NOTHING = { invoices: [], obsolete: [], profiles: [] };

const oneByOne =
  (ledger: Ledger): Ledger['writeCustomers'] =>
  async ({ invoices, obsolete, profiles }) => {
    await Promise.all(invoices.map((one) => ledger.writeCustomers({ ...NOTHING, invoices: [one] })));
    await Promise.all(obsolete.map((one) => ledger.writeCustomers({ ...NOTHING, obsolete: [one] })));
    await Promise.all(profiles.map((one) => ledger.writeCustomers({ ...NOTHING, profiles: [one] })));
  };
