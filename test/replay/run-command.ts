import type { OpenedStores } from '../../ingest/arrival/stores.ts';
import { replayCommand } from '../../ingest/replay/command.ts';
import type { Destination } from '../../ingest/replay/replay.ts';
import type { Clock } from '../../ingest/replay/sending.ts';
import { FakeApi } from './fixtures.ts';

/** Run the command line as a user would, with everything it writes. */
export async function runCommand(
  args: readonly string[],
  destination: Destination = new FakeApi(),
  {
    interrupt = new AbortController(),
    behind = { howToAsk: '' },
    clock = { now: () => 0, wait: () => Promise.resolve() },
  }: { readonly interrupt?: AbortController; readonly behind?: OpenedStores; readonly clock?: Clock } = {},
) {
  let [printed, shown] = ['', ''];
  const exitCode = await replayCommand(args, {
    print: (text) => {
      printed += text;
    },
    screen: { isTTY: false, columns: 80, write: (text) => (shown += text) },
    interrupt: interrupt.signal,
    clock,
    destination: () => Promise.resolve(destination),
    behind: () => Promise.resolve(behind),
  });
  return { exitCode, printed, shown };
}
