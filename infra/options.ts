import { readOptions, UsageError } from '@tillgraph/local-aws';

export const BUILD_HELP = `Bundle every resolver and every Lambda function, as they are deployed, into build/.

Usage: npm run build

  --help        this text

Exit code: 0 bundled, 1 could not bundle, 2 a command line that is not understood.
`;

export const SYNTH_HELP = `Bundle the code and write the CloudFormation template of a stage, held to the rules that CloudFormation applies, into cdk.out/.
No account is asked: the template is for the one of CDK_DEFAULT_ACCOUNT, and for the region CDK_DEFAULT_REGION or us-east-1.

Usage: npm run synth -- [options]

  --context KEY=VALUE  a value of the CDK's context, such as stage=prod; may be given several times
  --help               this text

Exit code: 0 written, 1 the bundles or the template cannot be made, 2 a command line that is not understood.
`;

const help = { type: 'boolean', short: 'h', default: false } as const;

/** @returns `undefined` when help is asked for; there is nothing else to choose @throws UsageError */
export function buildOptions(args: readonly string[]): true | undefined {
  return readOptions({ args: [...args], options: { help } }).values.help ? undefined : true;
}

/** What the template is made with. */
export interface SynthOptions {
  readonly context: Readonly<Record<string, string>>;
}

/** @returns `undefined` when help is asked for @throws UsageError */
export function synthOptions(args: readonly string[]): SynthOptions | undefined {
  const { values } = readOptions({
    args: [...args],
    options: { context: { type: 'string', multiple: true, default: [] }, help },
  });
  return values.help ? undefined : { context: Object.fromEntries(values.context.map(keyAndValue)) };
}

function keyAndValue(text: string): readonly [string, string] {
  const [, key, value] = /^([^=]+)=(.*)$/.exec(text) ?? [];
  if (key === undefined || value === undefined)
    throw new UsageError(`--context takes key=value, such as stage=prod: got "${text}"`);
  return [key, value];
}
