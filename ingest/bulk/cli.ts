import { systemClock } from '../replay/system-clock.ts';
import { importCommand } from './command.ts';
import { processScreen } from '../replay/status-line.ts';
import { abortOnSignals } from '../replay/stop-signals.ts';

// The command's clients say nothing of the Node versions that later releases of theirs will need.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

// Loaded while the command line is read: the clients take a while.
const clients = Promise.all([import('./local-stack.ts'), import('./local-schedules.ts')]);

const stop = abortOnSignals();

const [{ localStack }, { localSchedules }] = await clients;
process.exitCode = await importCommand(process.argv.slice(2), {
  print: (text) => process.stdout.write(text),
  screen: processScreen,
  interrupt: stop,
  clock: systemClock,
  stack: localStack,
  schedules: localSchedules,
});
