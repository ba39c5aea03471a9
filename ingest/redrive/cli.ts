import { redriveCommand } from './command.ts';
import { processScreen } from '../replay/status-line.ts';
import { systemClock } from '../replay/system-clock.ts';
import { abortOnSignals } from '../replay/stop-signals.ts';

// The command's clients say nothing of the Node versions that later releases of theirs will need.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

// Loaded while the command line is read: the clients take a while.
const clients = import('./redrive-stack.ts');

const stop = abortOnSignals();

const { connectRedriveStack: stackOf } = await clients;
process.exitCode = await redriveCommand(process.argv.slice(2), {
  print: (text) => process.stdout.write(text),
  screen: processScreen,
  interrupt: stop,
  clock: systemClock,
  behind: async (outputs) => (await import('../arrival/open-stores.ts')).openStores(outputs),
  stack: stackOf,
});
