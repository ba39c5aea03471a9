import { util } from '@aws-appsync/utils';
import { PATTERNS } from '../../domain/line-rules.ts';
import { toPounds } from '../../domain/pounds.ts';
import type { ChunkName, StoredInvoice } from '../../domain/stored-items.ts';
import { fromStoredLine, NO_LINES, settingOf, type StoredLine, type StoredLines } from '../../domain/stored-line.ts';
import type { InvoiceLine, LinePage } from '../../schema/generated/types.ts';
import { openToken, refuseToken, sealToken } from './page.ts';
import { placeSeal } from './place-seal.ts';

/**
 * A page of an invoice's lines, which the steps of `Invoice.lines` hand on.
 *
 * The order of an invoice is that of its chunks, then the header's own lines. The place of a line in it never changes: a corrected
 * chunk takes the place of the one before, with as many lines, and the header's lines move, when it is full, into new chunks behind
 * the last. So `skip` lines after the beginning of chunk `chunk` (from 0; the header comes after the last one) is always the same
 * line, whatever arrives between two pages.
 */
export interface LineStash {
  /** What tokens are sealed with. */
  tokenKey: string;
  invoiceNo: string;
  /** The customer whose lines alone show; empty for all lines. */
  linesOf: string;
  limit: number;
  chunk: number;
  skip: number;
  /** Whether the header has been read and the chunks of the page are known. */
  planned: boolean;
  /** Sort keys of the chunks that the page needs. */
  keys: string[];
  /** JSON of the header's own lines, when the page may reach them; else empty, and there is a further page. */
  last: string;
  /** JSON of the chunks' lines, in the order of `keys`. */
  found: string[];
}

/**
 * Most chunks that a page reads: a BatchGetItem takes no more keys. They hold 32 lines or more, so that a page of 500 needs 17; were
 * they shorter, the page would be.
 */
const MOST_CHUNKS = 100;

const PLACE = '^(0|[1-9][0-9]{0,8}) (0|[1-9][0-9]{0,8})$';

/** The key of the API's seals. A place is no token of DynamoDB, which AppSync would seal itself. */
export const tokenKey = (env: Readonly<Record<string, string>>) => env['TOKEN_KEY'] ?? '';

const scope = (invoiceNo: string) => `Invoice.lines ${invoiceNo}`;

/**
 * Where a page begins.
 *
 * @param key - as `tokenKey` gives it
 * @remarks A token from an invoice of a customer's list says so, and goes on with that customer's lines wherever the invoice is
 * reached; it is refused at another customer's.
 */
export function beginPage(
  stash: LineStash,
  key: string,
  given: { readonly invoiceNo: string; readonly linesOf: string | undefined; readonly token: string | null | undefined },
): void {
  const { invoiceNo, linesOf, token } = given;
  const opened = openToken(scope(invoiceNo), token);
  const parts = (opened === null ? `0 0${linesOf === undefined ? '' : ` ${linesOf}`}` : unsealed(key, invoiceNo, opened)).split(
    ' ',
  );
  const customerId = parts[2] ?? '';
  const isPlace = util.matches(PLACE, parts.slice(0, 2).join(' '));
  const isCustomer = parts.length === 2 || (parts.length === 3 && util.matches(PATTERNS.customerId, customerId));
  if (!isPlace || !isCustomer || (linesOf !== undefined && linesOf !== customerId)) refuseToken();
  stash.tokenKey = key;
  stash.invoiceNo = invoiceNo;
  stash.linesOf = customerId;
  stash.chunk = JSON.parse(parts[0] ?? '0') as number;
  stash.skip = JSON.parse(parts[1] ?? '0') as number;
  stash.planned = false;
  stash.keys = [];
  stash.last = '';
  stash.found = [];
}

/** Finds out which chunks the page needs. One turn for each of them, and for each that filled up since the token was made. */
export function planPage(stash: LineStash, stored: StoredInvoice): void {
  const chunks = (JSON.parse(stored.chunks ?? '[]') as ChunkName[]).slice(stash.chunk);
  const keys: string[] = [];
  let passed = 0;
  let wanted = stash.skip + stash.limit;
  for (const chunk of chunks) {
    if (wanted <= 0 || keys.length === MOST_CHUNKS) break;
    if (keys.length === 0 && stash.skip >= chunk[1]) {
      passed += 1;
      stash.skip -= chunk[1];
    } else keys.push(chunk[0]);
    wanted -= chunk[1];
  }
  stash.chunk += passed;
  stash.keys = keys;
  if (passed + keys.length === chunks.length) stash.last = stored.lines ?? JSON.stringify(NO_LINES);
  stash.planned = true;
}

/** The page, once its chunks are there. One turn for each of its lines, and for each item they are in. */
export function toPage(stash: LineStash): LinePage {
  const { invoiceNo, linesOf, chunk, skip, limit, last } = stash;
  const items: InvoiceLine[] = [];
  let before = 0;
  for (const text of last === '' ? stash.found : stash.found.concat([last])) {
    const stored = JSON.parse(text) as StoredLines;
    for (const line of stored.lines.slice(Math.max(0, skip - before), Math.max(0, skip + limit - before))) {
      if (linesOf === '' || settingOf(stored, line)[1] === linesOf) items.push(toLine(invoiceNo, stored, line));
    }
    before += stored.lines.length;
  }
  const end = Math.min(before, skip + limit);
  const place = end < before || last === '' ? `${chunk} ${end}${linesOf === '' ? '' : ` ${linesOf}`}` : null;
  const sealed = place === null ? null : `${place} ${placeSeal(stash.tokenKey, `${invoiceNo} ${place}`)}`;
  return { items, nextToken: sealToken(scope(invoiceNo), sealed) };
}

/** The place in a sealed one, which no one but the API can make. */
function unsealed(key: string, invoiceNo: string, sealed: string): string {
  const end = sealed.lastIndexOf(' ');
  const place = sealed.slice(0, end < 0 ? 0 : end);
  if (placeSeal(key, `${invoiceNo} ${place}`.slice(0, LONGEST)) !== sealed.slice(end + 1)) refuseToken();
  return place;
}

/** The longest number, place and customer there are; no loop goes further. */
const LONGEST = 100;

function toLine(invoiceNo: string, stored: StoredLines, line: StoredLine): InvoiceLine {
  const kept = fromStoredLine(invoiceNo, stored, line);
  return {
    ...kept,
    description: kept.description ?? null,
    amount: toPounds(kept.quantity * line[4]),
    customerId: kept.customerId ?? null,
    sentAt: util.time.epochMilliSecondsToISO8601(kept.sentAt),
  };
}
