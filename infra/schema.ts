import {
  Kind,
  parse,
  print,
  visit,
  type ConstDirectiveNode,
  type FieldDefinitionNode,
  type ObjectTypeDefinitionNode,
} from 'graphql';

const KEY = 'aws_api_key';

/** What an API key may read where it reads aggregates alone. Whatever is not named here needs IAM there, so a new field does. */
const AGGREGATES: ReadonlySet<string> = new Set([
  ...['Query.sales', 'Query.customerSegments', 'Query.retention', 'Query.productPairs', 'Query.warehouseResult'],
  ...['SalesResult', 'SegmentResult', 'RetentionResult', 'ProductPairResult'],
  ...['SalesRow', 'SegmentRow', 'RetentionRow', 'ProductPairRow'],
]);

/** The schema as a stage deploys it in which the API key reads no customer and no invoice: those fields lose `@aws_api_key`. */
export function schemaOfAggregates(sdl: string): string {
  let typeName = '';
  const closed = visit(parse(sdl), {
    [Kind.OBJECT_TYPE_DEFINITION]: {
      enter(type: ObjectTypeDefinitionNode) {
        typeName = type.name.value;
        return AGGREGATES.has(typeName) ? undefined : { ...type, directives: withoutKey(type.directives) };
      },
    },
    [Kind.FIELD_DEFINITION]: (field: FieldDefinitionNode) =>
      AGGREGATES.has(typeName) || AGGREGATES.has(`${typeName}.${field.name.value}`)
        ? undefined
        : { ...field, directives: withoutKey(field.directives) },
  });
  return `${print(closed)}\n`;
}

function withoutKey(directives: readonly ConstDirectiveNode[] = []): readonly ConstDirectiveNode[] {
  return directives.filter(({ name }) => name.value !== KEY);
}
