import { runtime, util } from '@aws-appsync/utils';
import type { InvoiceLinesArgs } from '../schema/generated/types.ts';
import type { NestedContext } from './shared/context.ts';
import type { InvoiceSource } from './shared/invoice.ts';
import type { LineStash } from './shared/line-page.ts';

/** A chunk; `lines` is the JSON of its `StoredLines`. */
interface Chunk {
  readonly sk: string;
  readonly lines: string;
}

interface Chunks {
  readonly data: Readonly<Record<string, (Chunk | null)[]>>;
  readonly unprocessedKeys?: Readonly<Record<string, object[]>>;
}

type Ctx = NestedContext<InvoiceLinesArgs, LineStash, InvoiceSource, Chunks>;

/** One BatchGetItem of exactly the chunks that the page needs; none when the header's own lines fill it. */
export function request(ctx: Ctx) {
  const { invoiceNo, keys } = ctx.stash;
  if (keys.length === 0) runtime.earlyReturn({});
  return {
    operation: 'BatchGetItem',
    tables: {
      [ctx.env['INVOICES_TABLE'] ?? '']: {
        keys: keys.map((sk) => util.dynamodb.toMapValues({ invoiceNo, sk })),
        // A chunk is written just before the header that names it.
        consistentRead: true,
      },
    },
  };
}

/** A chunk that the header names and that is gone was replaced by a corrected one after the header was read. */
export function response(ctx: Ctx) {
  if (ctx.error) util.error(ctx.error.message, ctx.error.type);
  const table = ctx.env['INVOICES_TABLE'] ?? '';
  if ((ctx.result.unprocessedKeys?.[table] ?? []).length > 0)
    util.error('the store is busy: ask for the same page again', 'StoreUnavailable');
  const chunks = ctx.result.data[table] ?? [];
  ctx.stash.found = ctx.stash.keys.map((key, place) => {
    const chunk = chunks[place];
    if (chunk?.sk !== key)
      util.error('the invoice was corrected while it was read: ask for the same page again', 'InvoiceChanged', null, {
        invoiceNo: ctx.stash.invoiceNo,
      });
    return chunk.lines;
  });
  return {};
}
