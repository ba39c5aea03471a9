import { loadModule, parseSync } from 'libpg-query';
import { readStatement, parameterNames, tokenize } from '@tillgraph/local-aws/testing/redshift';
import { sqlStatements } from '../../ingest/warehouse/sql-statements.ts';
import { treeFindings } from './redshift-tree.ts';

await loadModule();

/**
 * What in a text of SQL is not in the subset of Redshift's dialect that PostgreSQL also runs; nothing, when all is well. The text
 * may have several statements, and parameters of the Data API (`:name`).
 *
 * @remarks PostgreSQL's own parser reads what the local engine would run, so a slip is found here and not at the first deployment. The
 * lists of what is allowed are short on purpose: what one of us needs is looked up in Redshift's documentation and added.
 */
export function dialectFindings(sql: string): string[] {
  return sqlStatements(sql).flatMap(statementFindings);
}

function statementFindings(statement: string): string[] {
  const findings = wordFindings(statement);
  try {
    const parameters = Object.fromEntries(parameterNames(statement).map((name) => [name, '1']));
    const read = readStatement(statement, parameters);
    if (read.kind !== 'sql') return [...findings, 'COPY and UNLOAD are for programs: keep them out of the files'];
    for (const { stmt } of parseSync(read.text).stmts ?? []) findings.push(...treeFindings(stmt));
  } catch (cause) {
    findings.push(cause instanceof Error ? cause.message : String(cause));
  }
  return [...new Set(findings)];
}

/** Redshift folds names whatever their quotes, so a name is written in small letters; and a backslash means something else there. */
function wordFindings(statement: string): string[] {
  const tokens = tokenize(statement).filter(({ kind }) => kind !== 'space' && kind !== 'comment');
  return tokens.flatMap(({ kind, text }, place) => {
    if (kind === 'word' && /^(VARCHAR|DECIMAL|NUMERIC)$/i.test(text) && tokens[place + 1]?.text !== '(')
      return [`${text} without a length: Redshift's default is 256 bytes, or no places`];
    if (kind === 'word' && /^(TEXT|BPCHAR|NVARCHAR|SUPER)$/.test(text)) return [`the type ${text}: write VARCHAR(n)`];
    if (kind === 'word' && /^(LISTAGG|DATEADD|DATEDIFF|DECODE|MEDIAN|NVL2|QUALIFY|TOP)$/i.test(text))
      return [`${text.toUpperCase()}: Redshift has it and PostgreSQL does not; write what both have`];
    if (kind === 'quoted') return [`${text}: write names in small letters, without quotes`];
    if (kind === 'word' && text !== text.toUpperCase() && text !== text.toLowerCase())
      return [`${text}: write names in small letters and keywords in capitals`];
    if (kind === 'string' && text.includes('\\'))
      return [`${text}: a backslash escapes in Redshift; write a bracket such as [.]`];
    if (kind === 'string' && !text.startsWith("'")) return [`${text}: write texts in single quotes`];
    return [];
  });
}
