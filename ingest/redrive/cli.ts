import { EXIT, redriveCommand } from './command.ts';

// The command's clients say nothing of the Node versions that later releases of theirs will need.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

// Loaded while the command line is read: the clients take a while.
const clients = import('./stack-of.ts');

const stop = new AbortController();
for (const [signal, exitCode] of [
  ['SIGINT', EXIT.interrupted],
  ['SIGTERM', 143],
] as const)
  process.on(signal, () => {
    if (stop.signal.aborted) process.exit(exitCode);
    stop.abort(new Error(signal));
  });

const { stackOf } = await clients;
process.exitCode = await redriveCommand(process.argv.slice(2), {
  print: (text) => process.stdout.write(text),
  screen: {
    isTTY: process.stderr.isTTY,
    columns: process.stderr.columns,
    write: (text) => process.stderr.write(text),
  },
  interrupt: stop.signal,
  stack: stackOf,
});
