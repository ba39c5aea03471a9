import {
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isScalarType,
  Kind,
  print,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type ValueNode,
} from 'graphql';

/** Why a literal is none of a type, in graphql-java's words; it reads on after the name and the value. */
export interface LiteralFault {
  /** What is added to the name of the argument, such as `.lines[2].quantity`. */
  readonly path: string;
  /** The literal that is at fault; undefined stands for the whole argument. */
  readonly value: ValueNode | undefined;
  readonly reason: string;
}

/** @returns undefined for a literal that the type takes; variables in it are looked at elsewhere */
export function literalFault(value: ValueNode, type: GraphQLInputType): LiteralFault | undefined {
  if (value.kind === Kind.NULL) return isNonNullType(type) ? { path: '', value, reason: 'must not be null' } : undefined;
  if (value.kind === Kind.VARIABLE) return undefined;
  if (isNonNullType(type)) return literalFault(value, type.ofType);
  if (isListType(type)) return listFault(value, type.ofType);
  if (isInputObjectType(type)) return objectFault(value, type);
  if (!isScalarType(type) && !isEnumType(type)) return undefined;
  try {
    if (type.parseLiteral(value, {}) !== undefined) return undefined;
  } catch {
    // The texts of the scalars themselves are not shown.
  }
  return { path: '', value, reason: `is not a valid '${type.name}'` };
}

function listFault(value: ValueNode, item: GraphQLInputType): LiteralFault | undefined {
  if (value.kind !== Kind.LIST) return literalFault(value, item);
  for (const [i, own] of value.values.entries()) {
    const fault = literalFault(own, item);
    if (fault !== undefined) return { ...fault, path: `[${String(i)}]${fault.path}` };
  }
  return undefined;
}

function objectFault(value: ValueNode, type: GraphQLInputObjectType): LiteralFault | undefined {
  if (value.kind !== Kind.OBJECT) return { path: '', value: undefined, reason: 'must be an object type' };
  const fields = type.getFields();
  const given = new Set(value.fields.map(({ name }) => name.value));
  const missing = Object.values(fields).filter((field) => isNonNullType(field.type) && !given.has(field.name));
  if (missing.length > 0) {
    const names = missing.map(({ name }) => name).join(', ');
    return { path: '', value: undefined, reason: `is missing required fields '[${names}]'` };
  }
  for (const own of value.fields) {
    const field = fields[own.name.value];
    if (field === undefined)
      return { path: '', value: undefined, reason: `contains a field not in '${type.name}': '${own.name.value}'` };
    const fault = literalFault(own.value, field.type);
    if (fault !== undefined) return { ...fault, path: `.${own.name.value}${fault.path}` };
  }
  return undefined;
}

/** A literal as Java prints its syntax tree: `ObjectValue{objectFields=[ObjectField{name='a', value=IntValue{value=1}}]}`. */
export function literalText(value: ValueNode): string {
  switch (value.kind) {
    case Kind.OBJECT: {
      const fields = value.fields.map((field) => `ObjectField{name='${field.name.value}', value=${literalText(field.value)}}`);
      return `ObjectValue{objectFields=[${fields.join(', ')}]}`;
    }
    case Kind.LIST:
      return `ArrayValue{values=[${value.values.map(literalText).join(', ')}]}`;
    case Kind.STRING:
      return `StringValue{value='${value.value}'}`;
    case Kind.ENUM:
      return `EnumValue{name='${value.value}'}`;
    case Kind.VARIABLE:
      return `VariableReference{name='${value.name.value}'}`;
    case Kind.NULL:
      return 'NullValue{}';
    case Kind.BOOLEAN:
    case Kind.INT:
    case Kind.FLOAT:
      return `${value.kind}{value=${print(value)}}`;
  }
}
