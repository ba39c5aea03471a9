import { resolve } from 'node:path';
import { replayCommand } from './command.ts';
import { abortOnSignals } from './stop-signals.ts';

const stop = abortOnSignals();

process.exitCode = await replayCommand(process.argv.slice(2), {
  print: (text) => process.stdout.write(text),
  screen: {
    isTTY: process.stderr.isTTY,
    columns: process.stderr.columns,
    write: (text) => process.stderr.write(text),
  },
  interrupt: stop,
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
