/** The time of one run of a function. */
export interface RunClock {
  /** Milliseconds since 1970. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  /** When the run must have ended. @unit milliseconds since 1970 */
  readonly deadline: number;
}

/** The run's time does not suffice for what comes next; the next run goes on. */
export class OutOfTimeError extends Error {
  override readonly name = 'OutOfTimeError';
  readonly code = 'OUT_OF_TIME';

  constructor(
    readonly work: string,
    options?: ErrorOptions,
  ) {
    const refusal = options?.cause instanceof Error ? `, which was refused to the end: ${options.cause.message}` : '';
    super(`no time left for ${work}${refusal}; the next run goes on from here`, options);
  }
}

/** Milliseconds until the run must have ended. */
export const timeLeft = (clock: RunClock) => clock.deadline - clock.now();

/** @param cause - why the work is not done yet @throws OutOfTimeError when less than `milliseconds` are left */
export function requireTime(clock: RunClock, milliseconds: number, work: string, cause?: unknown): void {
  if (timeLeft(clock) < milliseconds) throw new OutOfTimeError(work, { cause });
}

const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 5000;

/** The pause after so many fruitless attempts: 100 ms, doubling up to 5 s. */
export const pauseAfter = (attempts: number) => Math.min(FIRST_PAUSE * 2 ** Math.min(attempts, 10), LONGEST_PAUSE);
