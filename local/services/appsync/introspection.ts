import {
  getArgumentValues,
  getDirectiveValues,
  getNullableType,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  isListType,
  isObjectType,
  Kind,
  TypeInfo,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type GraphQLType,
  type SelectionSetNode,
} from 'graphql';
import type { Variables } from './input-coercion.ts';
import { META_FIELDS, OLD_TYPES } from './introspection-types.ts';

/** Which field a query means, with the types of introspection that AppSync has. @param open - whether introspection is on */
function fieldOf(
  schema: GraphQLSchema,
  parent: GraphQLType,
  name: string,
  open: boolean,
): GraphQLField<unknown, unknown> | undefined {
  if (!('name' in parent)) return undefined;
  if (name === '__typename') return META_FIELDS['__typename'];
  if (name === '__schema' || name === '__type')
    return open && parent.name === schema.getQueryType()?.name ? META_FIELDS[name] : undefined;
  const type = OLD_TYPES.get(parent.name) ?? parent;
  return 'getFields' in type ? (type as GraphQLObjectType).getFields()[name] : undefined;
}

/** Knows the types of a query while it is walked, with introspection as AppSync has it. */
export function oldTypeInfo(schema: GraphQLSchema, open: boolean): TypeInfo {
  return new TypeInfo(schema, undefined, (own, parent, { name }) => fieldOf(own, parent, name.value, open));
}

/** Answers `__schema` and `__type`. */
export class Introspection {
  constructor(
    private readonly schema: GraphQLSchema,
    private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>,
    private readonly variables: Variables,
  ) {}

  answer(nodes: readonly FieldNode[]): unknown {
    const field = META_FIELDS[nodes[0]?.name.value ?? ''];
    return field === undefined ? null : this.field(field, nodes, null);
  }

  private field(field: GraphQLField<unknown, unknown>, nodes: readonly FieldNode[], source: unknown): unknown {
    const [node] = nodes;
    if (node === undefined || field.resolve === undefined) return null;
    const given = getArgumentValues(field, node, this.variables);
    const value = (field.resolve as (...parameters: unknown[]) => unknown)(source, given, this.schema);
    return this.complete(field.type, value, nodes);
  }

  private complete(type: GraphQLOutputType, value: unknown, nodes: readonly FieldNode[]): unknown {
    if (value === null || value === undefined) return null;
    const inner = getNullableType(type) as GraphQLOutputType;
    if (isListType(inner))
      return (value as unknown[]).map((item) => this.complete(inner.ofType as GraphQLOutputType, item, nodes));
    if (!isObjectType(inner)) return value;
    const fields = new Map<string, FieldNode[]>();
    for (const { selectionSet } of nodes) if (selectionSet !== undefined) this.collect(inner, selectionSet, fields);
    const object: Record<string, unknown> = {};
    for (const [key, group] of fields) {
      const name = group[0]?.name.value ?? '';
      const field = inner.getFields()[name] as GraphQLField<unknown, unknown> | undefined;
      object[key] = name === '__typename' ? inner.name : field === undefined ? null : this.field(field, group, value);
    }
    return object;
  }

  private collect(type: GraphQLObjectType, { selections }: SelectionSetNode, fields: Map<string, FieldNode[]>): void {
    for (const selection of selections) {
      if (getDirectiveValues(GraphQLSkipDirective, selection, this.variables)?.['if'] === true) continue;
      if (getDirectiveValues(GraphQLIncludeDirective, selection, this.variables)?.['if'] === false) continue;
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        fields.set(key, [...(fields.get(key) ?? []), selection]);
        continue;
      }
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : this.fragments.get(selection.name.value);
      const condition = fragment?.typeCondition?.name.value ?? type.name;
      if (fragment !== undefined && condition === type.name) this.collect(type, fragment.selectionSet, fields);
    }
  }
}
