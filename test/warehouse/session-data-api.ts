import type { RedshiftSession, StatementOutcome } from '@tillgraph/local-aws';
import type { BatchProgress, DataApi, StatementBatch } from '../../ingest/warehouse/data-api.ts';
import type { Field, FieldRow } from '../../warehouse/statements/statement.ts';

/** The Data API as far as the loader sees it, on sessions of the local warehouse. @param open - a clean session */
export function sessionDataApi(open: () => Promise<RedshiftSession>): DataApi {
  const batches = new Map<string, { readonly progress: BatchProgress; readonly results: FieldRow[][] }>();
  const tokens = new Map<string, string>();

  async function perform(id: string, { statements, parameters = [] }: StatementBatch) {
    const session = await open();
    const results: FieldRow[][] = [];
    try {
      await session.run('BEGIN');
      for (const sql of statements) {
        const own = parameters.filter(({ name }) => new RegExp(`:${name}\\b`).test(sql));
        results.push(fieldsOf(await session.run(sql, Object.fromEntries(own.map(({ name, value }) => [name, value])))));
      }
      await session.run('COMMIT');
      return { progress: { id, status: 'FINISHED' as const }, results };
    } catch (cause) {
      return { progress: { id, status: 'FAILED' as const, error: String(cause) }, results: [] };
    } finally {
      await session.close();
    }
  }

  const progressOf = (id: string) => batches.get(id)?.progress ?? { id, status: 'FAILED' as const, error: 'it is not known' };
  return {
    async start(batch, token) {
      const id = tokens.get(token) ?? `batch-${String(tokens.size + 1)}`;
      if (!tokens.has(token)) {
        tokens.set(token, id);
        batches.set(id, await perform(id, batch));
      }
      return progressOf(id);
    },
    look: (id) => Promise.resolve(progressOf(id)),
    rows: (id, statement) => Promise.resolve(batches.get(id)?.results[statement] ?? []),
  };
}

const fieldsOf = ({ columns, rows }: StatementOutcome): FieldRow[] =>
  rows.map((row) => row.map((value, place) => fieldOf(value, columns?.[place]?.typeName ?? '')));

function fieldOf(value: string | null, type: string): Field {
  if (value === null) return { isNull: true };
  if (/^int[248]$/.test(type)) return { longValue: Number(value) };
  if (type === 'float8') return { doubleValue: Number(value) };
  return type === 'bool' ? { booleanValue: value === 't' } : { stringValue: value };
}
