import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { DataDirectory } from './data-directory.ts';
import { checkPortIsFree } from './http/loopback-server.ts';
import { BoundedLog } from './lambda/function-log.ts';
import type { Outputs } from './outputs.ts';
import type { RunningStack, StackOptions } from './stack.ts';
import type { Assembly } from './template/assembly.ts';
import { readAssembly } from './template/assembly.ts';
import { AssemblyError } from './template/errors.ts';
import { presentAssembly, synthesize } from './template/synthesis.ts';

// Lambda and AppSync live in UTC, and so does everything here.
process.env['TZ'] = 'UTC';

// Nobody may be there any more to read what is printed, and the disk it goes to may be full: neither ends the stack.
for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);

const ACCOUNT = '000000000000';
const REGION = 'us-east-1';

const HELP = `Run the synthesized stack on this machine: the same template, functions and resolvers that a deployment would use.

Usage: npm start -- [options]

  --data DIR         where all state lives (.local)
  --port N           port of the GraphQL API (4000); 0: any free port. The HTTP API takes the next one, if it is free, and the
                     warehouse the one behind it
  --fresh            delete the state first
  --time-factor F    divide declared waits, such as batching windows, by F (300); 1: the real thing
  --alarm-factor F   divide the periods of alarms by F (a twentieth of the time factor)
  --context KEY=VAL  synthesize with this context value, as -c of the CDK CLI; repeatable. stage=lean: without a warehouse
  --assembly DIR     run this cloud assembly; otherwise the one of the app in cdk.json, synthesized when it is not up to date
  --help             this text

Addresses, credentials and the API key are in DIR/outputs.json while the stack runs; logs are in DIR/logs. Ctrl-C ends it.
`;

/** The command line cannot be understood. */
class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'USAGE';
}

interface Flags {
  readonly data: string;
  readonly port: number;
  readonly fresh: boolean;
  readonly timeFactor: number;
  readonly alarmFactor?: number;
  readonly context: Readonly<Record<string, string>>;
  readonly assembly?: string;
  readonly help: boolean;
}

function readFlags(words: readonly string[]): Flags {
  const { values } = parse(words);
  const number = (name: string, written: string, isGood: (value: number) => boolean, advice: string): number => {
    const value = Number(written);
    if (written.trim() === '' || !isGood(value)) throw new UsageError(`--${name} ${written}: write ${advice}`);
    return value;
  };
  if (values.assembly !== undefined && values.context.length > 0)
    throw new UsageError('--context is for the app in cdk.json, and --assembly is synthesized already: leave one of them out');
  const factor = (name: string, written: string) =>
    number(name, written, (value) => value >= 1 && Number.isFinite(value), 'a number, 1 or more');
  const timeFactor = factor('time-factor', values['time-factor']);
  return {
    data: values.data,
    port: number('port', values.port, (port) => Number.isInteger(port) && port >= 0 && port <= 65_535, 'a port, 0 to 65535'),
    fresh: values.fresh,
    timeFactor,
    ...(values['alarm-factor'] !== undefined && { alarmFactor: factor('alarm-factor', values['alarm-factor']) }),
    context: Object.fromEntries(values.context.map(keyAndValue)),
    ...(values.assembly !== undefined && { assembly: values.assembly }),
    help: values.help,
  };
}

function keyAndValue(word: string): readonly [string, string] {
  const [, key, value] = /^([^=]+)=(.*)$/.exec(word) ?? [];
  if (key === undefined || value === undefined) throw new UsageError(`--context ${word}: write key=value, such as stage=lean`);
  return [key, value];
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        data: { type: 'string', default: '.local' },
        port: { type: 'string', default: '4000' },
        fresh: { type: 'boolean', default: false },
        'time-factor': { type: 'string', default: '300' },
        'alarm-factor': { type: 'string' },
        context: { type: 'string', multiple: true, default: [] },
        assembly: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (cause) {
    throw new UsageError(`${(cause as Error).message} (--help says what there is)`, { cause });
  }
}

async function run(flags: Flags): Promise<void> {
  const started = performance.now();
  const given = flags.assembly === undefined ? undefined : readAssembly(flags.assembly);
  // Said now, and not after all engines have come up; whoever takes the port meanwhile is found out then.
  await checkPortIsFree(flags.port);
  const directory = await DataDirectory.open(flags.data, { fresh: flags.fresh });
  const diary = new BoundedLog(join(directory.inside('logs'), 'local.log'));
  const options: StackOptions = {
    directory,
    accountId: ACCOUNT,
    region: given?.region ?? REGION,
    port: flags.port,
    timeFactor: flags.timeFactor,
    ...(flags.alarmFactor !== undefined && { alarmFactor: flags.alarmFactor }),
    log: (line) => {
      diary.write(`${new Date().toISOString()} ${line}\n`);
      console.error(line);
    },
  };
  const stop = whenTold();
  try {
    const stack = await start(given, options, flags.context);
    try {
      const path = directory.write('outputs.json', stack.outputs);
      console.log(summary(stack.outputs, flags, path, performance.now() - started));
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
  const likely = given ?? (present && readable(present.directory));
  const [assembly, ground] = await Promise.allSettled([
    given ?? ownAssembly(root, options, context, present?.isCurrent === true ? likely : undefined),
    engines.then(({ startGround }) => startGround(options, likely)),
  ]);
  const { startStack } = await engines;
  if (ground.status === 'rejected') throw ground.reason;
  if (assembly.status === 'fulfilled') return startStack(assembly.value, ground.value, options);
  await ground.value.close();
  throw assembly.reason;
}

/** What was made before is a hint only: it may be of any age. */
function readable(directory: string): Assembly | undefined {
  try {
    return readAssembly(directory);
  } catch (error) {
    if (error instanceof AssemblyError) return undefined;
    throw error;
  }
}

async function ownAssembly(
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

function summary(outputs: Outputs, flags: Flags, path: string, milliseconds: number): string {
  const { graphqlUrl, restUrl, apiKey, warehouseUrl, endpoints } = outputs;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['GraphQL', graphqlUrl],
    ['GraphiQL', graphqlUrl?.replace(/\/graphql$/, '/')],
    ['API key', apiKey],
    ['HTTP API', restUrl],
    ['warehouse', warehouseUrl?.replace(/:[^:@/]*@/, ':…@')],
    ...Object.entries(endpoints),
    ['alarms', endpoints['monitoring'] === undefined ? undefined : `${endpoints['monitoring']}/_alarms`],
    ['data', resolve(flags.data)],
    ['outputs', path],
    ['waits', flags.timeFactor === 1 ? 'as declared' : `declared ones divided by ${String(flags.timeFactor)}`],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name.padEnd(width)}  ${value}`]));
  return [...lines, `ready in ${(milliseconds / 1000).toFixed(1)} s; Ctrl-C ends it`, `ready ${JSON.stringify(path)}`].join('\n');
}

/** Resolves at the first SIGINT or SIGTERM; the second one does not wait for anything. */
function whenTold(): Promise<void> {
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
  const flags = readFlags(process.argv.slice(2));
  if (flags.help) process.stdout.write(HELP);
  else await run(flags);
  // Idle connections of clients must not keep a closed stack alive.
  process.exit(0);
} catch (error) {
  const isIntended = error instanceof Error && 'code' in error && !(error instanceof TypeError);
  console.error(isIntended ? `${String(error.code)}: ${error.message}` : error);
  process.exit(1);
}
