import { errorStack } from '../../errors.ts';
import type { AuthenticationMode } from './definition.ts';
import { FieldError, type ErrorBlock, type Path } from './errors.ts';
import { pathText, pathTo, Place } from './result-place.ts';
import type { Variables } from './input-coercion.ts';
import type { Completion, FieldPlan, OperationPlan, SelectionPlan } from './operation-plan.ts';
import type { Caller, FieldCall, Info } from './resolver.ts';
import { LeafError } from './lenient-scalars.ts';
import { MODE_BITS } from './schema.ts';

/** What a request is answered with. */
export interface ExecutionResult {
  readonly data: object | null;
  readonly errors?: readonly ErrorBlock[];
}

/** Stands for a null that the field may not be, so that its parent becomes null. */
const NULL_PARENT = Symbol('null above');

/** One field on its way to its resolver. */
class Call implements FieldCall {
  info: Info | undefined = undefined;

  private readonly errors: ErrorBlock[];
  readonly caller: Caller;
  readonly plan: FieldPlan;
  readonly source: unknown;
  readonly args: Record<string, unknown>;
  private readonly place: Place;

  constructor({
    errors,
    caller,
    plan,
    source,
    args,
    place,
  }: {
    readonly errors: ErrorBlock[];
    readonly caller: Caller;
    readonly plan: FieldPlan;
    readonly source: unknown;
    readonly args: Record<string, unknown>;
    readonly place: Place;
  }) {
    this.errors = errors;
    this.caller = caller;
    this.plan = plan;
    this.source = source;
    this.args = args;
    this.place = place;
  }

  get fieldName(): string {
    return this.plan.fieldName;
  }

  get parentTypeName(): string {
    return this.plan.parentTypeName;
  }

  get mode(): AuthenticationMode {
    return this.caller.mode;
  }

  get responseHeaders(): Record<string, string> {
    return this.caller.responseHeaders;
  }

  appendError(error: FieldError): void {
    this.errors.push(errorBlock(error, this.plan, pathTo(this.place, this.plan.responseKey)));
  }
}

/**
 * Fields of one answer, each value of a list counted: 500 invoices with 500 lines each, three fields of a line.
 *
 * @remarks On AWS the size of an answer is bounded in megabytes; here what counts is that a request cannot take all memory.
 */
export const MAX_RESULT_FIELDS = 1_000_000;

export interface ExecutionOptions {
  readonly caller: Caller;
  readonly variables: Variables;
  readonly resolverCountLimit: number;
  readonly log: (line: string) => void;
  readonly done: (answer: ExecutionResult) => void;
}

/** Runs the plan of one request. */
export class Execution {
  private answerFields = 0;
  private data: object | null = null;
  private readonly errors: ErrorBlock[] = [];
  /** Fields whose values have not arrived, and the walk itself while it goes on. */
  private pending = 0;
  private resolverCount = 0;
  private nextRootField = 0;
  private ended = false;
  private readonly modeBit: number;
  private readonly root: Record<string, unknown> = {};
  private readonly rootPlace = new Place(undefined, '', true);

  private readonly caller: Caller;
  private readonly variables: Variables;
  private readonly resolverCountLimit: number;
  private readonly log: (line: string) => void;
  private readonly done: (answer: ExecutionResult) => void;

  constructor(
    private readonly plan: OperationPlan,
    { caller, variables, resolverCountLimit, log, done }: ExecutionOptions,
  ) {
    this.caller = caller;
    this.variables = variables;
    this.resolverCountLimit = resolverCountLimit;
    this.log = log;
    this.done = done;

    this.modeBit = MODE_BITS[caller.mode];
    this.rootPlace.content = this.root;
    this.rootPlace.typeName = plan.root.typeName;
  }

  start(): void {
    this.data = this.root;
    if (this.plan.kind === 'mutation') {
      this.advance();
      return;
    }
    this.pending += 1;
    for (const field of this.plan.root.fields) this.rootField(field);
    this.arrived();
  }

  /** Ends a request that takes too long: each field that still waits for a data source goes on without it, the others keep their data. */
  timeOut(): void {
    this.caller.deadline.pass();
  }

  private endWith(errorType: string, message: string): void {
    this.errors.push({ path: null, data: null, errorType, errorInfo: null, locations: null, message });
    this.data = null;
    this.end();
  }

  /** The root fields of a mutation, each after the one before is answered entirely. */
  private advance(): void {
    const field = this.plan.root.fields[this.nextRootField];
    if (field === undefined) {
      this.end();
      return;
    }
    this.nextRootField += 1;
    this.pending += 1;
    this.rootField(field);
    this.arrived();
  }

