import type { LoadError } from './copy-history.ts';
import type { LoadColumn } from './copy-rows.ts';

/** What PostgreSQL says of a row that it leaves out (COPY … ON_ERROR ignore, LOG_VERBOSITY verbose). */
const SKIPPED = /^skipping row due to data type incompatibility at line (\d+) for column "((?:[^"]|"")*)": (.*)$/s;

/** Codes and sentences of Redshift, by type. */
const PROBLEMS: Readonly<Record<string, readonly [code: number, message: string]>> = {
  int2: [1207, 'Invalid digit, Type: Short'],
  int4: [1207, 'Invalid digit, Type: Integer'],
  int8: [1207, 'Invalid digit, Type: Long'],
  float4: [1208, 'Invalid float format'],
  float8: [1208, 'Invalid float format'],
  numeric: [1209, 'Invalid decimal format or overflow'],
  bool: [1210, 'Unknown boolean format'],
  date: [1205, 'Invalid date format or value [YYYY-MM-DD]'],
  timestamp: [1206, 'Invalid timestamp format or value [YYYY-MM-DD HH24:MI:SS]'],
  timestamptz: [1206, 'Invalid timestamp format or value [YYYY-MM-DD HH24:MI:SS]'],
};

/** Rows that only the engine found wrong: it counts the rows that it was given, and we know where each came from. */
export class TypeErrors {
  count = 0;
  private readonly sources: { readonly first: number; readonly url: string; readonly lines: Uint32Array }[] = [];
  private given = 0;
  private readonly found: LoadError[] = [];

  constructor(private readonly columns: readonly LoadColumn[]) {}

  /** Rows are given to the engine. @param lines - where each comes from */
  remember(url: string, lines: Uint32Array): void {
    this.sources.push({ first: this.given + 1, url, lines });
    this.given += lines.length;
  }

  note(notice: string): void {
    const [, row, name, value = ''] = SKIPPED.exec(notice) ?? [];
    if (row === undefined) return;
    this.count += 1;
    const source = this.sources.findLast(({ first }) => first <= Number(row));
    const column = this.columns.find((each) => each.name === name?.replaceAll('""', '"')) ?? null;
    const [code, message] = PROBLEMS[column?.type ?? ''] ?? [1200, 'Unknown parse error'];
    this.found.push({
      url: source?.url ?? '',
      line: source?.lines[Number(row) - source.first] ?? 0,
      column,
      code,
      message: `${message}, Value ${value}`,
      rawLine: '',
    });
  }

  take(): readonly LoadError[] {
    return this.found.splice(0);
  }
}
