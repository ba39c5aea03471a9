import { printDocument } from './print-document.ts';

/** A document of GraphQL that is parsed, as `gql`, codegen and gql.tada make them. */
export interface DocumentTree {
  readonly kind: string;
  readonly definitions: readonly { readonly kind: string }[];
}

/** A document of GraphQL that is an object of text: codegen makes them in its mode `string`. */
export interface DocumentText {
  readonly length: number;
  charAt(index: number): string;
  toString(): string;
}

/** A document in either form. */
export type DocumentSource = DocumentTree | DocumentText;

/**
 * A document with the types of its answer and its variables.
 *
 * @remarks Structural, so that no package of GraphQL is needed: what codegen, gql.tada, Apollo and urql call `TypedDocumentNode`
 * is one.
 */
export type TypedDocument<Data, Variables> = DocumentSource & {
  /** Only a type, never there: how the others of this kind carry their types, too. */
  readonly __apiType?: (variables: Variables) => Data;
};

/** A document that is parsed, with its types: what is generated for this client. */
export interface TypedDocumentTree<Data, Variables> extends DocumentTree {
  readonly __apiType?: (variables: Variables) => Data;
}

const isTree = (document: DocumentSource): document is DocumentTree => 'definitions' in document;

/** The document as it is sent. */
export const textOf = (document: DocumentSource): string => (isTree(document) ? printDocument(document) : document.toString());

/** The name of a document's first operation; undefined where it has none. */
export function definitionName(document: DocumentSource): string | undefined {
  if (!isTree(document)) return /(?:^|[\s}])(?:query|mutation)\s+([_A-Za-z]\w*)/.exec(document.toString())?.[1];
  const operation = document.definitions.find(({ kind }) => kind === 'OperationDefinition');
  return (operation as { readonly name?: { readonly value: string } } | undefined)?.name?.value;
}
