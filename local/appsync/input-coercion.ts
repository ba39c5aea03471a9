import {
  getNamedType,
  getVariableValues,
  isEnumType,
  isInputType,
  isListType,
  isNonNullType,
  isScalarType,
  typeFromAST,
  valueFromAST,
  type GraphQLError,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLNullableType,
  type GraphQLSchema,
  type VariableDefinitionNode,
} from 'graphql';
import type { Realm } from './realm.ts';
import { copy, put } from './values.ts';

// graphql-js interprets the type anew for every value; for large lists that costs ten times what a function made for the type
// costs. A value that such a function refuses is given to graphql-js, so that the messages are its own.

export type Variables = Readonly<Record<string, unknown>>;

const REFUSED = Symbol('refused');

/** @returns the value as a resolver sees it, made in the resolvers' world, or REFUSED */
type Coercer = (value: unknown) => unknown;

interface VariablePlan {
  readonly name: string;
  readonly coerce: Coercer;
  readonly required: boolean;
  readonly defaultValue: unknown;
}

/** Compiles coercers, one for each input type of a schema. */
export class InputCoercion {
  readonly #coercers = new Map<string, Coercer>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly realm: Realm,
  ) {}

  /** A function that checks and converts all variables of an operation. */
  compile(
    definitions: readonly VariableDefinitionNode[],
  ): (given: Variables) => { variables: Variables } | { errors: readonly GraphQLError[] } {
    const plans = definitions.map((definition) => this.#plan(definition));
    return (given) => {
      const variables: Record<string, unknown> = {};
      for (const { name, coerce, required, defaultValue } of plans) {
        if (!Object.hasOwn(given, name)) {
          if (defaultValue !== undefined) variables[name] = copy(this.realm, defaultValue);
          else if (required) return this.#slowly(definitions, given);
          continue;
        }
        const value = coerce(given[name]);
        if (value === REFUSED) return this.#slowly(definitions, given);
        variables[name] = value;
      }
      return { variables };
    };
  }

  #plan(definition: VariableDefinitionNode): VariablePlan {
    const type = typeFromAST(this.schema, definition.type);
    if (!isInputType(type)) throw new TypeError(`validation let $${definition.variable.name.value} pass`);
    return {
      name: definition.variable.name.value,
      coerce: this.#coercer(type),
      required: isNonNullType(type),
      defaultValue: definition.defaultValue === undefined ? undefined : valueFromAST(definition.defaultValue, type),
    };
  }

  #slowly(
    definitions: readonly VariableDefinitionNode[],
    given: Variables,
  ): { variables: Variables } | { errors: readonly GraphQLError[] } {
    const { coerced, errors } = getVariableValues(this.schema, definitions, given, { maxErrors: 50 });
    if (errors !== undefined) return { errors };
    return { variables: Object.fromEntries(Object.entries(coerced).map(([name, value]) => [name, copy(this.realm, value)])) };
  }

  #coercer(type: GraphQLInputType): Coercer {
    const name = String(type);
    const known = this.#coercers.get(name);
    if (known !== undefined) return known;
    // Types may contain themselves: what is being compiled is found here, and works by the time it is called.
    this.#coercers.set(name, (value) => this.#coercers.get(name)?.(value));
    const compiled = isNonNullType(type) ? this.#nonNull(type.ofType) : this.#nullable(type);
    this.#coercers.set(name, compiled);
    return compiled;
  }

  #nonNull(type: GraphQLNullableType & GraphQLInputType): Coercer {
    const inner = this.#coercer(type);
    return (value) => (value === null || value === undefined ? REFUSED : inner(value));
  }

  #nullable(type: GraphQLInputType): Coercer {
    if (isListType(type)) return this.#list(this.#coercer(type.ofType));
    const named = getNamedType(type);
    if (isScalarType(named)) return BUILT_IN[named.name] ?? this.#scalar((value) => named.parseValue(value));
    if (isEnumType(named)) {
      const values = new Map(named.getValues().map(({ name, value }) => [name, value as unknown]));
      return (value) => (value === null ? null : typeof value === 'string' && values.has(value) ? values.get(value) : REFUSED);
    }
    return this.#object(named);
  }

  #scalar(parseValue: (value: unknown) => unknown): Coercer {
    return (value) => {
      if (value === null) return null;
      try {
        const parsed = parseValue(value);
        return typeof parsed === 'object' ? copy(this.realm, parsed) : parsed;
      } catch {
        return REFUSED;
      }
    };
  }

  #list(item: Coercer): Coercer {
    return (value) => {
      if (value === null) return null;
      const list = this.realm.array();
      for (const own of Array.isArray(value) ? (value as unknown[]) : [value]) {
        const coerced = item(own);
        if (coerced === REFUSED) return REFUSED;
        list.push(coerced);
      }
      return list;
    };
  }

  #object(type: GraphQLInputObjectType): Coercer {
    const fields = Object.values(type.getFields()).map(({ name, type: fieldType, defaultValue }) => ({
      name,
      coerce: this.#coercer(fieldType),
      required: isNonNullType(fieldType),
      defaultValue: defaultValue,
    }));
    return (value) => {
      if (value === null) return null;
      if (typeof value !== 'object' || Array.isArray(value)) return REFUSED;
      const given = value as Record<string, unknown>;
      const object = this.realm.object();
      let seen = 0;
      for (const { name, coerce, required, defaultValue } of fields) {
        const own = given[name];
        if (own === undefined || !Object.hasOwn(given, name)) {
          if (defaultValue !== undefined) put(object, name, copy(this.realm, defaultValue));
          else if (required) return REFUSED;
          continue;
        }
        seen += 1;
        const coerced = coerce(own);
        if (coerced === REFUSED) return REFUSED;
        object[name] = coerced;
      }
      for (const _key in given) seen -= 1;
      return seen === 0 ? object : REFUSED;
    };
  }
}

const MAX_INT = 2_147_483_647;

const BUILT_IN: Readonly<Record<string, Coercer>> = {
  String: (value) => (typeof value === 'string' || value === null ? value : REFUSED),
  Boolean: (value) => (typeof value === 'boolean' || value === null ? value : REFUSED),
  Float: (value) => (Number.isFinite(value) || value === null ? value : REFUSED),
  Int: (value) => {
    if (value === null) return null;
    return Number.isInteger(value) && (value as number) <= MAX_INT && (value as number) >= -MAX_INT - 1 ? value : REFUSED;
  },
  ID: (value) => {
    if (typeof value === 'string' || value === null) return value;
    return typeof value === 'number' && Number.isInteger(value) ? String(value) : REFUSED;
  },
};
