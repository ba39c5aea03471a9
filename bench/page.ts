import { format, resolveConfig } from 'prettier';
import { markdownTable, verdictOf, type Finding } from './finding.ts';
import { machineDescription } from './machine.ts';

/** The findings as a page of the documentation. @param source - what the rows were */
export async function benchmarksPage(findings: readonly Finding[], source: string): Promise<string> {
  const missed = findings.filter(({ reached }) => reached === false);
  const page = [
    '# Benchmarks',
    'Written by `npm run bench`, which measures all of this anew. Ratios are of one run, so what else the machine did meets both sides.',
    `- Machine: ${machineDescription()}\n- Rows: ${source}`,
    markdownTable(findings),
    '## Goals that are missed',
    missed.length === 0
      ? 'None.'
      : missed
          .map(
            ({ what, goal, measured, bound }) =>
              `- **${what}**: ${measured}, where the goal is ${goal ?? ''}. Bound by: ${bound ?? ''}`,
          )
          .join('\n'),
    '## How each is measured',
    findings
      .map((finding) => `- **${finding.what}**${verdictOf(finding) === 'missed' ? ' (missed)' : ''}: ${finding.how}`)
      .join('\n'),
  ].join('\n\n');
  return format(page, { ...(await resolveConfig(import.meta.filename)), parser: 'markdown', proseWrap: 'always' });
}
