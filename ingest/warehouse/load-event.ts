/** What starts the loader: an object in the bucket, told by EventBridge; the schedule; or a person. */
export type LoadEvent =
  | ObjectCreated
  | { readonly source: 'tillgraph.schedule' }
  | { readonly source: 'tillgraph.request' }
  /** Compare the raw layer with the warehouse, and with the catalog. */
  | { readonly source: 'tillgraph.compare' }
  /** Empty the warehouse and make it anew. The same id again is the same rebuild; without one, each event is another. */
  | { readonly source: 'tillgraph.rebuild'; readonly id?: string };

interface ObjectCreated {
  readonly source: 'aws.s3';
  readonly 'detail-type': 'Object Created';
  /** ISO 8601, in whole seconds on AWS. */
  readonly time: string;
  readonly detail: { readonly object: { readonly key: string } };
}

/** The loader was started by something it does not know. */
export class UnknownLoadEventError extends Error {
  override readonly name = 'UnknownLoadEventError';
  readonly code = 'UNKNOWN_LOAD_EVENT';

  constructor(readonly source: string) {
    super(
      `send an "Object Created" event of aws.s3, or {"source":"tillgraph.request"} for a load now, or {"source":"tillgraph.compare"}, or {"source":"tillgraph.rebuild"}: got the source "${source}"`,
    );
  }
}

const REBUILD_ID = /^[\w-]{1,64}$/;

/** @throws UnknownLoadEventError */
export function toLoadEvent(event: unknown): LoadEvent {
  const given = (typeof event === 'object' && event !== null ? event : {}) as Record<string, unknown>;
  const source = String(given['source']);
  if (source === 'tillgraph.schedule' || source === 'tillgraph.request' || source === 'tillgraph.compare') return { source };
  if (source === 'tillgraph.rebuild') {
    const id = given['id'];
    if (id === undefined) return { source };
    if (typeof id === 'string' && REBUILD_ID.test(id)) return { source, id };
    throw new UnknownLoadEventError(`${source}" with an id that is not 1 to 64 letters, digits, - and _: "${JSON.stringify(id)}`);
  }
  const { object } = (given['detail'] ?? {}) as { object?: { key?: unknown } };
  if (source === 'aws.s3' && given['detail-type'] === 'Object Created' && typeof object?.key === 'string') {
    const time = String(given['time']);
    if (!Number.isNaN(Date.parse(time)))
      return { source, 'detail-type': 'Object Created', time, detail: { object: { key: object.key } } };
  }
  throw new UnknownLoadEventError(source);
}
