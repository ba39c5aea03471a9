import { GraphQLError, Kind, parse, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import { checkTokens } from './document-limits.ts';
import { RequestError, type ErrorBlock } from './errors.ts';
import { InputCoercion, type Variables } from './input-coercion.ts';
import type { Preparation } from './request-log.ts';
import { validateDocument } from './validation.ts';
import { conditionVariables, planOperation, type OperationPlan, type PlanSources } from './operation-plan.ts';

/** Longest query text that is remembered. @unit characters */
const MAX_REMEMBERED_LENGTH = 100_000;
const MAX_DOCUMENTS = 500;
/** Combinations of `@skip` and `@include` variables that one operation remembers. */
const MAX_PLANS = 32;
/** What all remembered documents and their plans may hold together: characters, and 20 for each selection. About 100 MB. */
const MAX_REMEMBERED = 4_000_000;
const CHARACTERS_OF_SELECTION = 20;

/** An operation of a document, ready to run. */
export interface PreparedOperation {
  readonly kind: OperationDefinitionNode['operation'];
  readonly coerce: ReturnType<InputCoercion['compile']>;
  /** The plan for these variables. */
  plan(variables: Variables): OperationPlan;
}

type Prepared =
  | { readonly syntaxError: GraphQLError }
  | { readonly errors: readonly ErrorBlock[] }
  | { readonly operations: ReadonlyMap<string, PreparedOperation> };

/** Parsed, validated and planned documents by their text: work that is done once for each text, not for each request. */
export class Documents {
  private readonly remembered = new Map<string, Prepared>();
  /** As `MAX_REMEMBERED` counts. */
  private size = 0;
  private readonly coercion: InputCoercion;

  constructor(
    private readonly sources: PlanSources,
    private readonly introspection: boolean,
  ) {
    this.coercion = new InputCoercion(sources.schema.graphql, sources.realm);
  }

  /** @throws RequestError when the text is no GraphQL, or the operation's name does not decide which operation is meant */
  find(
    query: string,
    operationName: string | null | undefined,
  ): ({ errors: readonly ErrorBlock[] } | { operation: PreparedOperation }) & { preparation?: Preparation } {
    let preparation: Preparation | undefined;
    let prepared = this.remembered.get(query);
    if (prepared === undefined) {
      ({ prepared, preparation } = this.prepareTimed(query));
      if (query.length <= MAX_REMEMBERED_LENGTH) {
        const [oldest] = this.remembered.keys();
        if (this.remembered.size >= MAX_DOCUMENTS && oldest !== undefined) this.remembered.delete(oldest);
        this.remembered.set(query, prepared);
        this.grow(query.length);
      }
    }
    if ('syntaxError' in prepared)
      throw new RequestError(400, 'MalformedHttpRequestException', 'Unable to parse GraphQL query.', {
        cause: prepared.syntaxError,
      });
    const times = preparation === undefined ? {} : { preparation };
    if ('errors' in prepared) return { ...prepared, ...times };
    const { operations } = prepared;
    if (operationName === undefined || operationName === null || operationName === '') {
      const [operation, another] = operations.values();
      if (operation === undefined) throw new RequestError(400, 'BadRequestException', 'The document has no operation.');
      if (another !== undefined) throw new RequestError(400, 'BadRequestException', 'Missing operation name.');
      return { operation, ...times };
    }
    const operation = operations.get(operationName);
    if (operation === undefined)
      throw new RequestError(400, 'BadRequestException', `Unknown operation named '${operationName}'.`);
    return { operation, ...times };
  }

  /** What grows too large is forgotten as a whole: it was made by many large documents, which are seldom asked twice. */
  private grow(by: number): void {
    this.size += by;
    if (this.size <= MAX_REMEMBERED) return;
    this.remembered.clear();
    this.size = 0;
  }

  private prepareTimed(query: string): { prepared: Prepared; preparation?: Preparation } {
    const began = performance.now();
    let document: DocumentNode;
    try {
      checkTokens(query);
      document = parse(query);
    } catch (error) {
      if (error instanceof GraphQLError) return { prepared: { syntaxError: error } };
      throw error;
    }
    const parsed = performance.now();
    const prepared = this.prepare(document);
    return { prepared, preparation: { parsing: parsed - began, validation: performance.now() - parsed } };
  }

  private prepare(document: DocumentNode): Prepared {
    const errors = validateDocument(this.sources.schema.graphql, document, this.introspection);
    if (errors.length > 0) return { errors };
    const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
    // Once for all of them: each look goes through the whole document.
    const conditions = conditionVariables(document);
    return {
      operations: new Map(
        operations.map((operation) => [operation.name?.value ?? '', this.operation(document, operation, conditions)]),
      ),
    };
  }

  private operation(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    conditions: readonly string[],
  ): PreparedOperation {
    const plans = new Map<string, OperationPlan>();
    return {
      kind: operation.operation,
      coerce: this.coercion.compile(operation.variableDefinitions ?? []),
      plan: (variables) => {
        const key = conditions.length === 0 ? '' : conditions.map((name) => (variables[name] === true ? '1' : '0')).join('');
        let plan = plans.get(key);
        if (plan === undefined) {
          plan = planOperation(this.sources, document, operation, variables);
          if (plans.size >= MAX_PLANS) plans.clear();
          plans.set(key, plan);
          this.grow(plan.selections * CHARACTERS_OF_SELECTION);
        }
        return plan;
      },
    };
  }
}
