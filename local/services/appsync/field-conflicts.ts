import { OverlappingFieldsCanBeMergedRule, validate, type ASTNode, type DocumentNode, type GraphQLSchema } from 'graphql';

/** Fields of one name in the answer that are not the same field. */
export interface FieldConflict {
  /** In graphql-java's words. */
  readonly message: string;
  readonly nodes: readonly ASTNode[];
}

/** Finds them as graphql-js does, which remembers what it has compared, and words them as graphql-java does. */
export function fieldConflicts(schema: GraphQLSchema, document: DocumentNode): readonly FieldConflict[] {
  return validate(schema, document, [OverlappingFieldsCanBeMergedRule]).map(({ message, nodes = [] }) => {
    const [, name, reason = ''] = /^Fields "([^"]+)" conflict because (.*)\. Use different aliases/.exec(message) ?? [];
    // Otherwise graphql-js has given up, because there is too much to compare.
    return { message: name === undefined ? message : reworded(name, reason), nodes };
  });
}

function reworded(name: string, reason: string): string {
  const [, first, second] = /^"([^"]+)" and "([^"]+)" are different fields$/.exec(reason) ?? [];
  if (first !== undefined && second !== undefined) return `${name}: ${first} and ${second} are different fields`;
  const [, one, other] = /^they return conflicting types "([^"]+)" and "([^"]+)"$/.exec(reason) ?? [];
  if (one !== undefined && other !== undefined) return `${name}: they return differing types ${plain(one)} and ${plain(other)}`;
  if (!reason.startsWith('subfields "')) return `${name}: ${reason}`;
  const below = reason.split(/ and (?=subfields ")/).map((part) => {
    const [, inner = '', why = ''] = /^subfields "([^"]+)" conflict because (.*)$/.exec(part) ?? [];
    return reworded(inner, why);
  });
  return `${name}: (${below.join(', ')})`;
}

/** Lists and types that may not be null have no name in Java. */
const plain = (type: string): string => (/^\w+$/.test(type) ? type : 'null');
