import { createInterface } from 'node:readline/promises';
import { systemClock } from '../replay/system-clock.ts';
import { rebuildCommand } from './rebuild-command.ts';
import { processScreen } from '../replay/status-line.ts';
import { abortOnSignals } from '../replay/stop-signals.ts';

// The command's clients say nothing of the Node versions that later releases of theirs will need.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

// Loaded while the command line is read: the clients take a while.
const clients = import('./local-warehouse.ts');

const stop = abortOnSignals();

async function ask(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `, { signal: stop })).trim());
  } finally {
    terminal.close();
  }
}

const { localWarehouse } = await clients;
const code = await rebuildCommand(process.argv.slice(2), {
  print: (text) => process.stdout.write(text),
  screen: processScreen,
  interrupt: stop,
  clock: systemClock,
  ask: process.stdin.isTTY && process.stderr.isTTY ? ask : undefined,
  stack: localWarehouse,
});
// An answer of the loader that nobody waits for any more must not keep the command alive.
process.exit(code);