  private rootField(field: FieldPlan): void {
    const value = this.field(field, null, this.rootPlace);
    if (value === NULL_PARENT) this.data = null;
    else this.root[field.responseKey] = value;
  }

  private arrived(): void {
    this.pending -= 1;
    if (this.pending > 0) return;
    if (this.plan.kind === 'mutation') this.advance();
    else this.end();
  }

  private end(): void {
    if (this.ended) return;
    this.ended = true;
    this.done(this.errors.length === 0 ? { data: this.data } : { data: this.data, errors: this.errors });
  }

  /** All fields of one object. @returns the object, or NULL_PARENT */
  private selection({ fields, typeName }: SelectionPlan, source: unknown, place: Place): object | typeof NULL_PARENT {
    const target: Record<string, unknown> = {};
    place.content = target;
    place.typeName = typeName;
    let isNull = false;
    for (const field of fields) {
      const value = this.field(field, source, place);
      if (value === NULL_PARENT) isNull = true;
      else target[field.responseKey] = value;
    }
    return isNull ? NULL_PARENT : target;
  }

  /** @returns what the answer shows, null while it has not arrived, or NULL_PARENT */
  private field(field: FieldPlan, source: unknown, place: Place): unknown {
    // What arrives after the end, or goes on beyond it, is dropped.
    if (this.ended) return null;
    this.answerFields += 1;
    if (this.answerFields > MAX_RESULT_FIELDS) {
      this.endWith('ResponseTooLarge', `The answer has more than ${String(MAX_RESULT_FIELDS)} fields: ask for smaller pages.`);
      return null;
    }
    if ((field.modes & this.modeBit) === 0) return this.failed(field, place, field.unauthorized);
    if (field.refusal !== undefined) return this.failed(field, place, field.refusal);
    if (field.resolver !== undefined) return this.askResolver(field, source, place);
    if (field.fieldName === '__typename') return field.parentTypeName;
    if (field.introspect !== undefined) return field.introspect(this.variables);
    const value = source === null || source === undefined ? null : (source as Record<string, unknown>)[field.fieldName];
    return this.complete(field.completion, value, place, field.responseKey);
  }

  private askResolver(field: FieldPlan, source: unknown, place: Place): unknown {
    const { resolver } = field;
    if (resolver === undefined) return null;
    try {
      this.resolverCount += 1;
      if (this.resolverCount > this.resolverCountLimit) {
        throw new FieldError(
          'ResolverExecutionLimitReached',
          `Resolver execution limit of ${String(this.resolverCountLimit)} reached`,
        );
      }
      const traced = this.trace(field, place);
      const value = resolver.resolve(
        new Call({ errors: this.errors, caller: this.caller, plan: field, source, args: field.arguments(this.variables), place }),
      );
      if (!(value instanceof Promise)) {
        traced?.();
        return this.complete(field.completion, value, place, field.responseKey);
      }
      this.pending += 1;
      value.then(
        (own: unknown) => {
          traced?.();
          this.settle(field, place, this.complete(field.completion, own, place, field.responseKey));
        },
        (error: unknown) => {
          traced?.();
          this.settle(field, place, this.failed(field, place, error));
        },
      );
      return null;
    } catch (error) {
      return this.failed(field, place, error);
    }
  }

  /** @returns what records that the field was resolved; undefined without tracing */
  private trace({ fieldName, parentTypeName, responseKey, returnType }: FieldPlan, place: Place): (() => void) | undefined {
    const { traceField } = this.caller;
    if (traceField === undefined) return undefined;
    const from = performance.now();
    return () => {
      const path = pathTo(place, responseKey);
      traceField({ path, parentType: parentTypeName, fieldName, returnType, from, until: performance.now() });
    };
  }

  private settle(field: FieldPlan, place: Place, value: unknown): void {
    if (value === NULL_PARENT) this.nullFrom(place);
    else if (place.content !== undefined) place.content[field.responseKey] = value;
    this.arrived();
  }

  /** The nearest place that may be null becomes null. */
  private nullFrom(place: Place): void {
    let at = place;
    while (!at.nullable && at.above !== undefined) at = at.above;
    const holder = at.above?.content;
    if (holder === undefined) this.data = null;
    else holder[at.key] = null;
  }

