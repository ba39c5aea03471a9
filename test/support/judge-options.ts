import { readOptions, UsageError } from '@tillgraph/local-aws';

export const LINT_SQL_HELP = `Let sqlfluff and sqlglot, which know Redshift's grammar, read all SQL there is: that of warehouse/, and what the API sends.

Usage: npm run lint:sql -- [SQLFLUFF]

  SQLFLUFF      the path of sqlfluff; the Python beside it runs sqlglot. Otherwise the one on the PATH.
                pip install sqlfluff==4.5.0 sqlglot==30.30.0
  --help        this text

Exit code: 0 all is read, 1 something is not, 2 sqlfluff or Python cannot be run, or a command line that is not understood.
`;

export const TEMPLATES_HELP = `Let cfn-lint and parliament judge the templates of every stage, in four regions, and their policies.

Usage: npm run templates -- [DIRECTORY]

  DIRECTORY     where cfn-lint and python are; otherwise they are looked for on the PATH.
                pip install cfn-lint==1.51.0 parliament==1.6.4
  --help        this text

Exit code: 0 nothing to say against them, 1 something, or a judge cannot be run, 2 a command line that is not understood.
`;

/** The place of the judges, when it is given. @returns `undefined` when help is asked for @throws UsageError */
export function judgePlace(args: readonly string[]): { readonly place: string | undefined } | undefined {
  const { values, positionals } = readOptions({
    args: [...args],
    options: { help: { type: 'boolean', short: 'h', default: false } },
    allowPositionals: true,
  });
  if (values.help) return undefined;
  const [place, ...more] = positionals;
  if (more.length > 0) throw new UsageError(`"${more.join(' ')}" is too much: this takes one place`);
  return { place };
}
