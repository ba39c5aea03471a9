import {
  astFromValue,
  DirectiveLocation,
  GraphQLBoolean,
  GraphQLEnumType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  isUnionType,
  print,
  type GraphQLArgument,
  type GraphQLDirective,
  type GraphQLEnumValue,
  type GraphQLField,
  type GraphQLFieldConfig,
  type GraphQLInputField,
  type GraphQLSchema,
  type GraphQLType,
} from 'graphql';

// Introspection as graphql-java 9 describes schemas: before isRepeatable, specifiedByURL, isOneOf and deprecated inputs, and with
// the three questions about a directive's place that were dropped later. Each field answers from graphql-js's own objects.

type Resolve<Source> = GraphQLFieldConfig<Source, GraphQLSchema, { includeDeprecated?: boolean; name?: string }>;

const text = new GraphQLNonNull(GraphQLString);
const yesOrNo = new GraphQLNonNull(GraphQLBoolean);
const listOf = <T extends GraphQLEnumType | GraphQLObjectType>(type: T) => new GraphQLList(new GraphQLNonNull(type));
const deprecatedToo = { includeDeprecated: { type: GraphQLBoolean, defaultValue: false } };

const described = {
  name: { type: text, resolve: ({ name }: { name: string }) => name },
  description: {
    type: GraphQLString,
    resolve: ({ description }: { description?: string | null | undefined }) => description ?? null,
  },
};
const deprecable = {
  isDeprecated: { type: yesOrNo, resolve: ({ deprecationReason }: Deprecable) => deprecationReason != null },
  deprecationReason: { type: GraphQLString, resolve: ({ deprecationReason }: Deprecable) => deprecationReason ?? null },
};

interface Deprecable {
  readonly deprecationReason?: string | null | undefined;
}

const current = <T extends Deprecable>(all: readonly T[], { includeDeprecated = false }: { includeDeprecated?: boolean }) =>
  includeDeprecated ? all : all.filter(({ deprecationReason }) => deprecationReason == null);

const valuesOf = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, {}]));

const TypeKind = new GraphQLEnumType({
  name: '__TypeKind',
  description: 'An enum describing what kind of type a given __Type is',
  values: valuesOf(['SCALAR', 'OBJECT', 'INTERFACE', 'UNION', 'ENUM', 'INPUT_OBJECT', 'LIST', 'NON_NULL']),
});

const Location = new GraphQLEnumType({
  name: '__DirectiveLocation',
  description: 'An enum describing valid locations where a directive can be placed',
  values: valuesOf(Object.values(DirectiveLocation).filter((place) => place !== DirectiveLocation.VARIABLE_DEFINITION)),
});

const InputValue = new GraphQLObjectType<GraphQLArgument | GraphQLInputField>({
  name: '__InputValue',
  fields: () => ({
    ...described,
    type: { type: new GraphQLNonNull(Type), resolve: ({ type }) => type },
    defaultValue: {
      type: GraphQLString,
      resolve: ({ type, defaultValue }) => {
        const literal = defaultValue === undefined ? undefined : astFromValue(defaultValue, type);
        return literal == null ? null : print(literal);
      },
    },
  }),
});

const Field = new GraphQLObjectType<GraphQLField<unknown, unknown>>({
  name: '__Field',
  fields: () => ({
    ...described,
    args: { type: new GraphQLNonNull(listOf(InputValue)), resolve: ({ args }) => args },
    type: { type: new GraphQLNonNull(Type), resolve: ({ type }) => type },
    ...deprecable,
  }),
});

const EnumValue = new GraphQLObjectType<GraphQLEnumValue>({
  name: '__EnumValue',
  fields: { ...described, ...deprecable },
});

const Type: GraphQLObjectType<GraphQLType, GraphQLSchema> = new GraphQLObjectType<GraphQLType, GraphQLSchema>({
  name: '__Type',
  fields: (): Record<string, Resolve<GraphQLType>> => ({
    kind: { type: new GraphQLNonNull(TypeKind), resolve: kindOf },
    name: { type: GraphQLString, resolve: (type) => ('name' in type ? type.name : null) },
    description: { type: GraphQLString, resolve: (type) => ('description' in type ? (type.description ?? null) : null) },
    fields: {
      type: listOf(Field),
      args: deprecatedToo,
      resolve: (type, given) =>
        isObjectType(type) || isInterfaceType(type) ? current(Object.values(type.getFields()), given) : null,
    },
    interfaces: { type: listOf(Type), resolve: (type) => (isObjectType(type) ? type.getInterfaces() : null) },
    possibleTypes: {
      type: listOf(Type),
      resolve: (type, _given, schema) => (isAbstractType(type) ? schema.getPossibleTypes(type) : null),
    },
    enumValues: {
      type: listOf(EnumValue),
      args: deprecatedToo,
      resolve: (type, given) => (isEnumType(type) ? current(type.getValues(), given) : null),
    },
    inputFields: {
      type: listOf(InputValue),
      resolve: (type) => (isInputObjectType(type) ? Object.values(type.getFields()) : null),
    },
    ofType: { type: Type, resolve: (type) => ('ofType' in type ? (type.ofType as GraphQLType) : null) },
  }),
});

