import {
  buildASTSchema,
  GraphQLError,
  GraphQLScalarType,
  Kind,
  parse,
  valueFromASTUntyped,
  visit,
  type DefinitionNode,
  type DirectiveNode,
  type DocumentNode,
  type GraphQLSchema,
  type NameNode,
} from 'graphql';
import type { AuthenticationMode } from './definition.ts';
import { DefinitionError } from './errors.ts';
import { LeafError } from './lenient-scalars.ts';
import { AWS_SCALARS, refusalOf, type AwsScalar } from './scalars.ts';
import { schemaFaults } from './schema-check.ts';

/** @unit bytes @source AppSync quotas, "Schema document size" */
const MAX_SCHEMA_BYTES = 1024 * 1024;

/** Authorization modes as bits, so that a field's set of modes is one number. */
export const MODE_BITS: Readonly<Record<AuthenticationMode, number>> = { API_KEY: 1, AWS_IAM: 2 };

/** Which directive opens a field to which mode; the modes without a bit do not exist locally, so they open nothing. */
const DIRECTIVE_BITS: Readonly<Record<string, number>> = {
  aws_api_key: MODE_BITS.API_KEY,
  aws_iam: MODE_BITS.AWS_IAM,
  aws_oidc: 0,
  aws_lambda: 0,
  aws_cognito_user_pools: 0,
};

/**
 * What AppSync adds to every schema that does not define it itself, described as its introspection does; of the scalars those
 * that the schema uses.
 */
const PRELUDE = `
${Object.keys(AWS_SCALARS)
  .map((name) => `scalar ${name}`)
  .join('\n')}
"This directive allows results to be deferred during execution"
directive @defer on FIELD
"Tells the service which mutation triggers this subscription."
directive @aws_subscribe(
  "List of mutations which will trigger this subscription when they are called."
  mutations: [String]
) on FIELD_DEFINITION
"Tells the service this field/object has access authorized by a Cognito User Pools token."
directive @aws_cognito_user_pools(
  "List of cognito user pool groups which have access on this field"
  cognito_groups: [String]
) on OBJECT | FIELD_DEFINITION
"Directs the schema to enforce authorization on a field"
directive @aws_auth(
  "List of cognito user pool groups which have access on this field"
  cognito_groups: [String]
) on FIELD_DEFINITION
"Tells the service which subscriptions will be published to when this mutation is called. This directive is deprecated use @aws_susbscribe directive instead."
directive @aws_publish(
  "List of subscriptions which will be published to when this mutation is called."
  subscriptions: [String]
) on FIELD_DEFINITION
"Tells the service this field/object has access authorized by an OIDC token."
directive @aws_oidc on OBJECT | FIELD_DEFINITION
"Tells the service this field/object has access authorized by sigv4 signing."
directive @aws_iam on OBJECT | FIELD_DEFINITION
"Tells the service this field/object has access authorized by an API key."
directive @aws_api_key on OBJECT | FIELD_DEFINITION
"Tells the service this field/object has access authorized by a Lambda Authorizer."
directive @aws_lambda on OBJECT | FIELD_DEFINITION
`;

export interface ApiSchema {
  readonly graphql: GraphQLSchema;
  /** The modes that may read a field, as `MODE_BITS`. */
  modesOf(typeName: string, fieldName: string): number;
}

/** @throws DefinitionError when AWS would refuse the schema */
export function loadSchema(sdl: string, defaultMode: AuthenticationMode): ApiSchema {
  const bytes = Buffer.byteLength(sdl);
  if (bytes > MAX_SCHEMA_BYTES) {
    throw new DefinitionError(`a schema may have ${String(MAX_SCHEMA_BYTES)} bytes: this one has ${String(bytes)}`);
  }
  let document: DocumentNode;
  let graphql: GraphQLSchema;
  try {
    document = parse(sdl);
    graphql = buildASTSchema(withPrelude(document));
  } catch (cause) {
    throw new DefinitionError(`the schema cannot be read: ${String(cause)}`, { cause });
  }
  if (graphql.getQueryType() == null) throw new DefinitionError("A schema MUST have a 'query' operation defined");
  for (const [name, scalar] of Object.entries(AWS_SCALARS)) {
    const type = graphql.getType(name);
    if (type instanceof GraphQLScalarType) installScalar(type, scalar);
  }
  const faults = schemaFaults(document, graphql);
  if (faults.length > 0) throw new DefinitionError(`AWS would refuse the schema:\n${faults.join('\n')}`);
  const modes = modesByField(document, MODE_BITS[defaultMode]);
  const fallback = MODE_BITS[defaultMode];
  return { graphql, modesOf: (typeName, fieldName) => modes.get(`${typeName}.${fieldName}`) ?? fallback };
}

function withPrelude(document: DocumentNode): DocumentNode {
  const nameOf = (definition: DefinitionNode) =>
    'name' in definition ? (definition.name as NameNode | undefined)?.value : undefined;
  const own = new Set(document.definitions.map(nameOf));
  const used = new Set<string>();
  visit(document, {
    NamedType: ({ name }) => {
      used.add(name.value);
    },
  });
  const added = parse(PRELUDE).definitions.filter(
    (definition) =>
      !own.has(nameOf(definition)) && (definition.kind !== Kind.SCALAR_TYPE_DEFINITION || used.has(definition.name.value)),
  );
  return { ...document, definitions: [...document.definitions, ...added] };
}

function installScalar(type: GraphQLScalarType, scalar: AwsScalar): void {
  const { accepts, parse: read, description } = scalar;
  const parseValue = (value: unknown): unknown => {
    if (!accepts(value)) throw new LeafError(refusalOf('parse', value, scalar));
    return read === undefined ? value : read(value);
  };
  type.description ??= description;
  type.parseValue = parseValue;
  type.parseLiteral = (node) => {
    const value = valueFromASTUntyped(node);
    const wholeNumber = type.name === 'AWSTimestamp' && node.kind === Kind.INT;
    if (node.kind !== Kind.STRING && !wholeNumber)
      throw new GraphQLError(`${type.name} is written as ${type.name === 'AWSTimestamp' ? 'a whole number' : 'a string'}.`);
    return parseValue(value);
  };
}

/** The modes of every field that a directive opens, on itself or on its type; a directive on the field decides alone. */
function modesByField(document: DocumentNode, fallback: number): Map<string, number> {
  const modes = new Map<string, number>();
  const typeModes = new Map<string, number>();
  const kinds = [Kind.OBJECT_TYPE_DEFINITION, Kind.OBJECT_TYPE_EXTENSION, Kind.INTERFACE_TYPE_DEFINITION];
  const types = document.definitions.flatMap((definition) =>
    (kinds as string[]).includes(definition.kind) && 'fields' in definition ? [definition] : [],
  );
  for (const { name, directives } of types) {
    const bits = directiveBits(directives);
    if (bits !== undefined) typeModes.set(name.value, (typeModes.get(name.value) ?? 0) | bits);
  }
  for (const { name, fields } of types) {
    for (const field of fields ?? []) {
      modes.set(`${name.value}.${field.name.value}`, directiveBits(field.directives) ?? typeModes.get(name.value) ?? fallback);
    }
  }
  return modes;
}

function directiveBits(directives: readonly DirectiveNode[] = []): number | undefined {
  let bits: number | undefined;
  for (const { name } of directives) {
    const own = DIRECTIVE_BITS[name.value];
    if (own !== undefined) bits = (bits ?? 0) | own;
  }
  return bits;
}
