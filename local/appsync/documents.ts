import {
  GraphQLError,
  Kind,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type OperationDefinitionNode,
} from 'graphql';
import { RequestError, type ErrorBlock } from './errors.ts';
import { InputCoercion, type VariableError, type Variables } from './input-coercion.ts';
import { conditionVariables, planOperation, type OperationPlan, type PlanSources } from './operation-plan.ts';

/** Longest query text that is remembered. @unit characters */
const MAX_REMEMBERED_LENGTH = 100_000;
const MAX_DOCUMENTS = 500;
/** Combinations of `@skip` and `@include` variables that one operation remembers. */
const MAX_PLANS = 32;

/** An operation of a document, ready to run. */
export interface PreparedOperation {
  readonly kind: OperationDefinitionNode['operation'];
  readonly coerce: ReturnType<InputCoercion['compile']>;
  /** The plan for these variables. */
  plan(variables: Variables): OperationPlan;
}

type Prepared = { readonly errors: readonly ErrorBlock[] } | { readonly operations: ReadonlyMap<string, PreparedOperation> };

/** Parsed, validated and planned documents by their text: work that is done once for each text, not for each request. */
export class Documents {
  readonly #remembered = new Map<string, Prepared>();
  readonly #coercion: InputCoercion;
  readonly #rules;

  constructor(
    private readonly sources: PlanSources,
    introspection: boolean,
  ) {
    this.#coercion = new InputCoercion(sources.schema.graphql, sources.realm);
    this.#rules = introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  }

  /** @throws RequestError when the operation's name does not decide which operation is meant */
  find(
    query: string,
    operationName: string | null | undefined,
  ): { errors: readonly ErrorBlock[] } | { operation: PreparedOperation } {
    let prepared = this.#remembered.get(query);
    if (prepared === undefined) {
      prepared = this.#prepare(query);
      if (query.length <= MAX_REMEMBERED_LENGTH) {
        const [oldest] = this.#remembered.keys();
        if (this.#remembered.size >= MAX_DOCUMENTS && oldest !== undefined) this.#remembered.delete(oldest);
        this.#remembered.set(query, prepared);
      }
    }
    if ('errors' in prepared) return prepared;
    const { operations } = prepared;
    if (operationName === undefined || operationName === null || operationName === '') {
      const [operation, another] = operations.values();
      if (operation === undefined) throw new RequestError(400, 'BadRequestException', 'The document has no operation.');
      if (another !== undefined) throw new RequestError(400, 'BadRequestException', 'Missing operation name.');
      return { operation };
    }
    const operation = operations.get(operationName);
    if (operation === undefined)
      throw new RequestError(400, 'BadRequestException', `Unknown operation named '${operationName}'.`);
    return { operation };
  }

  #prepare(query: string): Prepared {
    let document: DocumentNode;
    try {
      document = parse(query);
    } catch (error) {
      if (error instanceof GraphQLError) return { errors: [requestErrorBlock(error)] };
      throw error;
    }
    const errors = validate(this.sources.schema.graphql, document, this.#rules);
    if (errors.length > 0) return { errors: errors.map(requestErrorBlock) };
    const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
    return {
      operations: new Map(operations.map((operation) => [operation.name?.value ?? '', this.#operation(document, operation)])),
    };
  }

  #operation(document: DocumentNode, operation: OperationDefinitionNode): PreparedOperation {
    const conditions = conditionVariables(document);
    const plans = new Map<string, OperationPlan>();
    return {
      kind: operation.operation,
      coerce: this.#coercion.compile(operation.variableDefinitions ?? []),
      plan: (variables) => {
        const key = conditions.length === 0 ? '' : conditions.map((name) => (variables[name] === true ? '1' : '0')).join('');
        let plan = plans.get(key);
        if (plan === undefined) {
          plan = planOperation(this.sources, document, operation, variables);
          if (plans.size >= MAX_PLANS) plans.clear();
          plans.set(key, plan);
        }
        return plan;
      },
    };
  }
}

/** A syntax, validation or variable error: it has no field, so it has neither path nor type. */
export function requestErrorBlock({
  message,
  locations,
}: Pick<GraphQLError, 'message' | 'locations'> | VariableError): ErrorBlock {
  return { path: null, locations: locations?.map(({ line, column }) => ({ line, column, sourceName: null })) ?? null, message };
}
