import { AwsClient } from './aws-client.ts';
import type { DataSource } from './data-source.ts';
import { DynamodbDataSource } from './data-sources/dynamodb.ts';
import { HttpDataSource } from './data-sources/http.ts';
import { LambdaDataSource } from './data-sources/lambda.ts';
import { NoneDataSource } from './data-sources/none.ts';
import type {
  ApiDefinition,
  ApiSurroundings,
  DataSourceDefinition,
  FunctionDefinition,
  ResolverDefinition,
} from './definition.ts';
import { Documents } from './documents.ts';
import { DefinitionError } from './errors.ts';
import { PageTokens } from './page-token.ts';
import type { Realm } from './realm.ts';
import { ResolverRuntime } from './resolver-runtime.ts';
import { PipelineResolver, UnitResolver, type FieldResolver, type PipelineStep } from './resolver.ts';
import { loadSchema, type ApiSchema } from './schema.ts';
import { copy } from './values.ts';

/** @source AppSync quotas, "Functions per pipeline resolver" */
const MAX_FUNCTIONS = 10;
/** @source AppSync API reference, GraphqlApi.resolverCountLimit */
const MAX_RESOLVER_COUNT = 10_000;
/** @source AppSync API reference, GraphqlApi.queryDepthLimit */
const MAX_QUERY_DEPTH = 75;

/** An API ready to answer: everything loaded, checked and connected. */
export interface Api {
  readonly definition: ApiDefinition;
  readonly schema: ApiSchema;
  readonly realm: Realm;
  readonly documents: Documents;
  readonly resolverCountLimit: number;
  /** `ctx.env`. */
  readonly environment: object;
  close(): void;
}

/** @throws DefinitionError, CodeRefusedError with everything that AWS would refuse to deploy */
export function loadApi(definition: ApiDefinition, surroundings: ApiSurroundings): Api {
  const { queryDepthLimit = 0, resolverCountLimit = 0 } = definition;
  if (queryDepthLimit < 0 || queryDepthLimit > MAX_QUERY_DEPTH)
    throw new DefinitionError(
      `queryDepthLimit: write 1 to ${String(MAX_QUERY_DEPTH)}, or 0 for none: got ${String(queryDepthLimit)}`,
    );
  if (resolverCountLimit < 0 || resolverCountLimit > MAX_RESOLVER_COUNT)
    throw new DefinitionError(
      `resolverCountLimit: write 1 to ${String(MAX_RESOLVER_COUNT)}, or 0 for the most: got ${String(resolverCountLimit)}`,
    );
  const schema = loadSchema(definition.schema, definition.defaultAuthentication);
  const runtime = new ResolverRuntime((line) => {
    surroundings.log(line);
  }, surroundings.longLoops);
  const client = new AwsClient(surroundings.credentials);
  const wiring = new Wiring(definition, surroundings, runtime, client);
  const resolvers = new Map(definition.resolvers.map((resolver) => [fieldOf(schema, resolver), wiring.resolver(resolver)]));
  return {
    definition,
    schema,
    realm: runtime.realm,
    documents: new Documents({ realm: runtime.realm, schema, resolvers, queryDepthLimit }, definition.introspection),
    resolverCountLimit: resolverCountLimit === 0 ? MAX_RESOLVER_COUNT : resolverCountLimit,
    environment: Object.freeze(copy(runtime.realm, definition.environmentVariables) as object),
    close: () => {
      client.close();
    },
  };
}

function fieldOf({ graphql }: ApiSchema, { typeName, fieldName }: ResolverDefinition): string {
  const type = graphql.getType(typeName);
  if (type === undefined || !('getFields' in type) || type.getFields()[fieldName] === undefined) {
    throw new DefinitionError(`the resolver of ${typeName}.${fieldName} has no field: the schema does not define it`);
  }
  return `${typeName}.${fieldName}`;
}

/** Connects resolvers, functions and data sources by their names. */
class Wiring {
  private readonly sources = new Map<string, DataSource>();
  private readonly steps = new Map<string, PipelineStep>();
  private readonly tokens: PageTokens;

  constructor(
    private readonly definition: ApiDefinition,
    private readonly surroundings: ApiSurroundings,
    private readonly runtime: ResolverRuntime,
    private readonly client: AwsClient,
  ) {
    this.tokens = new PageTokens(definition.apiId, surroundings.credentials.secretAccessKey);
  }

  resolver(resolver: ResolverDefinition): FieldResolver {
    const handlers = this.runtime.load(resolver.code);
    const name = `${resolver.typeName}.${resolver.fieldName}`;
    if (resolver.kind === 'UNIT') {
      return new UnitResolver(this.runtime, handlers, this.source(resolver.dataSourceName, name, resolver.maxBatchSize ?? 0));
    }
    if (resolver.functionIds.length > MAX_FUNCTIONS) {
      throw new DefinitionError(
        `${name}: a pipeline may have ${String(MAX_FUNCTIONS)} functions: it has ${String(resolver.functionIds.length)}`,
      );
    }
    return new PipelineResolver(
      this.runtime,
      handlers,
      resolver.functionIds.map((id) => this.step(id, name)),
    );
  }

  private step(functionId: string, user: string): PipelineStep {
    const known = this.steps.get(functionId);
    if (known !== undefined) return known;
    const definition: FunctionDefinition | undefined = this.definition.functions.find((own) => own.functionId === functionId);
    if (definition === undefined) throw new DefinitionError(`${user} uses the function ${functionId}, which the API has not`);
    const step = {
      handlers: this.runtime.load(definition.code),
      dataSource: this.source(definition.dataSourceName, definition.name, 0),
    };
    this.steps.set(functionId, step);
    return step;
  }

  private source(dataSourceName: string, user: string, maxBatchSize: number): DataSource {
    const key = `${dataSourceName} ${String(maxBatchSize)}`;
    let source = this.sources.get(key);
    if (source === undefined) {
      const definition = this.definition.dataSources.find(({ name }) => name === dataSourceName);
      if (definition === undefined)
        throw new DefinitionError(`${user} uses the data source ${dataSourceName}, which the API has not`);
      source = this.surroundings.dataSourceFor?.(definition) ?? this.make(definition, maxBatchSize);
      this.sources.set(key, source);
    }
    return source;
  }

  private make(definition: DataSourceDefinition, maxBatchSize: number): DataSource {
    const { realm } = this.runtime;
    switch (definition.type) {
      case 'NONE':
        return new NoneDataSource(realm);
      case 'AMAZON_DYNAMODB':
        return new DynamodbDataSource(realm, {
          definition,
          surroundings: this.surroundings,
          client: this.client,
          tokens: this.tokens,
        });
      case 'HTTP':
        return new HttpDataSource(realm, definition, this.surroundings, this.client);
      case 'AWS_LAMBDA': {
        return new LambdaDataSource(
          realm,
          definition.functionArn,
          (arn, payload) => this.surroundings.invokeFunction(arn, payload),
          maxBatchSize,
        );
      }
    }
  }
}