  private failed(field: FieldPlan, place: Place, error: unknown): null | typeof NULL_PARENT {
    const path = pathTo(place, field.responseKey);
    if (error instanceof FieldError) {
      if (error.cause !== undefined)
        this.log(
          `${field.parentTypeName}.${field.fieldName}: ${error.message}${error.cause instanceof RangeError ? ` (${error.cause.message})` : ''}`,
        );
      this.errors.push(errorBlock(error, field, path));
    } else {
      // Not the resolver's fault but this stand-in's, or of something it calls: the log says where.
      this.log(`${field.parentTypeName}.${field.fieldName}: ${errorStack(error)}`);
      this.errors.push(errorBlock(new FieldError('InternalFailure', String(error)), field, path));
    }
    return field.completion.nullable ? null : NULL_PARENT;
  }

  /** A value in the shape of its type. @returns what the answer shows, or NULL_PARENT */
  private complete(completion: Completion, value: unknown, place: Place, key: string | number): unknown {
    if (value === null || value === undefined) return completion.nullable ? null : this.isNull(completion, place, key);
    switch (completion.kind) {
      case 'leaf':
        try {
          return completion.print(value);
        } catch (error) {
          if (!(error instanceof LeafError)) throw error;
          return this.mismatch(completion, place, key, (path) => `Can't serialize value (${path}) : ${error.message}`);
        }
      case 'list':
        return this.list(completion, value, new Place(place, key, completion.nullable));
      case 'object':
      case 'abstract':
        return this.object(completion, value, place, key);
    }
  }

  private list(completion: Completion & { kind: 'list' }, value: unknown, place: Place): unknown {
    if (!Array.isArray(value)) {
      return this.mismatch(
        completion,
        place.above,
        place.key,
        (path) => `Can't resolve value (${path}) : type mismatch error, expected type LIST`,
      );
    }
    const items: unknown[] = [];
    let isNull = false;
    place.content = items as unknown as Record<number, unknown>;
    for (let i = 0; i < value.length; i += 1) {
      const item = this.complete(completion.item, value[i], place, i);
      if (item === NULL_PARENT) isNull = true;
      items.push(item);
    }
    if (!isNull) return items;
    return completion.nullable ? null : NULL_PARENT;
  }

  private object(
    completion: Completion & { kind: 'object' | 'abstract' },
    value: unknown,
    above: Place,
    key: string | number,
  ): unknown {
    if (typeof value !== 'object' || Array.isArray(value)) {
      return this.mismatch(
        completion,
        above,
        key,
        (path) => `Can't resolve value (${path}) : type mismatch error, expected type OBJECT`,
      );
    }
    const selection =
      completion.kind === 'object'
        ? completion.selection
        : completion.selections.get(String((value as { __typename?: unknown }).__typename));
    if (selection === undefined) {
      return this.mismatch(
        completion,
        above,
        key,
        (path) =>
          `Abstract type '${completion.typeText}' must resolve to an Object type at runtime (${path}): the value needs a __typename`,
      );
    }
    const object = this.selection(selection, value, new Place(above, key, completion.nullable));
    return object === NULL_PARENT && completion.nullable ? null : object;
  }

  private isNull(completion: Completion, place: Place, key: string | number): typeof NULL_PARENT {
    const path = pathTo(place, key);
    let parent = place;
    while (parent.typeName === undefined && parent.above !== undefined) parent = parent.above;
    const message = `Cannot return null for non-nullable type: '${completion.typeText}' within parent '${parent.typeName ?? ''}' (${pathText(path)})`;
    this.errors.push({ path, locations: null, message });
    return NULL_PARENT;
  }

  private mismatch(
    completion: Completion,
    place: Place | undefined,
    key: string | number,
    message: (path: string) => string,
  ): null | typeof NULL_PARENT {
    const path = pathTo(place, key);
    this.errors.push({ path, locations: null, message: message(pathText(path)) });
    return completion.nullable ? null : NULL_PARENT;
  }
}

function errorBlock(error: FieldError, { locations, completion }: FieldPlan, path: Path): ErrorBlock {
  const data = error.data === null ? null : selectFields(completion, error.data);
  return { path, data, errorType: error.code, errorInfo: error.errorInfo, locations, message: error.message } as ErrorBlock;
}

/** An error's data as the query selected the field. */
function selectFields(completion: Completion, data: unknown): unknown {
  if (data === null || data === undefined) return null;
  if (completion.kind === 'leaf') return data;
  if (completion.kind === 'list') return Array.isArray(data) ? data.map((item) => selectFields(completion.item, item)) : null;
  if (typeof data !== 'object') return null;
  const own = data as Record<string, unknown>;
  const selection = completion.kind === 'object' ? completion.selection : completion.selections.get(String(own['__typename']));
  if (selection === undefined) return null;
  return Object.fromEntries(
    selection.fields.map((field) => [field.responseKey, selectFields(field.completion, own[field.fieldName])]),
  );
}
