import { datedInvoice } from '../../domain/keys.ts';
import { addToProfile, isSameEntry, isSameMonth, monthOf, NO_INVOICES, totalsOf, type AddedLines } from './customer-totals.ts';
import { mapConcurrently } from './in-parallel.ts';
import { MissingChunkError, type InvoiceCache } from './known-invoices.ts';
import {
  UnreadableItemError,
  type CustomerInvoice,
  type CustomerProfile,
  type Ledger,
  type ListChanges,
  type MonthTotals,
  type ProfileWrite,
} from './ledger.ts';

/** Customers whose lists and profiles may no longer say what their invoices say. */
export interface StaleCustomer {
  readonly customerId: string;
  readonly invoiceNo: string;
  /** Months, `YYYY-MM`, in which the customer's list may have the invoice, beside those that its header names. */
  readonly months: readonly string[];
}

/** What the customers of changed invoices have to follow. */
export interface CustomerChanges {
  readonly additions: readonly AddedLines[];
  readonly doubts: readonly StaleCustomer[];
}

const AT_ONCE = 8;
/** How often a customer is tried again when another writer was faster: each time one of the others has got on. */
const ATTEMPTS = 40;

/** Other writers changed a customer at every attempt. */
export class ContendedCustomerError extends Error {
  override readonly name = 'ContendedCustomerError';
  readonly code = 'CONTENDED_CUSTOMER';

  /** Not of whom: it ends in a log, and nothing depends on it. */
  constructor() {
    super(`a customer was changed by another writer ${String(ATTEMPTS)} times in a row; the batch comes again`);
  }
}

/**
 * Bring customers up to date with their invoices: their lists, then their profiles.
 *
 * @remarks A profile's version guards the customer: whoever has read it, and then changed the list, writes the profile only if nobody has
 * written it since. Of two writers at once one fails, and looks at the invoices again. So additions need no look at what is stored, as
 * long as the profiles were read before the invoices were written.
 *
 * @param profiles - of all customers of the additions, read before the invoices were written
 */
export async function updateCustomers(
  ledger: Ledger,
  known: InvoiceCache,
  { additions, doubts }: CustomerChanges,
  profiles: ReadonlyMap<string, CustomerProfile>,
): Promise<void> {
  const doubtsOf = groupBy(doubts, ({ customerId }) => customerId);
  const additionsOf = groupBy(additions, ({ after }) => after.customerId);
  const clean: (readonly [AddedLines, ...AddedLines[]])[] = [];
  for (const [customerId, added] of additionsOf) {
    const doubted = doubtsOf.get(customerId);
    if (doubted === undefined) clean.push(added);
    else doubted.push(...added.map(staleCustomerOf));
  }

  await ledger.changeLists({ puts: clean.flat().map(({ after }) => after), removals: [] });
  const writes = clean.map((added): ProfileWrite => {
    const profile = profiles.get(added[0].after.customerId);
    return { profile: addToProfile(profile, added), expected: profile?.version };
  });
  const written = await ledger.putProfiles(writes);
  for (const [place, added] of clean.entries())
    if (written[place] !== true) doubtsOf.set(added[0].after.customerId, mapAll(added, staleCustomerOf));
  await mapConcurrently([...doubtsOf.values()], AT_ONCE, (doubted) => rebuildCustomer(ledger, known, doubted));
}

const staleCustomerOf = ({ before, after }: AddedLines): StaleCustomer => ({
  customerId: after.customerId,
  invoiceNo: after.invoiceNo,
  months: before === undefined ? [] : [monthOf(before.invoiceDate)],
});

/**
 * Make a customer's list what the invoices say, then the profile what the list says.
 *
 * @remarks The order of reading matters: the profile before the headers and the list, so that a writer who changes these afterwards is
 * noticed when the profile is written.
 */
async function rebuildCustomer(
  ledger: Ledger,
  known: InvoiceCache,
  doubts: readonly [StaleCustomer, ...StaleCustomer[]],
): Promise<void> {
  const { customerId } = doubts[0];
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const profile = (await ledger.profiles([customerId])).get(customerId);
    const entries = await unlessReplaced(wantedEntries(ledger, known, doubts));
    if (entries === undefined) continue;
    const { wanted, months, hadOthers } = entries;
    const { changes, totals } = await compareList(ledger, customerId, wanted, months);
    await ledger.changeLists(changes);
    const recounted = await recount(ledger, customerId, profile, totals);
    // A list that was changed without a profile that was written would be noticed by nobody. And where the customer had a part of an
    // invoice and has it no longer, a writer who does not know yet may be about to list it: the profile's new version stops it.
    if (changes.puts.length + changes.removals.length === 0 && !hadOthers && isSameProfile(profile, recounted)) return;
    const [isWritten = false] = await ledger.putProfiles([{ profile: recounted, expected: profile?.version }]);
    if (isWritten) return;
  }
  throw new ContendedCustomerError();
}

