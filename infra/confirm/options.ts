import { nearest, readOptions, UsageError } from '@tillgraph/local-aws';
import { priceOf, steps, type Step } from './steps.ts';

/** A sentence in lines that go on below where they began. */
function wrapped(sentence: string, indent: number): string {
  const lines = [''];
  for (const word of sentence.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (indent + line.length + 1 + word.length > 110) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.join(`\n${' '.repeat(indent)}`);
}

export const HELP = `Confirms on an AWS account what only AWS can say.

  npm run confirm -- STEP [options]

${steps.map((step) => `  ${step.name.padEnd(10)} ${wrapped(step.does, 13)}\n${' '.repeat(13)}(${priceOf(step)})`).join('\n')}
  list       the steps and the claims that each settles
  clean      removes what an interrupted run has left

  --yes      do not ask before it begins
  --only ID  check this claim alone; may be given several times
  --help     this text

Credentials and region are those of the AWS CLI. What was seen is written into infra/confirm/confirmed.json and
docs/confirmed.md, without the account's number.

Exit code: 0 every claim holds, 1 could not run or broke off, 2 a claim does not hold or could not be checked, or a
command line that is not understood, 130 stopped by Ctrl-C.
`;

/** What the command line asks for. */
export type ConfirmOptions =
  | { readonly what: 'help' | 'list' }
  | { readonly what: 'clean'; readonly yes: boolean }
  | { readonly what: 'step'; readonly step: Step; readonly yes: boolean; readonly only: readonly string[] };

/** @throws UsageError */
export function confirmOptions(args: readonly string[]): ConfirmOptions {
  const { values, positionals } = parsed(args);
  if (values.help) return { what: 'help' };
  const [word, ...others] = positionals;
  const known = [...steps.map(({ name }) => name), 'list', 'clean'];
  const words = known.join(', ');
  if (word === undefined) throw new UsageError(`name a step: one of ${words}`);
  if (others.length > 0) throw new UsageError(`name one step: got ${positionals.join(' ')}`);
  const { yes, only } = values;
  if (word === 'list') return { what: 'list' };
  if (word === 'clean') return { what: 'clean', yes };
  const step = steps.find(({ name }) => name === word);
  if (step === undefined) {
    const near = nearest(word, known);
    throw new UsageError(`there is no step "${word}": ${near === undefined ? `write one of ${words}` : `did you mean ${near}?`}`);
  }
  return { what: 'step', step, yes, only };
}

function parsed(args: readonly string[]) {
  return readOptions({
    args: [...args],
    allowPositionals: true,
    options: {
      yes: { type: 'boolean', short: 'y', default: false },
      only: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
}
