/** The object that a COPY names. */
export const copiedKey = (sql: string) => (sql.startsWith('COPY') ? (/s3:\/\/bucket\/(\S+)'/.exec(sql)?.[1] ?? '') : '');

/** What a batch of the loader does. */
export function kindOf(statements: readonly string[]): string {
  const [sql = ''] = statements;
  if (statements.some((one) => one.startsWith('COPY raw_line'))) return 'compare';
  if (statements.some((one) => one.startsWith('COPY'))) return 'copy';
  if (statements.some((one) => one.startsWith('INSERT INTO mart.sales_line SELECT'))) return 'swap';
  if (statements.some((one) => one.startsWith('DELETE'))) return 'emptying';
  if (sql.includes('WHERE manifest IN')) return 'imports';
  return sql.includes('intake.landing') ? 'look' : 'answers';
}
