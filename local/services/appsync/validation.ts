import {
  doTypesOverlap,
  getNamedType,
  isCompositeType,
  isInputType,
  isLeafType,
  isNonNullType,
  Kind,
  typeFromAST,
  visit,
  visitWithTypeInfo,
  type ASTNode,
  type ASTVisitor,
  type DirectiveNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type GraphQLType,
  type OperationDefinitionNode,
  type TypeInfo,
  type VariableDefinitionNode,
  type VariableNode,
} from 'graphql';
import { locationOf, type ErrorBlock } from './errors.ts';
import { fieldConflicts } from './field-conflicts.ts';
import { oldTypeInfo } from './introspection.ts';
import { literalFault, literalText } from './literal-check.ts';
import { fits, nameOf, placeOf } from './validation-rules.ts';

/**
 * @param introspection - whether the schema may be asked for
 * @returns the errors of a document, as graphql-java 9 finds, words, counts and places them; none when it may be run
 */
export function validateDocument(schema: GraphQLSchema, document: DocumentNode, introspection: boolean): readonly ErrorBlock[] {
  return new Validation(schema, document, introspection).errors();
}

class Validation {
  private readonly found: ErrorBlock[] = [];
  private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  private readonly directSpreads = new Map<string, ReadonlySet<string>>();
  /** Names of the fields, and of the fragment, around the node that is looked at. */
  private readonly path: string[] = [];
  /** The operation that is looked at, also while its fragments are. */
  private variables = new Map<string, VariableDefinitionNode>();
  private usedVariables = new Set<string>();
  private spreadInOperation = new Set<string>();
  private readonly spreads = new Map<string, Set<string>>();
  /** What the spreads that are looked at belong to; undefined while a fragment is walked for an operation's variables. */
  private spreader: Set<string> | undefined;
  private readonly names = { operations: new Set<string>(), fragments: new Set<string>() };
  private anonymous = false;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly document: DocumentNode,
    private readonly introspection: boolean,
  ) {
    this.fragments = new Map(
      document.definitions.flatMap((definition) =>
        definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [],
      ),
    );
  }

  errors(): readonly ErrorBlock[] {
    for (const definition of this.document.definitions) {
      if (definition.kind === Kind.OPERATION_DEFINITION || definition.kind === Kind.FRAGMENT_DEFINITION) continue;
      const name = 'name' in definition ? definition.name.value : 'schema';
      this.fault('NonExecutableDefinition', `The ${name} definition is not executable.`, definition);
    }
    const info = oldTypeInfo(this.schema, this.introspection);
    visit(this.document, visitWithTypeInfo(info, this.visitor(info)));
    for (const { message, nodes } of fieldConflicts(this.schema, this.document)) this.fault('FieldsConflict', message, ...nodes);
    this.unusedFragments();
    return this.found;
  }

  private fault(type: string, description: string, ...nodes: readonly ASTNode[]): void {
    this.found.push(block(type, description, nodes, this.path));
  }

  private visitor(info: TypeInfo): ASTVisitor {
    const leaveName = (): void => {
      this.path.pop();
    };
    return {
      OperationDefinition: {
        enter: (node) => {
          this.operation(node);
        },
        leave: () => {
          for (const [name, definition] of this.variables)
            if (!this.usedVariables.has(name)) this.fault('UnusedVariable', `Unused variable ${name}`, definition);
          this.variables = new Map();
        },
      },
      FragmentDefinition: {
        enter: (node) => {
          this.path.push(node.name.value);
          this.fragment(node);
        },
        leave: leaveName,
      },
      VariableDefinition: (node) => {
        this.variableDefinition(node);
        return undefined;
      },
      Field: {
        enter: (node) => {
          this.path.push(node.name.value);
          this.field(node, info);
        },
        leave: leaveName,
      },
      InlineFragment: (node) => {
        const condition = node.typeCondition?.name.value;
        const type = condition === undefined ? info.getParentType() : this.schema.getType(condition);
        if (condition !== undefined && type != null && !isCompositeType(type))
          this.fault(
            'InlineFragmentTypeConditionInvalid',
            'Inline fragment type condition is invalid, must be on Object/Interface/Union',
            node,
          );
        this.overlap(node, undefined, type, info.getParentType());
        this.uniqueDirectives(node, 'InlineFragment');
      },
      FragmentSpread: (node) => {
        this.spread(node, info);
      },
      Directive: (...[node, , , , ancestors]) => {
        this.directive(node, info, ancestors);
      },
      Argument: (node) => {
        const argument = info.getArgument();
        if (argument == null) {
          const directive = info.getDirective();
          if (directive != null) this.fault('UnknownDirective', `Unknown directive argument ${node.name.value}`, node);
          else if (info.getFieldDef() != null) this.fault('UnknownArgument', `Unknown field argument ${node.name.value}`, node);
          return;
        }
        const fault = literalFault(node.value, argument.type);
        if (fault === undefined) return;
        const shown = literalText(fault.value ?? node.value);
        this.fault('WrongType', `argument '${node.name.value}${fault.path}' with value '${shown}' ${fault.reason}`, node);
      },
      NamedType: (node) => {
        if (this.schema.getType(node.name.value) === undefined)
          this.fault('UnknownType', `Unknown type ${node.name.value}`, node);
      },
      Variable: (node, _key, parent) => {
        const isDefinition = parent !== undefined && 'kind' in parent && parent.kind === Kind.VARIABLE_DEFINITION;
        if (!isDefinition && this.spreader === this.spreadInOperation) this.variable(node, info);
      },
    };
  }

  private operation(node: OperationDefinitionNode): void {
    const name = node.name?.value;
    this.variables = new Map();
    this.usedVariables = new Set();
    this.spreadInOperation = new Set();
    this.spreader = this.spreadInOperation;
    this.spreads.set(` ${String(this.spreads.size)}`, this.spreadInOperation);
    const first = this.names.operations.size === 0 && !this.anonymous;
    if (name === undefined && !first)
      this.fault('LoneAnonymousOperationViolation', 'Anonymous operation with other operations.', node);
    if (name !== undefined && this.anonymous)
      this.fault('LoneAnonymousOperationViolation', `Operation ${name} is following anonymous operation.`, node);
    if (name === undefined) this.anonymous = true;
    else if (this.names.operations.has(name))
      this.fault('DuplicateOperationName', `There can be only one operation named '${name}'`, node);
    else this.names.operations.add(name);
    this.uniqueDirectives(node, 'OperationDefinition');
  }

  private fragment(node: FragmentDefinitionNode): void {
    const name = node.name.value;
    this.spreader = new Set();
    this.spreads.set(name, this.spreader);
    const type = this.schema.getType(node.typeCondition.name.value);
    if (type !== undefined && !isCompositeType(type))
      this.fault('FragmentTypeConditionInvalid', 'Fragment type condition is invalid, must be on Object/Interface/Union', node);
    if (this.names.fragments.has(name))
      this.fault('DuplicateFragmentName', `There can be only one fragment named '${name}'`, node);
    this.names.fragments.add(name);
    if (this.isCycle(name)) this.fault('FragmentCycle', 'Fragment cycles not allowed', node);
    this.uniqueDirectives(node, 'FragmentDefinition');
  }

  /** Whether a fragment spreads itself, directly or through others. */
  private isCycle(name: string): boolean {
    const seen = new Set<string>();
    const waiting = [name];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      for (const next of this.spreadsOf(at)) {
        if (next === name) return true;
        if (!seen.has(next)) waiting.push(next);
        seen.add(next);
      }
    }
    return false;
  }

  /** The fragments that a fragment itself spreads. */
  private spreadsOf(name: string): ReadonlySet<string> {
    const known = this.directSpreads.get(name);
    if (known !== undefined) return known;
    const names = new Set<string>();
    const fragment = this.fragments.get(name);
    if (fragment !== undefined) {
      visit(fragment, {
        FragmentSpread: (spread) => {
          names.add(spread.name.value);
        },
      });
    }
    this.directSpreads.set(name, names);
    return names;
  }

  private variableDefinition(node: VariableDefinitionNode): void {
    const { name } = node.variable;
    this.variables.set(name.value, node);
    const type = typeFromAST(this.schema, node.type as { kind: Kind.NAMED_TYPE } & typeof node.type);
    if (type === undefined) return;
    if (!isInputType(type)) {
      this.fault('NonInputTypeOnVariable', 'Wrong type for a variable', node);
      return;
    }
    if (node.defaultValue === undefined) return;
    if (isNonNullType(type)) this.fault('DefaultForNonNullArgument', 'Missing value for non null type', node);
    if (literalFault(node.defaultValue, type) !== undefined) {
      const shown = literalText(node.defaultValue);
      this.fault('BadValueForDefaultArg', `Bad default value ${shown} for type ${nameOf(type)}`, node);
    }
  }

  private field(node: ASTNode & { kind: Kind.FIELD }, info: TypeInfo): void {
    const name = node.name.value;
    const parent = info.getParentType();
    const definition = info.getFieldDef();
    if (parent == null) return;
    if (definition == null) {
      this.fault('FieldUndefined', `Field '${name}' in type '${parent.name}' is undefined`, node);
      return;
    }
    const given = new Set(node.arguments?.map((argument) => argument.name.value));
    for (const argument of definition.args)
      if (isNonNullType(argument.type) && argument.defaultValue === undefined && !given.has(argument.name))
        this.fault('MissingFieldArgument', `Missing field argument ${argument.name}`, node);
    const { type } = definition;
    const isLeaf = isLeafType(getNamedType(type));
    if (isLeaf && node.selectionSet !== undefined)
      this.fault('SubSelectionNotAllowed', `Sub selection not allowed on leaf type ${nameOf(type)} of field ${name}`, node);
    if (!isLeaf && node.selectionSet === undefined)
      this.fault('SubSelectionRequired', `Sub selection required for type ${nameOf(type)} of field ${name}`, node);
    this.uniqueDirectives(node, 'Field');
  }

  private spread(node: ASTNode & { kind: Kind.FRAGMENT_SPREAD }, info: TypeInfo): void {
    const name = node.name.value;
    const fragment = this.fragments.get(name);
    const isNew = this.spreader?.has(name) === false;
    this.spreader?.add(name);
    this.uniqueDirectives(node, 'FragmentSpread');
    if (fragment === undefined) {
      this.fault('UndefinedFragment', `Undefined fragment ${name}`, node);
      return;
    }
    this.overlap(node, name, this.schema.getType(fragment.typeCondition.name.value), info.getParentType());
    if (isNew && this.spreader === this.spreadInOperation) this.variablesOf(fragment);
  }

  /** Looks at the variables of a fragment that an operation spreads, once for each operation. */
  private variablesOf(fragment: FragmentDefinitionNode): void {
    const info = oldTypeInfo(this.schema, this.introspection);
    const depth = this.path.length;
    const enterName = ({ name }: { readonly name: { readonly value: string } }): void => {
      this.path.push(name.value);
    };
    const leaveName = (): void => {
      this.path.pop();
    };
    visit(
      fragment,
      visitWithTypeInfo(info, {
        FragmentDefinition: { enter: enterName, leave: leaveName },
        Field: { enter: enterName, leave: leaveName },
        Variable: (node) => {
          this.variable(node, info);
        },
        FragmentSpread: ({ name }) => {
          const inner = this.fragments.get(name.value);
          if (inner === undefined || this.spreadInOperation.has(name.value)) return;
          this.spreadInOperation.add(name.value);
          this.variablesOf(inner);
        },
      }),
    );
    this.path.length = depth;
  }

  private variable(node: VariableNode, info: TypeInfo): void {
    const name = node.name.value;
    this.usedVariables.add(name);
    const definition = this.variables.get(name);
    if (definition === undefined) {
      this.fault('UndefinedVariable', `Undefined variable ${name}`, node);
      return;
    }
    const type = typeFromAST(this.schema, definition.type as { kind: Kind.NAMED_TYPE } & typeof definition.type);
    const expected = info.getInputType();
    if (type === undefined || expected == null) return;
    const hasDefault = definition.defaultValue !== undefined;
    if (fits(type, hasDefault, expected)) return;
    const effective = hasDefault && !isNonNullType(type) ? `${String(type)}!` : String(type);
    this.fault('VariableTypeMismatch', `Variable type '${effective}' doesn't match expected type '${String(expected)}'`, node);
  }

  private overlap(
    node: ASTNode,
    fragment: string | undefined,
    type: GraphQLType | null | undefined,
    parent: GraphQLType | null | undefined,
  ): void {
    if (!isCompositeType(type) || !isCompositeType(parent) || type.name === parent.name) return;
    if (doTypesOverlap(this.schema, type, parent)) return;
    const what = fragment === undefined ? 'Fragment' : `Fragment ${fragment}`;
    const message = `${what} cannot be spread here as objects of type ${parent.name} can never be of type ${type.name}`;
    this.fault('InvalidFragmentType', message, node);
  }

  private directive(node: DirectiveNode, info: TypeInfo, ancestors: readonly (ASTNode | readonly ASTNode[])[]): void {
    const name = node.name.value;
    const directive = info.getDirective();
    if (directive == null) {
      this.fault('UnknownDirective', `Unknown directive ${name}`, node);
      return;
    }
    const place = placeOf(ancestors);
    if (place === undefined || !(directive.locations as readonly string[]).includes(place))
      this.fault('MisplacedDirective', `Directive ${name} not allowed here`, node);
    const given = new Set(node.arguments?.map((argument) => argument.name.value));
    for (const argument of directive.args)
      if (isNonNullType(argument.type) && !given.has(argument.name))
        this.fault('MissingDirectiveArgument', `Missing directive argument ${argument.name}`, node);
  }

  private uniqueDirectives(node: ASTNode & { readonly directives?: readonly DirectiveNode[] | undefined }, kind: string): void {
    const seen = new Set<string>();
    for (const directive of node.directives ?? []) {
      const name = directive.name.value;
      if (seen.has(name)) {
        const message = `Directives must be uniquely named within a location. The directive '${name}' used on a '${kind}' is not unique.`;
        this.fault('DuplicateDirectiveName', message, directive);
      }
      seen.add(name);
    }
  }

  private unusedFragments(): void {
    const used = new Set<string>();
    const use = (names: Iterable<string>): void => {
      for (const name of names) {
        if (used.has(name)) continue;
        used.add(name);
        use(this.spreads.get(name) ?? []);
      }
    };
    for (const [name, spreads] of this.spreads) if (name.startsWith(' ')) use(spreads);
    for (const [name, fragment] of this.fragments)
      if (!used.has(name)) this.fault('UnusedFragment', `Unused fragment ${name}`, fragment);
  }
}

function block(type: string, description: string, nodes: readonly ASTNode[], path: readonly string[]): ErrorBlock {
  const at = path.length === 0 ? '' : ` @ '${path.join('/')}'`;
  return {
    path: null,
    locations: nodes.map(locationOf),
    message: `Validation error of type ${type}: ${description}${at}`,
  };
}
