import { redriveCommand } from './command.ts';
import { abortOnSignals } from '../replay/stop-signals.ts';

// The command's clients say nothing of the Node versions that later releases of theirs will need.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

// Loaded while the command line is read: the clients take a while.
const clients = import('./stack-of.ts');

const stop = abortOnSignals();

const { stackOf } = await clients;
process.exitCode = await redriveCommand(process.argv.slice(2), {
  print: (text) => process.stdout.write(text),
  screen: {
    isTTY: process.stderr.isTTY,
    columns: process.stderr.columns,
    write: (text) => process.stderr.write(text),
  },
  interrupt: stop,
  stack: stackOf,
});
