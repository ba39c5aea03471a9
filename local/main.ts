import { join } from 'node:path';
import { errorLine, exitCodeOf } from './command-line.ts';
import { DataDirectory } from './data-directory.ts';
import { checkPortIsFree } from './http/loopback-server.ts';
import { BoundedLog } from './services/lambda/function-log.ts';
import { readyLine } from './ready-line.ts';
import { readSettings } from './settings.ts';
import type { StackOptions } from './stack-options.ts';
import type { RunningStack } from './stack.ts';
import { START_HELP, startOptions, type StartOptions } from './start-options.ts';
import { startScreen } from './start-screen.ts';
import type { Assembly } from './template/assembly.ts';
import { readAssembly } from './template/assembly.ts';
import { AssemblyError } from './template/errors.ts';
import { presentAssembly, synthesize } from './template/synthesis.ts';

// Lambda and AppSync live in UTC, and so does everything here.
process.env['TZ'] = 'UTC';

// The reader of what is printed may be gone, and the disk it goes to may be full: neither ends the stack.
for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);

const ACCOUNT = '000000000000';
const REGION = 'us-east-1';

async function run(flags: StartOptions): Promise<void> {
  const started = performance.now();
  const { warehouseLoginOutput } = readSettings(process.cwd());
  const given = flags.assembly === undefined ? undefined : readAssembly(flags.assembly);
  // Said now, and not after all engines have come up; a process that takes the port meanwhile is found then.
  await checkPortIsFree(flags.port);
  const directory = await DataDirectory.open(flags.data, { fresh: flags.fresh });
  const diary = new BoundedLog(join(directory.inside('logs'), 'local.log'));
  const options: StackOptions = {
    directory,
    accountId: ACCOUNT,
    region: given?.region ?? REGION,
    port: flags.port,
    timeFactor: flags.timeFactor,
    ...(warehouseLoginOutput !== undefined && { warehouseLoginOutput }),
    ...(flags.alarmFactor !== undefined && { alarmFactor: flags.alarmFactor }),
    log: (line) => {
      diary.write(`${new Date().toISOString()} ${line}\n`);
      console.error(line);
    },
    progress: (line) => {
      diary.write(`${new Date().toISOString()} ${line}\n`);
      if (flags.verbose) console.error(line);
    },
  };
  const stop = untilSignal();
  try {
    const stack = await start(given, options, flags.context);
    try {
      const path = directory.write('outputs.json', stack.outputs);
      console.log(startScreen(stack.outputs, flags, performance.now() - started));
      // For programs: where to read on.
      if (!process.stdout.isTTY) console.log(readyLine(path));
      await stop;
      console.log('closing');
    } finally {
      await stack.close();
    }
  } finally {
    diary.flush();
    directory.close();
  }
}

/** What needs no template starts while it is still being made. */
async function start(
  given: Assembly | undefined,
  options: StackOptions,
  context: Readonly<Record<string, string>>,
): Promise<RunningStack> {
  // The engines take a while to load: not for --help, and beside the making of the template.
  const engines = import('./stack.ts');
  const root = process.cwd();
  const present = given === undefined ? presentAssembly(root, { context }) : undefined;
  const candidate = given ?? (present && readAssemblyIfPossible(present.directory));
  const [assembly, early] = await Promise.allSettled([
    given ?? synthesizedAssembly(root, options, context, present?.isCurrent === true ? candidate : undefined),
    engines.then(({ startEarlyServices }) => startEarlyServices(options, candidate)),
  ]);
  const { startStack } = await engines;
  if (early.status === 'rejected') throw early.reason;
  if (assembly.status === 'fulfilled') return startStack(assembly.value, early.value, options);
  await early.value.close();
  throw assembly.reason;
}

/** What was made before is a hint only: it may be of any age. */
function readAssemblyIfPossible(directory: string): Assembly | undefined {
  try {
    return readAssembly(directory);
  } catch (error) {
    if (error instanceof AssemblyError) return undefined;
    throw error;
  }
}

async function synthesizedAssembly(
  root: string,
  options: StackOptions,
  context: Readonly<Record<string, string>>,
  current: Assembly | undefined,
): Promise<Assembly> {
  const assembly = current ?? readAssembly(await synthesize(root, { ...options, context }, console.log));
  const { region = options.region } = assembly;
  if (region !== options.region) throw new AssemblyError(root, `the app is bound to ${region}: run it with --assembly cdk.out`);
  return assembly;
}

/** Resolves at the first SIGINT or SIGTERM; the second one does not wait for anything. */
function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(130));
        resolve();
      });
    }
  });
}

try {
  const options = startOptions(process.argv.slice(2));
  if (options === undefined) process.stdout.write(START_HELP);
  else await run(options);
  // Idle connections of clients must not keep a closed stack alive.
  process.exit(0);
} catch (error) {
  const isIntended = error instanceof Error && 'code' in error && !(error instanceof TypeError);
  console.error(isIntended ? errorLine(error) : error);
  process.exit(exitCodeOf(error));
}
