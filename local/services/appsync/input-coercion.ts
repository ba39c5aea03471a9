import {
  getNamedType,
  isEnumType,
  isInputType,
  isListType,
  isNonNullType,
  isScalarType,
  typeFromAST,
  valueFromAST,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLNonNull,
  type GraphQLNullableType,
  type GraphQLScalarType,
  type GraphQLSchema,
  type VariableDefinitionNode,
} from 'graphql';
import { locationOf, type Location } from './errors.ts';
import { javaClass, javaText } from './java-values.ts';
import { LeafError, LENIENT_SCALARS, type Convert } from './lenient-scalars.ts';
import type { Realm } from './realm.ts';
import { copy, setProperty } from './values.ts';

// Variables are converted as graphql-java 9 does, whose texts AppSync's recorded answers have: leniently, null becomes the default
// where there is one, and the first fault ends it. Types are compiled: for large lists, interpreting them anew for every value costs
// ten times as much.

export type Variables = Readonly<Record<string, unknown>>;

/** What ends a request whose variables cannot be used: one error, with no path. */
export class VariableError extends Error {
  override readonly name = 'VariableError';
  readonly code = 'VARIABLE';

  constructor(
    message: string,
    readonly locations: readonly Location[] | null,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The variable that is being converted. */
interface Subject {
  readonly name: string;
  readonly locations: readonly Location[];
}

/** @param field - what messages call the value: the variable, or the innermost input field @returns a value of the resolvers' world */
type Coercer = (value: unknown, field: string, variable: Subject) => unknown;

interface VariablePlan extends Subject {
  readonly coerce: Coercer;
  readonly defaultValue: unknown;
  readonly required: boolean;
}

/** Compiles coercers, one for each input type of a schema. */
export class InputCoercion {
  private readonly coercers = new Map<string, Coercer>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly realm: Realm,
  ) {}

  /** A function that converts all variables of an operation. It @throws VariableError */
  compile(definitions: readonly VariableDefinitionNode[]): (given: Variables) => Variables {
    const plans = definitions.map((definition) => this.plan(definition));
    return (given) => {
      const variables: Record<string, unknown> = {};
      for (const plan of plans) {
        const { name, coerce, defaultValue, required } = plan;
        const value = Object.hasOwn(given, name) ? given[name] : undefined;
        if ((value === undefined || value === null) && defaultValue !== undefined)
          variables[name] = copy(this.realm, defaultValue);
        else if (value !== undefined || required) variables[name] = coerce(value ?? null, name, plan);
      }
      return variables;
    };
  }

  private plan(definition: VariableDefinitionNode): VariablePlan {
    const type = typeFromAST(this.schema, definition.type);
    const name = definition.variable.name.value;
    if (!isInputType(type)) throw new TypeError(`validation let $${name} pass`);
    return {
      name,
      locations: [locationOf(definition)],
      coerce: this.coercer(type),
      required: isNonNullType(type),
      defaultValue: definition.defaultValue === undefined ? undefined : valueFromAST(definition.defaultValue, type),
    };
  }

  private coercer(type: GraphQLInputType): Coercer {
    const name = String(type);
    const known = this.coercers.get(name);
    if (known !== undefined) return known;
    // Types may contain themselves: what is being compiled is found here, and works by the time it is called.
    this.coercers.set(name, (...value) => this.coercers.get(name)?.(...value));
    const compiled = isNonNullType(type) ? this.nonNull(type) : this.nullable(type);
    this.coercers.set(name, compiled);
    return compiled;
  }

  private nonNull(type: GraphQLNonNull<GraphQLNullableType & GraphQLInputType>): Coercer {
    const inner = this.coercer(type.ofType);
    return (value, field, variable) => {
      if (value !== null) return inner(value, field, variable);
      const { name, locations } = variable;
      // The variable's name, also for a field deep inside it: so are the recorded answers.
      throw new VariableError(`Variable '${name}' has coerced Null value for NonNull type '${String(type)}'`, locations);
    };
  }

  private nullable(type: GraphQLInputType): Coercer {
    if (isListType(type)) return this.list(this.coercer(type.ofType));
    const named = getNamedType(type);
    if (isScalarType(named)) return this.leaf(LENIENT_SCALARS[named.name] ?? this.parsed(named));
    if (isEnumType(named)) {
      const names = new Set(named.getValues().map(({ name }) => name));
      return this.leaf((value) => {
        if (typeof value === 'string' && names.has(value)) return value;
        throw new LeafError(`Invalid input for Enum '${named.name}'. No value found for name '${javaText(value)}'`);
      });
    }
    return this.object(named);
  }

  private parsed(scalar: GraphQLScalarType): Convert {
    return (value) => {
      const parsed = scalar.parseValue(value);
      return typeof parsed === 'object' ? copy(this.realm, parsed) : parsed;
    };
  }

  private leaf(convert: Convert): Coercer {
    return (value, field, variable) => {
      if (value === null) return null;
      try {
        return convert(value);
      } catch (error) {
        throw error instanceof LeafError ? invalid(error.message, field, variable, error) : error;
      }
    };
  }

  private list(item: Coercer): Coercer {
    return (value, field, variable) => {
      if (value === null) return null;
      const list = this.realm.array();
      for (const own of Array.isArray(value) ? (value as unknown[]) : [value]) list.push(item(own, field, variable));
      return list;
    };
  }

  private object(type: GraphQLInputObjectType): Coercer {
    const fields = Object.values(type.getFields()).map(({ name, type: fieldType, defaultValue }) => ({
      name,
      coerce: this.coercer(fieldType),
      defaultValue,
      always: defaultValue !== undefined || isNonNullType(fieldType),
    }));
    return (value, field, variable) => {
      if (value === null) return null;
      if (typeof value !== 'object' || Array.isArray(value)) {
        const reason = `Expected type 'Map' but was '${javaClass(value)}'. Variables for input objects must be an instance of type 'Map'.`;
        throw invalid(reason, field, variable);
      }
      const given = value as Record<string, unknown>;
      const object = this.realm.object();
      let unseen = Object.keys(given).length;
      for (const { name } of fields) if (Object.hasOwn(given, name)) unseen -= 1;
      if (unseen > 0) {
        // The field is not named, and there is a space at the end: so are the recorded answers.
        const message = `The variables input contains a field that is not defined for input object type '${type.name}' `;
        throw new VariableError(message, null);
      }
      for (const { name, coerce, defaultValue, always } of fields) {
        const own = Object.hasOwn(given, name) ? given[name] : undefined;
        if (own === undefined && !always) continue;
        const coerced = coerce(own ?? null, name, variable);
        setProperty(object, name, coerced === null && defaultValue !== undefined ? copy(this.realm, defaultValue) : coerced);
      }
      return object;
    };
  }
}

function invalid(reason: string, field: string, { locations }: Subject, cause?: unknown): VariableError {
  return new VariableError(`Variable '${field}' has an invalid value. ${reason}`, locations, { cause });
}