/** `undefined` when another writer replaced a chunk between the header and the chunks. */
const unlessReplaced = <Result>(reading: Promise<Result>): Promise<Result | undefined> =>
  reading.catch((cause: unknown) => {
    if (cause instanceof MissingChunkError) return undefined;
    throw cause;
  });

/** What the list must have of the invoices in doubt, and in which months it may have something else. */
async function wantedEntries(ledger: Ledger, known: InvoiceCache, doubts: readonly [StaleCustomer, ...StaleCustomer[]]) {
  const { customerId } = doubts[0];
  const invoiceNos = [...new Set(doubts.map(({ invoiceNo }) => invoiceNo))];
  const months = new Set(doubts.flatMap((doubt) => doubt.months));
  const wanted = new Map<string, CustomerInvoice | undefined>();
  let hadOthers = false;
  const headers = await ledger.headers(invoiceNos);
  for (const invoiceNo of invoiceNos) {
    const header = headers.get(invoiceNo);
    if (header instanceof UnreadableItemError) throw header;
    const entry = header && (await known.look(ledger, invoiceNo, header)).partOf(customerId);
    wanted.set(invoiceNo, entry);
    if (entry !== undefined) months.add(monthOf(entry.invoiceDate));
    for (const place of header?.formerPlaces ?? []) {
      if (place.customerId !== customerId) continue;
      hadOthers = true;
      months.add(monthOf(place.invoiceDate));
    }
  }
  return { wanted, months, hadOthers };
}

/** How the list differs from what it must have in some months, and what it then adds up to in each. */
async function compareList(
  ledger: Ledger,
  customerId: string,
  wanted: ReadonlyMap<string, CustomerInvoice | undefined>,
  months: ReadonlySet<string>,
) {
  const removals: ListChanges['removals'][number][] = [];
  const puts: CustomerInvoice[] = [];
  const totals: Record<string, MonthTotals> = {};
  for (const month of months) {
    const list = new Map<string, CustomerInvoice>();
    for (const entry of await ledger.customerInvoices(customerId, month)) {
      const { invoiceNo, invoiceDate } = entry;
      const isStray = wanted.has(invoiceNo) && wanted.get(invoiceNo)?.invoiceDate !== invoiceDate;
      if (isStray) removals.push({ customerId, invoiceNo, invoiceDate });
      else list.set(invoiceNo, entry);
    }
    for (const [invoiceNo, entry] of wanted) {
      if (entry === undefined || monthOf(entry.invoiceDate) !== month) continue;
      if (!isSameEntry(list.get(invoiceNo), entry)) puts.push(entry);
      list.set(invoiceNo, entry);
    }
    totals[month] = totalsOf(list.values());
  }
  return { changes: { puts, removals }, totals };
}

/** The profile with some months as they now are. */
async function recount(
  ledger: Ledger,
  customerId: string,
  profile: CustomerProfile | undefined,
  totals: Readonly<Record<string, MonthTotals>>,
): Promise<CustomerProfile> {
  const all = Object.entries({ ...profile?.months, ...totals });
  const months = Object.fromEntries(all.filter(([, { invoices }]) => invoices > 0));
  const version = (profile?.version ?? 0) + 1;
  const [first, last] = (await ledger.firstAndLastInvoice(customerId)) ?? [];
  if (first === undefined || last === undefined) return { customerId, firstInvoiceAt: '', lastInvoice: '', months, version };
  return {
    customerId,
    country: last.country,
    firstInvoiceAt: first.invoiceDate,
    lastInvoice: datedInvoice(last.invoiceDate, last.invoiceNo),
    months,
    version,
  };
}

/** Whether two profiles say the same; an empty one says what none says. */
const isSameProfile = (a: CustomerProfile | undefined, b: CustomerProfile) =>
  a?.country === b.country &&
  (a?.firstInvoiceAt ?? '') === b.firstInvoiceAt &&
  (a?.lastInvoice ?? '') === b.lastInvoice &&
  Object.keys({ ...a?.months, ...b.months }).every((month) => isSameMonth(a?.months[month], b.months[month] ?? NO_INVOICES));

function groupBy<One>(all: readonly One[], keyOf: (one: One) => string): Map<string, [One, ...One[]]> {
  const groups = new Map<string, [One, ...One[]]>();
  for (const one of all) {
    const group = groups.get(keyOf(one));
    if (group === undefined) groups.set(keyOf(one), [one]);
    else group.push(one);
  }
  return groups;
}

const mapAll = <From, To>([first, ...others]: readonly [From, ...From[]], change: (one: From) => To): [To, ...To[]] => [
  change(first),
  ...others.map(change),
];
