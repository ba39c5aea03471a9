import { resolve } from 'node:path';
import { EXIT, replayCommand } from './command.ts';

const stop = new AbortController();
for (const [signal, exitCode] of [
  ['SIGINT', EXIT.interrupted],
  ['SIGTERM', 143],
] as const)
  process.on(signal, () => {
    if (stop.signal.aborted) process.exit(exitCode);
    stop.abort(new Error(signal));
  });

process.exitCode = await replayCommand(process.argv.slice(2), {
  print: (text) => process.stdout.write(text),
  screen: {
    isTTY: process.stderr.isTTY,
    columns: process.stderr.columns,
    write: (text) => process.stderr.write(text),
  },
  interrupt: stop.signal,
  now: () => performance.now(),
  destination: async ({ outputs, data }) => {
    // Loaded only when something is sent: a dry run starts in half the time.
    const [{ connect, connectionFrom }, { identityOf, through }] = await Promise.all([
      import('../../sdk/index.ts'),
      import('./destination.ts'),
    ]);
    const connection = connectionFrom(outputs);
    const name = data === undefined ? connection.url : `the local stack on ${resolve(data)}`;
    return through(connect(connection), name, identityOf(connection));
  },
});
