import type { Draft } from './draft.ts';

/** Whatever search path is set, what Redshift has and PostgreSQL has not must stay on it. @param place - of the setting's name */
export function keepCompat(draft: Draft, place: number): void {
  if (!draft.is(place, 'SEARCH_PATH')) return;
  const last = draft.is(draft.length - 1, ';') ? draft.length - 2 : draft.length - 1;
  if (!draft.is(last, 'DEFAULT')) draft.replace(last, `${draft.text(last, last + 1)}, rs_compat`);
}
