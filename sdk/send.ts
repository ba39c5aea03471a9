import { passes } from '../domain/receipt.ts';
import { backOff, type RetryPolicy } from './links/retry.ts';
import type { ReceiptFragment, TransactionInput } from './generated/operations.ts';

/** What became of the lines of one call. */
export interface SendReceipt extends ReceiptFragment {
  /** How many lines went out again, each counted as often as it did: 0 when all went well at once. */
  readonly resent: number;
}

/**
 * Sends the lines, then again those that the stream could not take just now, until it has, or the policy ends.
 *
 * @param send - one mutation; adds nothing and drops nothing
 */
export async function sendUntilTaken(
  inputs: readonly TransactionInput[],
  send: (lines: readonly TransactionInput[]) => Promise<ReceiptFragment>,
  policy: RetryPolicy,
  signal: AbortSignal,
): Promise<SendReceipt> {
  const failed: ReceiptFragment['failed'] = [];
  let accepted = 0;
  let resent = 0;
  let lines = inputs;
  let places: readonly number[] = [...inputs.keys()];

  for (let attempt = 1; ; attempt += 1) {
    const receipt = await send(lines);
    accepted += receipt.accepted;
    const failures = receipt.failed.map((failure) => ({ ...failure, index: places[failure.index] ?? failure.index }));
    const again = attempt < policy.attempts ? failures.filter(({ code }) => passes(code)) : [];
    failed.push(...(again.length === 0 ? failures : failures.filter(({ code }) => !passes(code))));
    if (again.length === 0) return { accepted, failed: failed.sort((one, other) => one.index - other.index), resent };

    await backOff(policy, attempt, signal);
    places = again.map(({ index }) => index);
    lines = places.flatMap((place) => inputs[place] ?? []);
    resent += lines.length;
  }
}
