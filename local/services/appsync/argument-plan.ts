import {
  isNonNullType,
  Kind,
  valueFromAST,
  visit,
  type ArgumentNode,
  type DocumentNode,
  type FieldNode,
  type GraphQLArgument,
  type GraphQLField,
  type ValueNode,
} from 'graphql';
import { FieldError } from './errors.ts';
import type { Variables } from './input-coercion.ts';
import type { Realm } from './realm.ts';
import { copy } from './values.ts';

/** Makes a field's arguments, in the resolvers' world. @throws FieldError when a variable is null where null may not be */
export type ArgumentPlan = (variables: Variables) => Record<string, unknown>;

type Setter = (object: Record<string, unknown>, variables: Variables) => void;

/**
 * @param document - only for a field that is answered once: a variable used nowhere else in it is handed over without a copy
 */
export function argumentPlan(
  realm: Realm,
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  document: DocumentNode | undefined,
): ArgumentPlan {
  const setters = field.args.flatMap((definition) => {
    const given = node.arguments?.find(({ name }) => name.value === definition.name);
    return setterOf(realm, definition, given, document) ?? [];
  });
  return (variables) => {
    const object = realm.object();
    for (const set of setters) set(object, variables);
    return object;
  };
}

function setterOf(
  realm: Realm,
  definition: GraphQLArgument,
  given: ArgumentNode | undefined,
  document: DocumentNode | undefined,
): Setter | undefined {
  const { name, type, defaultValue } = definition;
  if (given === undefined) return defaultValue === undefined ? undefined : constant(realm, name, defaultValue);
  const { value } = given;
  if (value.kind === Kind.VARIABLE) {
    const variable = value.name.value;
    const handOver = document !== undefined && countUses(document, variable) === 1;
    return (object, variables) => {
      // A variable that the request leaves out is null, not the argument's default: so does graphql-java 9.
      const own = Object.hasOwn(variables, variable) ? variables[variable] : null;
      if (own === null && isNonNullType(type)) {
        throw new FieldError(null, `Argument "${name}" of non-null type "${String(type)}" must not be null.`);
      }
      object[name] = typeof own === 'object' && !handOver ? copy(realm, own) : own;
    };
  }
  if (!hasVariable(value)) return constant(realm, name, valueFromAST(value, type));
  return (object, variables) => {
    const own = valueFromAST(value, type, variables);
    if (own === undefined) throw new FieldError(null, `Argument "${name}" has an invalid value.`);
    object[name] = copy(realm, own);
  };
}

function constant(realm: Realm, name: string, value: unknown): Setter {
  if (typeof value === 'object' && value !== null) {
    return (object) => {
      object[name] = copy(realm, value);
    };
  }
  return (object) => {
    object[name] = value;
  };
}

function hasVariable(value: ValueNode): boolean {
  if (value.kind === Kind.VARIABLE) return true;
  if (value.kind === Kind.LIST) return value.values.some(hasVariable);
  return value.kind === Kind.OBJECT && value.fields.some((field) => hasVariable(field.value));
}

/** How often a variable stands in a document, its definition aside. */
function countUses(document: DocumentNode, variable: string): number {
  let uses = 0;
  visit(document, {
    VariableDefinition: () => false,
    Variable: ({ name }) => {
      if (name.value === variable) uses += 1;
    },
  });
  return uses;
}
