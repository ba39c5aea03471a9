import {
  getNamedType,
  GraphQLSkipDirective,
  GraphQLIncludeDirective,
  isAbstractType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  OperationTypeNode,
  print,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { argumentPlan, type ArgumentPlan } from './argument-plan.ts';
import { SelectionCount } from './document-limits.ts';
import { FieldError, locationOf, unauthorized, type Location } from './errors.ts';
import type { Variables } from './input-coercion.ts';
import { Introspection } from './introspection.ts';
import type { FieldResolver } from './resolver.ts';
import type { Realm } from './realm.ts';
import type { Convert } from './lenient-scalars.ts';
import { enumPrinter, scalarPrinter } from './scalars.ts';
import type { ApiSchema } from './schema.ts';

/** How a value of a type becomes part of the answer. */
export type Completion = { readonly nullable: boolean; readonly typeText: string } & (
  | { readonly kind: 'leaf'; readonly print: Convert }
  | { readonly kind: 'list'; readonly item: Completion }
  | { readonly kind: 'object'; readonly selection: SelectionPlan }
  | { readonly kind: 'abstract'; readonly selections: ReadonlyMap<string, SelectionPlan> }
);

/** The fields to answer of one object type. */
export interface SelectionPlan {
  readonly typeName: string;
  readonly fields: readonly FieldPlan[];
}

/** One field of the answer, with everything that can be known before its parent's value is. */
export interface FieldPlan {
  readonly responseKey: string;
  readonly fieldName: string;
  readonly parentTypeName: string;
  /** As the schema writes it. */
  readonly returnType: string;
  readonly completion: Completion;
  readonly resolver: FieldResolver | undefined;
  readonly arguments: ArgumentPlan;
  readonly locations: readonly Location[];
  /** The authorization modes that may read it, as bits. */
  readonly modes: number;
  /** Why it is answered to no caller. */
  readonly refusal: FieldError | undefined;
  /** `__schema` and `__type`: what they answer, complete. */
  readonly introspect: ((variables: Variables) => unknown) | undefined;
  readonly unauthorized: FieldError;
  /** The fields below it as paths of response keys, such as `author/name`, in the order of the query. Few resolvers ask. */
  readonly selectionSetList: () => readonly string[];
  readonly selectionSetGraphQL: string;
}

export interface OperationPlan {
  readonly kind: 'query' | 'mutation';
  readonly root: SelectionPlan;
  /** How much it holds. */
  readonly selections: number;
}

/** What a plan is made of besides the operation. */
export interface PlanSources {
  readonly realm: Realm;
  readonly schema: ApiSchema;
  /** The resolver of `Type.field`. */
  readonly resolvers: ReadonlyMap<string, FieldResolver>;
  /** 0 means none. */
  readonly queryDepthLimit: number;
}

const TYPENAME: Completion = { kind: 'leaf', nullable: false, typeText: 'String!', print: (value) => value };

/** Names of the variables that decide about `@skip` and `@include`: each combination of their values has a plan of its own. */
export function conditionVariables(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  JSON.stringify(document, (key, value: unknown) => {
    if (key === 'loc') return undefined;
    const node = value as {
      kind?: string;
      name?: { value: string };
      arguments?: readonly { value: { kind: string; name?: { value: string } } }[];
    } | null;
    if (
      node?.kind === Kind.DIRECTIVE &&
      (node.name?.value === GraphQLSkipDirective.name || node.name?.value === GraphQLIncludeDirective.name)
    ) {
      const condition = node.arguments?.[0]?.value;
      if (condition?.kind === Kind.VARIABLE && condition.name !== undefined) names.add(condition.name.value);
    }
    return value;
  });
  return [...names];
}

/** Makes the plan of an operation for one combination of its condition variables. @throws RequestError 400 when it grows too large */
export function planOperation(
  sources: PlanSources,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  conditions: Variables,
): OperationPlan {
  const kind = operation.operation === OperationTypeNode.MUTATION ? 'mutation' : 'query';
  const type = kind === 'mutation' ? sources.schema.graphql.getMutationType() : sources.schema.graphql.getQueryType();
  if (type == null) throw new TypeError(`validation let a ${kind} pass that the schema has not`);
  const planner = new Planner(sources, document, operation, conditions);
  const root = planner.selection(type, [operation.selectionSet], 1);
  return { kind, root, selections: planner.count.selections };
}

class Planner {
  readonly count = new SelectionCount();
  private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** A selection set is written once, however many fields of the plan come from it. */
  private readonly printed = new Map<SelectionSetNode, string>();

  constructor(
    private readonly sources: PlanSources,
    private readonly document: DocumentNode,
    private readonly operation: OperationDefinitionNode,
    private readonly conditions: Variables,
  ) {
    this.fragments = new Map(
      document.definitions.flatMap((definition) =>
        definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [],
      ),
    );
  }

  selection(type: GraphQLObjectType, selectionSets: readonly SelectionSetNode[], depth: number): SelectionPlan {
    this.count.reach(depth);
    const nodes = new Map<string, FieldNode[]>();
    const visited = new Set<string>();
    for (const selectionSet of selectionSets) this.collect(type, selectionSet, nodes, visited);
    const fields = [...nodes].map(([responseKey, group]) => this.field(type, responseKey, group, depth));
    return { typeName: type.name, fields };
  }

  /** @param visited - names of the fragments that have given their fields to this selection: once is enough */
  private collect(
    type: GraphQLObjectType,
    { selections }: SelectionSetNode,
    nodes: Map<string, FieldNode[]>,
    visited: Set<string>,
  ): void {
    for (const selection of selections) {
      this.count.add();
      if (!this.isIncluded(selection)) continue;
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        const group = nodes.get(key);
        if (group === undefined) nodes.set(key, [selection]);
        else group.push(selection);
        continue;
      }
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        if (visited.has(selection.name.value)) continue;
        visited.add(selection.name.value);
      }
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : this.fragments.get(selection.name.value);
      if (fragment !== undefined && this.applies(fragment.typeCondition?.name.value, type))
        this.collect(type, fragment.selectionSet, nodes, visited);
    }
  }

  private isIncluded({ directives }: { readonly directives?: FieldNode['directives'] }): boolean {
    for (const { name, arguments: given } of directives ?? []) {
      const condition = given?.[0]?.value;
      const holds =
        condition?.kind === Kind.VARIABLE
          ? this.conditions[condition.name.value] === true
          : condition?.kind === Kind.BOOLEAN && condition.value;
      if (name.value === GraphQLSkipDirective.name && holds) return false;
      if (name.value === GraphQLIncludeDirective.name && !holds) return false;
    }
    return true;
  }

  private applies(condition: string | undefined, type: GraphQLObjectType): boolean {
    if (condition === undefined || condition === type.name) return true;
    const { graphql } = this.sources.schema;
    const conditionType = graphql.getType(condition);
    return isAbstractType(conditionType) && graphql.isSubType(conditionType, type);
  }

  private field(parent: GraphQLObjectType, responseKey: string, nodes: readonly FieldNode[], depth: number): FieldPlan {
    const [node] = nodes;
    if (node === undefined) throw new TypeError('a field of the answer comes from at least one field of the query');
    const fieldName = node.name.value;
    const { schema, resolvers, realm, queryDepthLimit } = this.sources;
    const base = {
      responseKey,
      fieldName,
      parentTypeName: parent.name,
      locations: nodes.map(locationOf),
      unauthorized: unauthorized(fieldName, parent.name),
      selectionSetGraphQL: nodes
        .flatMap(({ selectionSet }) => (selectionSet === undefined ? [] : [this.print(selectionSet)]))
        .join('\n'),
    };
    if (fieldName.startsWith('__')) return { ...base, ...this.introspection(node, nodes) };

    const definition = parent.getFields()[fieldName] as GraphQLField<unknown, unknown>;
    const tooDeep = queryDepthLimit > 0 && depth > queryDepthLimit;
    // Below a field that is refused nothing is answered, so nothing is planned.
    const selectionSets = tooDeep ? [] : nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    const completion = this.completion(definition.type, selectionSets, depth);
    return {
      ...base,
      returnType: String(definition.type),
      completion,
      resolver: resolvers.get(`${parent.name}.${fieldName}`),
      arguments: argumentPlan(realm, definition, node, depth === 1 ? this.document : undefined),
      modes: schema.modesOf(parent.name, fieldName),
      refusal: tooDeep
        ? new FieldError(
            'QueryDepthLimitReached',
            `Query depth limit of ${String(queryDepthLimit)} reached: ${fieldName} is at depth ${String(depth)}`,
          )
        : undefined,
      introspect: undefined,
      selectionSetList: () => selectionSetList(completion),
    };
  }

  private print(selectionSet: SelectionSetNode): string {
    const known = this.printed.get(selectionSet);
    if (known !== undefined) return known;
    const printed = print(selectionSet);
    this.printed.set(selectionSet, printed);
    return printed;
  }

  private countIntrospection({ selections }: SelectionSetNode): void {
    for (const selection of selections) {
      this.count.addIntrospection();
      const inner = selection.kind === Kind.FRAGMENT_SPREAD ? this.fragments.get(selection.name.value) : selection;
      if (inner?.selectionSet !== undefined) this.countIntrospection(inner.selectionSet);
    }
  }

  private introspection(node: FieldNode, nodes: readonly FieldNode[]) {
    const { graphql } = this.sources.schema;
    if (node.selectionSet !== undefined) this.countIntrospection(node.selectionSet);
    const isTypename = node.name.value === '__typename';
    return {
      returnType: 'String!',
      completion: TYPENAME,
      resolver: undefined,
      arguments: () => ({}),
      modes: ~0,
      refusal: undefined,
      introspect: isTypename
        ? undefined
        : (variables: Variables) => new Introspection(graphql, this.fragments, variables).answer(nodes),
      selectionSetList: () => [],
    };
  }

  private completion(type: GraphQLOutputType, selectionSets: readonly SelectionSetNode[], depth: number): Completion {
    const nullable = !isNonNullType(type);
    const inner = isNonNullType(type) ? type.ofType : type;
    const base = { nullable, typeText: String(inner) };
    if (isListType(inner))
      return { ...base, kind: 'list', item: this.completion(inner.ofType as GraphQLOutputType, selectionSets, depth) };
    const named = getNamedType(inner);
    if (isObjectType(named)) return { ...base, kind: 'object', selection: this.selection(named, selectionSets, depth + 1) };
    if (isAbstractType(named)) {
      const types = this.sources.schema.graphql.getPossibleTypes(named);
      return {
        ...base,
        kind: 'abstract',
        selections: new Map(types.map((own) => [own.name, this.selection(own, selectionSets, depth + 1)])),
      };
    }
    const printer = isEnumType(named)
      ? enumPrinter(named.name, new Set(named.getValues().map(({ name }) => name)))
      : scalarPrinter(named.name);
    return { ...base, kind: 'leaf', print: printer };
  }
}

function selectionSetList(completion: Completion): readonly string[] {
  const paths = new Set<string>();
  const visit = (own: Completion, prefix: string): void => {
    if (own.kind === 'list') visit(own.item, prefix);
    else if (own.kind !== 'leaf') {
      for (const { fields } of own.kind === 'object' ? [own.selection] : own.selections.values()) {
        for (const field of fields) {
          paths.add(`${prefix}${field.responseKey}`);
          visit(field.completion, `${prefix}${field.responseKey}/`);
        }
      }
    }
  };
  visit(completion, '');
  return [...paths];
}
