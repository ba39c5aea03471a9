import {
  Kind,
  parse,
  print,
  visit,
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type ObjectTypeDefinitionNode,
  type TypeNode,
} from 'graphql';
import { aggregates } from '../resolvers/index.ts';

const KEY = 'aws_api_key';

/** The field of an aggregate's type that has the rows. */
const ROWS = 'rows';

/**
 * What an API key may read where it reads aggregates alone: those fields, the types they answer with, and the types of their rows.
 *
 * @remarks No type further down, so that a row which leads to a customer opens no customer.
 */
function openToKeys({ definitions }: DocumentNode): ReadonlySet<string> {
  const typeOf = (typeName: string | undefined, fieldName: string | undefined): string[] =>
    definitions
      .filter((one) => one.kind === Kind.OBJECT_TYPE_DEFINITION)
      .filter(({ name }) => name.value === typeName)
      .flatMap(({ fields = [] }) => fields.filter(({ name }) => name.value === fieldName))
      .map(({ type }) => nameOf(type));
  const membersOf = (typeName: string): string[] => {
    const union = definitions.find((one) => one.kind === Kind.UNION_TYPE_DEFINITION && one.name.value === typeName);
    return union?.kind === Kind.UNION_TYPE_DEFINITION ? (union.types ?? []).map(({ name }) => name.value) : [typeName];
  };
  const answers = aggregates.flatMap((field) => {
    const [typeName, fieldName] = field.split('.');
    return typeOf(typeName, fieldName).flatMap(membersOf);
  });
  return new Set([...aggregates, ...answers, ...answers.flatMap((answer) => typeOf(answer, ROWS))]);
}

const nameOf = (type: TypeNode): string => (type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type));

/** The schema as a stage deploys it in which the API key reads no customer and no invoice: those fields lose `@aws_api_key`. */
export function schemaOfAggregates(sdl: string): string {
  const document = parse(sdl);
  const open = openToKeys(document);
  let typeName = '';
  const closed = visit(document, {
    [Kind.OBJECT_TYPE_DEFINITION]: {
      enter(type: ObjectTypeDefinitionNode) {
        typeName = type.name.value;
        return open.has(typeName) ? undefined : { ...type, directives: withoutKey(type.directives) };
      },
    },
    [Kind.FIELD_DEFINITION]: (field: FieldDefinitionNode) =>
      open.has(typeName) || open.has(`${typeName}.${field.name.value}`)
        ? undefined
        : { ...field, directives: withoutKey(field.directives) },
  });
  return `${print(closed)}\n`;
}

function withoutKey(directives: readonly ConstDirectiveNode[] = []): readonly ConstDirectiveNode[] {
  return directives.filter(({ name }) => name.value !== KEY);
}
