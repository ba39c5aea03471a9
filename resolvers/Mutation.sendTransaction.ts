import { util } from '@aws-appsync/utils';
import { packLines } from '../domain/stream-record.ts';
import type { MutationSendTransactionArgs, SendReceipt } from '../schema/generated/types.ts';
import type { RootContext } from './shared/context.ts';
import { putRecords, receipt, checkLines, type SendStash, type StreamAnswer } from './shared/send.ts';

type Ctx = RootContext<MutationSendTransactionArgs, SendStash, StreamAnswer | null>;

/** One record with one line. An unacceptable line is the request's error. */
export function request(ctx: Ctx) {
  const { lines, refusals } = checkLines([ctx.args.input]);
  const refused = refusals[0];
  if (refused !== undefined) {
    const { field, value, message } = refused.refusal;
    util.error(`input.${message}`, 'InvalidValue', null, { index: 0, lineId: refused.lineId, field, value });
  }
  ctx.stash.refused = [];
  return putRecords(ctx.env['STREAM_NAME'] ?? '', packLines(lines), ctx.stash);
}

export function response(ctx: Ctx): SendReceipt {
  return receipt([ctx.args.input], ctx.stash, ctx.error ? null : ctx.result);
}
