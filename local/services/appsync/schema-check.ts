import {
  isInputType,
  Kind,
  print,
  typeFromAST,
  validateSchema,
  valueFromAST,
  visit,
  type DocumentNode,
  type GraphQLSchema,
  type TypeNode,
} from 'graphql';
import { AWS_SCALARS } from './scalars.ts';

/** What the names of AppSync's own types begin with. */
const AWS_PREFIX = 'AWS';

/**
 * What AppSync would not take of a schema, each fault in one sentence.
 *
 * @param own - the schema as written, without what AppSync adds to it
 */
export function schemaFaults(own: DocumentNode, schema: GraphQLSchema): string[] {
  return [...namesAndScalars(own), ...validateSchema(schema).map(({ message }) => message), ...unusableDefaults(own, schema)];
}

/** Faults that GraphQL itself would allow. */
function namesAndScalars(own: DocumentNode): string[] {
  return own.definitions.flatMap((definition) => {
    if (!('name' in definition) || definition.kind === Kind.DIRECTIVE_DEFINITION) return [];
    const { value: name } = definition.name ?? { value: '' };
    if (definition.kind === Kind.SCALAR_TYPE_DEFINITION) {
      // Schemas written for tools declare AppSync's scalars; AppSync takes that.
      if (Object.hasOwn(AWS_SCALARS, name)) return [];
      return [`scalar ${name}: AppSync has no custom scalars: write String, or one of ${Object.keys(AWS_SCALARS).join(', ')}`];
    }
    return name.startsWith(AWS_PREFIX)
      ? [`type ${name}: names that begin with ${AWS_PREFIX} are AppSync's own: give the type another name`]
      : [];
  });
}

/** Default values that are none of their type; graphql-js would drop them without a word. */
function unusableDefaults(own: DocumentNode, schema: GraphQLSchema): string[] {
  const faults: string[] = [];
  visit(own, {
    InputValueDefinition: ({ name, type: typeNode, defaultValue }) => {
      const type = typeFromAST(schema, typeNode as TypeNode & { kind: Kind.NAMED_TYPE });
      if (defaultValue === undefined || !isInputType(type) || valueFromAST(defaultValue, type) !== undefined) return;
      faults.push(`${name.value}: the default value ${print(defaultValue)} is no ${String(type)}`);
    },
  });
  return faults;
}
