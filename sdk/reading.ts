import { RequestRefusedError, type Refusal } from './errors.ts';
import { backOff, type RetryPolicy } from './links/retry.ts';

/** Ask again where an invoice was corrected while it was read, as the policy says. @throws RequestRefusedError */
export async function whileChanging<Answer>(
  ask: () => Promise<Answer>,
  policy: RetryPolicy,
  signal: AbortSignal,
): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      const isChanged = error instanceof RequestRefusedError && error.errors.length > 0 && error.errors.every(isOfChange);
      if (!isChanged || attempt >= policy.attempts) throw error;
    }
    await backOff(policy, attempt, signal);
  }
}

const isOfChange = ({ errorType }: Refusal) => errorType === 'InvoiceChanged';
