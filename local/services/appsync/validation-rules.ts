import { getNullableType, isListType, isNonNullType, Kind, OperationTypeNode, type ASTNode, type GraphQLType } from 'graphql';

/** The name that graphql-java has for a type: lists and types that may not be null have none. */
export const nameOf = (type: GraphQLType): string => (isListType(type) || isNonNullType(type) ? 'null' : type.name);

/** Whether a variable's type may stand where another is expected; a default value makes it one that is never null. */
export function fits(type: GraphQLType, hasDefault: boolean, expected: GraphQLType): boolean {
  if (isNonNullType(expected)) return (isNonNullType(type) || hasDefault) && fits(getNullableType(type), false, expected.ofType);
  if (isNonNullType(type)) return fits(type.ofType, false, expected);
  if (isListType(type) && isListType(expected)) return fits(type.ofType, false, expected.ofType);
  return type === expected;
}

/** What a directive stands on, as directives name the places that they may have. */
export function placeOf(ancestors: readonly (ASTNode | readonly ASTNode[])[]): string | undefined {
  const nodes = ancestors.filter((ancestor): ancestor is ASTNode => 'kind' in ancestor);
  const node = nodes.at(-1);
  switch (node?.kind) {
    case Kind.FIELD:
      return 'FIELD';
    case Kind.FRAGMENT_SPREAD:
      return 'FRAGMENT_SPREAD';
    case Kind.INLINE_FRAGMENT:
      return 'INLINE_FRAGMENT';
    case Kind.FRAGMENT_DEFINITION:
      return 'FRAGMENT_DEFINITION';
    case Kind.OPERATION_DEFINITION:
      return node.operation === OperationTypeNode.QUERY ? 'QUERY' : 'MUTATION';
    default:
      return undefined;
  }
}