function kindOf(type: GraphQLType): string {
  if (isScalarType(type)) return 'SCALAR';
  if (isObjectType(type)) return 'OBJECT';
  if (isInterfaceType(type)) return 'INTERFACE';
  if (isUnionType(type)) return 'UNION';
  if (isEnumType(type)) return 'ENUM';
  if (isInputObjectType(type)) return 'INPUT_OBJECT';
  return isListType(type) ? 'LIST' : isNonNullType(type) ? 'NON_NULL' : '';
}

const isOn = (...places: readonly string[]) => ({
  type: GraphQLBoolean,
  deprecationReason: 'Use `locations`.',
  resolve: ({ locations }: GraphQLDirective) => locations.some((place) => places.includes(place)),
});

const Directive = new GraphQLObjectType<GraphQLDirective>({
  name: '__Directive',
  fields: () => ({
    ...described,
    locations: { type: listOf(Location), resolve: ({ locations }) => locations },
    args: { type: new GraphQLNonNull(listOf(InputValue)), resolve: ({ args }) => args },
    onOperation: isOn('QUERY', 'MUTATION', 'SUBSCRIPTION'),
    onFragment: isOn('FRAGMENT_SPREAD', 'FRAGMENT_DEFINITION', 'INLINE_FRAGMENT'),
    onField: isOn('FIELD'),
  }),
});

/** Directives that graphql-js adds to every schema and that graphql-java 9 does not know. */
const TOO_NEW = new Set(['specifiedBy', 'oneOf']);
/** The order in which AppSync lists what is not its own: these before, and `deprecated` behind. */
const FIRST = ['include', 'skip', 'defer'];

function directivesOf(schema: GraphQLSchema): readonly GraphQLDirective[] {
  const rank = ({ name }: GraphQLDirective) => (FIRST.includes(name) ? FIRST.indexOf(name) : name === 'deprecated' ? 99 : 50);
  return schema
    .getDirectives()
    .filter(({ name }) => !TOO_NEW.has(name))
    .sort((a, b) => rank(a) - rank(b));
}

const Schema = new GraphQLObjectType<GraphQLSchema>({
  name: '__Schema',
  description:
    'A GraphQL Introspection defines the capabilities of a GraphQL server. It exposes all available types and directives on the server, the entry points for query, mutation, and subscription operations.',
  fields: () => ({
    types: {
      type: new GraphQLNonNull(listOf(Type)),
      description: 'A list of all types supported by this server.',
      resolve: (schema) => Object.values(schema.getTypeMap()).map((type) => OLD_TYPES.get(type.name) ?? type),
    },
    queryType: {
      type: new GraphQLNonNull(Type),
      description: 'The type that query operations will be rooted at.',
      resolve: (schema) => schema.getQueryType(),
    },
    mutationType: {
      type: Type,
      description: 'If this server supports mutation, the type that mutation operations will be rooted at.',
      resolve: (schema) => schema.getMutationType() ?? null,
    },
    directives: {
      type: new GraphQLNonNull(listOf(Directive)),
      description: 'A list of all directives supported by this server.',
      resolve: directivesOf,
    },
    subscriptionType: {
      type: Type,
      description: 'If this server support subscription, the type that subscription operations will be rooted at.',
      resolve: (schema) => schema.getSubscriptionType() ?? null,
    },
  }),
});

/** The types of introspection by their names. */
export const OLD_TYPES: ReadonlyMap<string, GraphQLObjectType | GraphQLEnumType> = new Map(
  [Schema, Type, Field, InputValue, EnumValue, Directive, TypeKind, Location].map((type) => [type.name, type]),
);

/** The fields that every query type has without defining them. */
const META = new GraphQLObjectType<unknown, GraphQLSchema>({
  name: 'Meta',
  fields: {
    __schema: { type: new GraphQLNonNull(Schema), resolve: (_source, _given, schema) => schema },
    __type: {
      type: Type,
      args: { name: { type: text } },
      resolve: (_source, { name = '' }: { name?: string }, schema) => OLD_TYPES.get(name) ?? schema.getType(name) ?? null,
    },
    __typename: { type: text },
  },
});

/** By their names; they answer a schema, which is their context. */
export const META_FIELDS = META.getFields() as Readonly<Record<string, GraphQLField<unknown, unknown>>>;
