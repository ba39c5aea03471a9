import { parseArgs } from 'node:util';
import { priceOf, steps, type Step } from './steps.ts';

export const HELP = `Confirms on an AWS account what only AWS can say.

  npm run confirm -- STEP [options]

${steps.map((step) => `  ${step.name.padEnd(10)} ${step.does} (${priceOf(step)})`).join('\n')}
  list       the steps and the claims that each settles
  clean      removes what an interrupted run has left

  --yes      do not ask before it begins
  --only ID  check this claim alone; may be given several times
  --help     this text

Credentials and region are those of the AWS CLI. What was seen is written into infra/confirm/confirmed.json and
docs/confirmed.md, without the account's number.

Exit code: 0 every claim holds, 1 could not run or broke off, 2 a claim does not hold or could not be checked,
130 stopped by Ctrl-C.
`;

/** The command line cannot be understood. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'USAGE';

  constructor(reason: string, options?: ErrorOptions) {
    super(`${reason}; --help explains`, options);
  }
}

/** What the command line asks for. */
export type Asked =
  | { readonly what: 'help' | 'list' }
  | { readonly what: 'clean'; readonly yes: boolean }
  | { readonly what: 'step'; readonly step: Step; readonly yes: boolean; readonly only: readonly string[] };

/** @throws UsageError */
export function askedFor(args: readonly string[]): Asked {
  const { values, positionals } = parsed(args);
  if (values.help) return { what: 'help' };
  const [word, ...others] = positionals;
  const words = [...steps.map(({ name }) => name), 'list', 'clean'].join(', ');
  if (word === undefined) throw new UsageError(`name a step: one of ${words}`);
  if (others.length > 0) throw new UsageError(`name one step: got ${positionals.join(' ')}`);
  const { yes, only } = values;
  if (word === 'list') return { what: 'list' };
  if (word === 'clean') return { what: 'clean', yes };
  const step = steps.find(({ name }) => name === word);
  if (step === undefined) throw new UsageError(`there is no step "${word}": write one of ${words}`);
  return { what: 'step', step, yes, only };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        yes: { type: 'boolean', short: 'y', default: false },
        only: { type: 'string', multiple: true, default: [] },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace(/\.? (To specify|This command).*$/s, '') : String(cause);
    throw new UsageError(reason, { cause });
  }
}
