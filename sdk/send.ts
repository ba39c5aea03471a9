import { passes } from '../domain/receipt.ts';
import type { LineFailureCode } from './answers.ts';
import type { ReceiptFragment, TransactionInput } from './generated/operations.ts';
import { joinHooks } from './hooks.ts';
import type { Call } from './request/call.ts';
import { backOff } from './request/retry.ts';
import type { Answer } from './request/send-request.ts';

/** A line that was not taken. */
export type LineFailure = ReceiptFragment['failed'][number] & { readonly code: LineFailureCode };

/** What became of the lines of one call. */
export interface SendReceipt extends ReceiptFragment {
  readonly failed: LineFailure[];
  /** How many lines went out again, each counted as often as it did: 0 when all went well at once. */
  readonly resent: number;
  /** How AWS names the last request of the call; `onResponse` has all of them. */
  readonly requestId?: string | undefined;
}

/**
 * Sends the lines, then again those that the stream could not take just now, until it has, or the policy ends.
 *
 * @param send - one mutation; adds nothing and drops nothing
 */
export async function sendUntilTaken(
  operationName: string,
  inputs: readonly TransactionInput[],
  send: (lines: readonly TransactionInput[], call: Call) => Promise<Answer<ReceiptFragment>>,
  call: Call,
): Promise<SendReceipt> {
  const failed: LineFailure[] = [];
  let accepted = 0;
  let resent = 0;
  let lines = inputs;
  let places: readonly number[] = [...inputs.keys()];
  const counting = { ...call, hooks: joinHooks(call.hooks, { onRetry: () => (resent += lines.length) }) };

  for (let attempt = 1; ; attempt += 1) {
    const { data: receipt, requestId } = await send(lines, counting);
    accepted += receipt.accepted;
    const failures = receipt.failed.map((failure) => ({ ...failure, index: places[failure.index] ?? failure.index }));
    const again = attempt < call.retry.attempts ? failures.filter(({ code }) => passes(code)) : [];
    failed.push(...(again.length === 0 ? failures : failures.filter(({ code }) => !passes(code))));
    if (again.length === 0) {
      failed.sort((one, other) => one.index - other.index);
      return { accepted, failed, resent, requestId };
    }

    places = again.map(({ index }) => index);
    lines = places.flatMap((place) => inputs[place] ?? []);
    await backOff(counting, attempt, { operationName, reason: 'LINES_NOT_TAKEN', error: undefined, lines: lines.length });
  }
}
