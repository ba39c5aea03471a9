/** A schedule that EventBridge Scheduler would not take. */
export class ScheduleExpressionError extends Error {
  override readonly name = 'ScheduleExpressionError';
  readonly code = 'SCHEDULE_EXPRESSION';

  constructor(
    readonly expression: string,
    what: string,
    options?: ErrorOptions,
  ) {
    super(`schedule "${expression}": ${what}`, options);
  }
}
