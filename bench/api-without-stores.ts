import { startChild } from './child.ts';
import { compareUnderLoad, type Load } from './load.ts';
import { API_KEY } from './stubbed-schema.ts';

/** Our API and mercurius, each with the same answers that no store is asked for. */
export interface ApiWithoutStores {
  readonly ours: Load;
  readonly mercurius: Load;
}

const QUERY = '{customer(id:"c1"){id country invoices(limit:10){items{id}}}}';

/** @param seconds - how long a round of load is */
export async function apiWithoutStores(seconds: number): Promise<ApiWithoutStores> {
  const [our, their] = await Promise.all([
    startChild<{ readonly url: string }>('stubbed-appsync.ts', {}),
    startChild<{ readonly url: string }>('stubbed-mercurius.ts', {}),
  ]);
  try {
    const targets = [
      { url: our.ready.url, headers: { 'x-api-key': API_KEY }, pids: [our.pid] },
      { url: their.ready.url, pids: [their.pid] },
    ] as const;
    const [ours, mercurius] = await compareUnderLoad(...targets, [{ query: QUERY }], seconds);
    return { ours, mercurius };
  } finally {
    await Promise.all([our.stop(), their.stop()]);
  }
}
