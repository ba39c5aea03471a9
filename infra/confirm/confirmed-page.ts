import { AREAS, isChecked, type Claim } from './claim.ts';
import type { Results } from './results.ts';

const BEGINNING = `# What only AWS can confirm

Nothing of this project can be tried against an account while it is written, so whatever only AWS can say is listed here, each claim
under its id, with how it is checked, what was seen, and when. Whoever has an account settles them, step by step:

\`\`\`sh aws
npm run confirm -- list      # the steps, what each costs, and the claims it settles
npm run confirm -- offline   # free, makes nothing
npm run confirm -- api       # an AppSync API with nothing behind it
npm run confirm -- warehouse # a throw-away workgroup of Redshift Serverless
npm run confirm -- stage     # the whole: a stack of its own, deployed, used, compared, and taken down, twice
npm run confirm -- clean     # removes what an interrupted run has left
\`\`\`

What a run has seen is kept in \`infra/confirm/confirmed.json\`, without the account's number; commit it. This page is made from it
and from \`infra/confirm/claims/\`, by the same command. Claims that no program settles say how a person sees whether they hold.
A claim is one entry there: an id, a sentence, and either a check or how to look. This page then is made anew by
\`npx vitest run test/confirm/registry.test.ts -u\`.
`;

/** @unit columns */
const WIDTH = 130;

/** \`docs/confirmed.md\`. */
export function confirmedPage(claims: readonly Claim[], results: Results): string {
  const settled = claims.filter(({ id }) => results[id]?.outcome === 'holds' || results[id]?.outcome === 'differs').length;
  const areas = AREAS.flatMap((area) => {
    const rows = claims.filter((claim) => claim.area === area);
    return rows.length === 0 ? [] : [`## ${area}`, ...rows.map((claim) => row(claim, results))];
  });
  return [BEGINNING, `${String(settled)} of ${String(claims.length)} are settled.`, '', areas.join('\n\n'), ''].join('\n');
}

function row(claim: Claim, results: Results): string {
  const result = results[claim.id];
  const how = isChecked(claim) ? `Checked by \`confirm -- ${claim.step}\`: ${claim.how}` : `To be seen: ${claim.look}`;
  const seen =
    result === undefined
      ? 'Seen: nothing yet.'
      : `Seen ${result.when}, ${result.region}: ${result.outcome}. ${asText(result.seen)}`;
  return [`### ${claim.id}`, '', wrapped(claim.claim), '', wrapped(how, '- '), wrapped(seen, '- ')].join('\n');
}

/** AWS's words, which may have anything in them, as Markdown that shows them as they are. */
const asText = (words: string) => words.replaceAll(/[\\`*_<>[\]#|~]/g, '\\$&');

/** A paragraph in lines, as prettier leaves them. */
function wrapped(text: string, start = ''): string {
  const lines: string[] = [];
  let line = start;
  let isEmpty = true;
  for (const word of text.split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = ' '.repeat(start.length);
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line].join('\n');
}
