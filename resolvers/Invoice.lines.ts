import { runtime, util } from '@aws-appsync/utils';
import { query } from '@aws-appsync/utils/dynamodb';
import { HEADER, linesKey } from '../domain/keys.ts';
import { toPounds } from '../domain/pounds.ts';
import { wholeLineId, type StoredLine } from '../domain/stored-line.ts';
import type { InvoiceLine, InvoiceLinesArgs, LinePage } from '../schema/generated/types.ts';
import type { NestedContext } from './shared/context.ts';
import type { InvoiceSource } from './shared/invoice.ts';
import { openToken, pageLimit, sealToken } from './shared/page.ts';

/** The header (chunk 0) or a later chunk; `lines` is the JSON of its `StoredLine`s. */
interface Chunk {
  readonly invoiceNo: string;
  readonly sk: string;
  readonly lines: string;
}

/**
 * Most chunks that one page reads: with a turn for each of them and one for each line a page stays below 1,000.
 *
 * @source APPSYNC_JS stops a resolver near 1,000 loop iterations
 */
const MOST_CHUNKS = 300;

/** Where a page begins: so many lines into a chunk. */
interface Stash {
  chunk: number;
  skip: number;
  limit: number;
}

interface ChunkPage {
  readonly items: Chunk[];
}

type Ctx = NestedContext<InvoiceLinesArgs, Stash, InvoiceSource, ChunkPage>;

const scope = (ctx: Ctx) => `Invoice.lines ${ctx.source.invoiceNo}`;

/**
 * One Query over the chunks that fill the page, or none at all when the whole invoice came with its header.
 * A page may be shorter than asked for when chunks are uneven; the walk is exact.
 */
export function request(ctx: Ctx) {
  const { invoiceNo, lineCount, chunkCount, firstLines } = ctx.source;
  const place = (openToken(scope(ctx), ctx.args.nextToken) ?? '0 0').split(' ');
  ctx.stash.chunk = JSON.parse(place[0] ?? '0') as number;
  ctx.stash.skip = JSON.parse(place[1] ?? '0') as number;
  ctx.stash.limit = pageLimit(ctx.args.limit);
  if (firstLines !== undefined && chunkCount === 0)
    runtime.earlyReturn(page(ctx, [{ invoiceNo, sk: HEADER, lines: firstLines }]));
  const linesPerChunk = Math.max(1, Math.floor(lineCount / (chunkCount + 1)));
  return query<Chunk>({
    query: { invoiceNo: { eq: invoiceNo }, sk: { ge: ctx.stash.chunk === 0 ? HEADER : linesKey(ctx.stash.chunk) } },
    limit: Math.min(MOST_CHUNKS, Math.ceil((ctx.stash.skip + ctx.stash.limit) / linesPerChunk) + 1),
  });
}

export function response(ctx: Ctx): LinePage {
  if (ctx.error) util.error(ctx.error.message, ctx.error.type);
  return page(ctx, ctx.result.items);
}

/**
 * @remarks Chunks are numbered without a gap from the header's 0, and a chunk before the last never changes. One that the header
 * does not count yet is still being written.
 */
function page(ctx: Ctx, chunks: Chunk[]): LinePage {
  const limit = ctx.stash.limit;
  let taken: StoredLine[] = [];
  let chunk = ctx.stash.chunk;
  let skip = ctx.stash.skip;
  let place: string | null = null;
  for (const item of chunks) {
    if (chunk > ctx.source.chunkCount) break;
    const stored = JSON.parse(item.lines) as StoredLine[];
    const end = skip + limit - taken.length;
    taken = taken.concat(stored.slice(skip, end));
    if (end < stored.length) {
      place = `${chunk} ${end}`;
      break;
    }
    chunk += 1;
    skip = 0;
    place = chunk <= ctx.source.chunkCount ? `${chunk} 0` : null;
    if (taken.length === limit) break;
  }
  return {
    items: taken.map((line) => toLine(ctx.source.invoiceNo, line)),
    nextToken: sealToken(scope(ctx), place),
  };
}

function toLine(invoiceNo: string, line: StoredLine): InvoiceLine {
  const [lineId, stockCode, description, quantity, mills] = line;
  return {
    lineId: wholeLineId(invoiceNo, lineId),
    stockCode,
    description: description === '' ? null : description,
    quantity,
    unitPrice: toPounds(mills),
    amount: toPounds(quantity * mills),
  };
}
