import { readFileSync } from 'node:fs';
import type { Draft } from './draft.ts';
import { notSupported } from './errors.ts';

/** Views of Redshift's system that are here: those that the catalog's files make. */
const HERE = new Set(
  ['compat.sql', 'catalog.sql', 'query-history.sql'].flatMap((file) =>
    [...readFileSync(new URL(file, import.meta.url), 'utf8').matchAll(/CREATE VIEW rs_compat\.(\w+)/g)].map(
      ([, name]) => name ?? '',
    ),
  ),
);

/** Redshift's own. @source Redshift developer guide, "System tables and views" */
const OF_REDSHIFT =
  /^(?:(?:stl|stv|svl|svv|svcs)_\w+|sys_(?:analyze|auto|automatic|child|compression|connection|copy|datashare|external|extension|iceberg|integration|load|lock|mv|procedure|query|redshift|restore|rls|schema|serverless|session|spatial|stream|transaction|udf|undo|unload|userlog|vacuum)\w*)$/;

/** What takes the place of some that are not here. */
const INSTEAD: Readonly<Record<string, string>> = {
  sys_query_detail: 'nothing counts the steps of a plan here; write EXPLAIN, or ask sys_query_history',
  sys_query_explain: 'write EXPLAIN',
  sys_unload_history: 'UNLOAD is in sys_query_history',
  sys_serverless_usage: 'this machine has no RPU-hours to count',
  stl_explain: 'write EXPLAIN',
  stl_wlm_query: 'there are no queues here; ask sys_query_history',
  stv_wlm_query_state: 'there are no queues here; ask stv_inflight',
  svl_query_summary: 'nothing counts the steps of a plan here; write EXPLAIN, or ask sys_query_history',
  svl_query_report: 'nothing counts the steps of a plan here; write EXPLAIN, or ask sys_query_history',
};

const IN_FRONT = 'FROM|JOIN|USING';

/**
 * Refuse a view of the system that is not here by its name: an empty one would say that nothing had happened.
 *
 * @throws StatementError
 */
export function refuseMissingViews(draft: Draft, start: number): void {
  for (let place = start; place < draft.length; place += 1) {
    const name = draft.word(place).toLowerCase();
    if (!OF_REDSHIFT.test(name) || HERE.has(name) || draft.is(place + 1, '(|.')) continue;
    const isOfCatalog = draft.word(place - 1) === '.' && draft.is(place - 2, 'PG_CATALOG');
    if (!isOfCatalog && (!draft.is(place - 1, IN_FRONT) || isPartOfQuery(draft, draft.word(place)))) continue;
    throw notSupported(`the view ${name}`, INSTEAD[name] ?? 'the local warehouse does not know what it would show');
  }
}

/** Whether WITH gives the name to a part of the query. */
function isPartOfQuery(draft: Draft, word: string): boolean {
  for (let place = 1; place < draft.length; place += 1)
    if (draft.word(place) === word && draft.is(place - 1, 'WITH|RECURSIVE|,') && draft.is(place + 1, 'AS|(')) return true;
  return false;
}
