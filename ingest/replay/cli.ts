import { resolve } from 'node:path';
import { replayCommand } from './command.ts';
import { processScreen } from './status-line.ts';
import { abortOnSignals } from './stop-signals.ts';
import { systemClock } from './system-clock.ts';

// The clients say nothing of the Node versions that later releases of theirs will need.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const stop = abortOnSignals();

process.exitCode = await replayCommand(process.argv.slice(2), {
  print: (text) => process.stdout.write(text),
  screen: processScreen,
  interrupt: stop,
  clock: systemClock,
  behind: async (outputs) => (await import('../arrival/open-stores.ts')).openStores(outputs),
  destination: async ({ outputs, data }) => {
    // Loaded only when something is sent: a dry run starts in half the time.
    const [{ connect, connectionFrom }, { destinationIdentity: identityOf, sendThrough: through }] = await Promise.all([
      import('../../sdk/index.ts'),
      import('./destination.ts'),
    ]);
    const connection = connectionFrom(outputs);
    const name = data === undefined ? connection.url : `the local stack on ${resolve(data)}`;
    return through(connect(connection), name, identityOf(connection));
  },
});
