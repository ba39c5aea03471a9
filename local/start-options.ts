import { readOptions, UsageError, wholeNumber } from './command-line.ts';

export const START_HELP = `Run the synthesized stack on this machine: the same template, functions and resolvers that a deployment would use.

Usage: npm start -- [options]

  --data DIR         where all state lives (.local)
  --port N           port of the GraphQL API (4000); 0: any free port. The HTTP API takes the next one, if it is free, and the
                     warehouse the one behind it
  --fresh            delete the state first
  --time-factor F    divide declared waits, such as batching windows, by F (300); 1: the real thing
  --alarm-factor F   divide the periods of alarms by F (a twentieth of the time factor)
  --context KEY=VAL  synthesize with this context value, as -c of the CDK CLI; repeatable. stage=lean: without a warehouse
  --assembly DIR     run this cloud assembly; otherwise the one of the app in cdk.json, synthesized when it is not up to date
  --verbose          show every address, as it stands in DIR/outputs.json, and what is done on the way
  --help             this text

Addresses, credentials and the API key are in DIR/outputs.json while the stack runs; logs are in DIR/logs. Ctrl-C ends it.

Exit code: 0 ended by Ctrl-C, 1 could not run, 2 a command line that is not understood.
`;

/** What the command line of the local stack asks for. */
export interface StartOptions {
  readonly data: string;
  readonly port: number;
  readonly fresh: boolean;
  readonly timeFactor: number;
  readonly alarmFactor?: number;
  readonly context: Readonly<Record<string, string>>;
  readonly assembly?: string;
  readonly verbose: boolean;
}

/** @returns `undefined` when help is asked for @throws UsageError */
export function startOptions(args: readonly string[]): StartOptions | undefined {
  const { values } = readOptions({
    args: [...args],
    options: {
      data: { type: 'string', default: '.local' },
      port: { type: 'string', default: '4000' },
      fresh: { type: 'boolean', default: false },
      'time-factor': { type: 'string', default: '300' },
      'alarm-factor': { type: 'string' },
      context: { type: 'string', multiple: true, default: [] },
      assembly: { type: 'string' },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  if (values.assembly !== undefined && values.context.length > 0)
    throw new UsageError('--context is for the app in cdk.json, and --assembly is synthesized already: leave one of them out');
  const alarmFactor = values['alarm-factor'];
  return {
    data: values.data,
    port: wholeNumber('port', values.port, 0, 65_535),
    fresh: values.fresh,
    timeFactor: factor('time-factor', values['time-factor']),
    ...(alarmFactor !== undefined && { alarmFactor: factor('alarm-factor', alarmFactor) }),
    context: Object.fromEntries(values.context.map(keyAndValue)),
    ...(values.assembly !== undefined && { assembly: values.assembly }),
    verbose: values.verbose,
  };
}

/** By how much declared times are divided. */
function factor(name: string, text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (value >= 1 && Number.isFinite(value)) return value;
  throw new UsageError(`--${name} takes a number, 1 or more: got "${text}"`);
}

function keyAndValue(word: string): readonly [string, string] {
  const [, key, value] = /^([^=]+)=(.*)$/.exec(word) ?? [];
  if (key === undefined || value === undefined)
    throw new UsageError(`--context takes key=value, such as stage=lean: got "${word}"`);
  return [key, value];
}
