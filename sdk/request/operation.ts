import { definitionName, textOf, type DocumentSource } from '../document.ts';

/** A question as it goes over the wire. */
export interface Operation {
  readonly name: string;
  readonly kind: 'query' | 'mutation';
  readonly body: Uint8Array<ArrayBuffer>;
}

const encoder = new TextEncoder();
const openings = new WeakMap<object, { readonly name: string; readonly opening: string }>();

/** Writes a request once, above the retries: what is signed, sent and sent again are the very same bytes. */
export function operationOf(kind: Operation['kind'], document: DocumentSource, variables: object): Operation {
  let written = openings.get(document);
  if (written === undefined) {
    const [name, query] = [definitionName(document), textOf(document)];
    const named = name === undefined ? { query } : { operationName: name, query };
    written = { name: name ?? 'anonymous', opening: `${JSON.stringify(named).slice(0, -1)},"variables":` };
    openings.set(document, written);
  }
  return { name: written.name, kind, body: encoder.encode(`${written.opening}${JSON.stringify(variables)}}`) };
}
