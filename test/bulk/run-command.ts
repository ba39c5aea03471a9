import { importCommand } from '../../ingest/bulk/command.ts';
import type { ScheduleSource } from '../../ingest/bulk/schedule.ts';
import { FakeClock, FakeStack } from './fake-stack.ts';

const NO_SCHEDULES: ScheduleSource = { scheduled: () => Promise.resolve([]), nextRuns: () => Promise.reject(new Error('none')) };

/** Run the command line of an import as a user would, with everything it writes. */
export async function runCommand(
  args: readonly string[],
  stack = new FakeStack(),
  given: { readonly interrupt?: AbortController; readonly clock?: FakeClock; readonly schedules?: ScheduleSource } = {},
) {
  const { interrupt = new AbortController(), clock = new FakeClock(), schedules = NO_SCHEDULES } = given;
  let [printed, shown] = ['', ''];
  const exitCode = await importCommand(args, {
    print: (text) => (printed += text),
    screen: { isTTY: false, columns: 80, write: (text) => (shown += text) },
    interrupt: interrupt.signal,
    clock,
    stack: () => stack,
    schedules: () => ({ ...schedules, close: () => undefined }),
  });
  return { exitCode, printed, shown };
}
