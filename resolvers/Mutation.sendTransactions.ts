import { runtime, util } from '@aws-appsync/utils';
import { MAX_LINES_PER_REQUEST } from '../domain/limits.ts';
import { packLines } from '../domain/stream-record.ts';
import type { MutationSendTransactionsArgs, SendReceipt } from '../schema/generated/types.ts';
import type { RootContext } from './shared/context.ts';
import { putRecords, receipt, checkLines, type SendStash, type StreamAnswer } from './shared/send.ts';

type Ctx = RootContext<MutationSendTransactionsArgs, SendStash, StreamAnswer | null>;

/** One PutRecords for the whole request, one record for each invoice; refused lines are named and the rest is sent. */
export function request(ctx: Ctx) {
  const input = ctx.args.input;
  if (input.length === 0 || input.length > MAX_LINES_PER_REQUEST)
    util.error(`input: write 1 to ${MAX_LINES_PER_REQUEST} lines: got ${input.length}`, 'InvalidValue', null, {
      field: 'input',
      value: input.length,
    });
  const { lines, refusals } = checkLines(input);
  const records = packLines(lines);
  ctx.stash.refused = refusals.map((refused) => {
    const { index, lineId } = refused;
    const { field, value, message } = refused.refusal;
    util.appendError(`input[${index}].${message}`, 'InvalidValue', null, { index, lineId, field, value });
    return { index, lineId, code: 'InvalidValue', message };
  });
  if (records.length === 0) runtime.earlyReturn({ accepted: 0, failed: ctx.stash.refused });
  return putRecords(ctx.env['STREAM_NAME'] ?? '', records, ctx.stash);
}

export function response(ctx: Ctx): SendReceipt {
  return receipt(ctx.args.input, ctx.stash, ctx.error ? null : ctx.result);
}
