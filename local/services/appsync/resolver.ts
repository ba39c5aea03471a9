import type { DataSource, Outcome } from './data-source.ts';
import type { Deadline } from './deadline.ts';
import type { AuthenticationMode } from './definition.ts';
import { EarlyReturn } from './errors.ts';
import type { Variables } from './input-coercion.ts';
import type { FieldPlan } from './operation-plan.ts';
import type { Realm } from './realm.ts';
import type { TracedField } from './request-log.ts';
import type { Handlers, ResolverRuntime } from './resolver-runtime.ts';
import type { RunningField } from './util.ts';
import { copy, settle, settledCopy } from './values.ts';

/** What all fields of one request share. */
export interface Caller {
  readonly mode: AuthenticationMode;
  /** Null for an API key. */
  readonly identity: object | null;
  /** `ctx.request`. */
  readonly request: RequestFacts;
  /** `ctx.env`. */
  readonly environment: object;
  /** As the client sent them. */
  readonly givenVariables: Variables;
  readonly responseHeaders: Record<string, string>;
  /** When the request's time is over. */
  readonly deadline: Deadline;
  /** Receives every field that a resolver answered, when the log wants them. */
  readonly traceField?: (field: TracedField) => void;
}

/** One field to resolve, for one parent value. */
export interface FieldCall extends RunningField {
  readonly caller: Caller;
  readonly plan: FieldPlan;
  readonly source: unknown;
  readonly args: Record<string, unknown>;
  /** `ctx.info`. */
  info: Info | undefined;
}

export interface FieldResolver {
  /** @returns the field's value, or a promise of it @throws FieldError */
  resolve(call: FieldCall): unknown;
}

/** `ctx.info`; what costs time is made when it is asked for. */
export class Info {
  readonly fieldName: string;
  readonly parentTypeName: string;
  readonly #plan: FieldPlan;
  readonly #realm: Realm;
  readonly #variables: Variables;

  constructor(plan: FieldPlan, realm: Realm, variables: Variables) {
    this.fieldName = plan.fieldName;
    this.parentTypeName = plan.parentTypeName;
    this.#plan = plan;
    this.#realm = realm;
    this.#variables = variables;
  }

  get variables(): unknown {
    return copy(this.#realm, this.#variables);
  }

  get selectionSetList(): unknown {
    return copy(this.#realm, this.#plan.selectionSetList());
  }

  get selectionSetGraphQL(): string {
    return this.#plan.selectionSetGraphQL;
  }

  /** AWS leaves the selection set out when `ctx.info` is written as a whole. */
  toJSON(): object {
    return { fieldName: this.fieldName, parentTypeName: this.parentTypeName, variables: this.variables };
  }
}

/** `ctx.request`. */
export class RequestFacts {
  readonly domainName = null;
  readonly #headers: Readonly<Record<string, unknown>>;
  readonly #realm: Realm;

  constructor(realm: Realm, headers: Readonly<Record<string, unknown>>) {
    this.#realm = realm;
    this.#headers = headers;
  }

  get headers(): unknown {
    return copy(this.#realm, this.#headers);
  }

  toJSON(): object {
    return { headers: this.headers, domainName: null };
  }
}

/** `ctx`, one for each handler. */
class HandlerContext {
  readonly arguments: Record<string, unknown>;
  readonly args: Record<string, unknown>;
  readonly source: unknown;
  readonly identity: unknown;
  readonly request: RequestFacts;
  readonly env: object;
  readonly stash: unknown;
  readonly prev: unknown;
  readonly result: unknown;
  readonly error: Outcome['error'];
  readonly info: Info;

  constructor(
    realm: Realm,
    {
      call,
      source,
      stash,
      prev,
      outcome,
    }: {
      readonly call: FieldCall;
      readonly source: unknown;
      readonly stash: unknown;
      readonly prev: unknown;
      readonly outcome?: Outcome | undefined;
    },
  ) {
    this.arguments = call.args;
    this.args = call.args;
    this.source = source;
    this.identity = call.caller.identity;
    this.request = call.caller.request;
    this.env = call.caller.environment;
    this.stash = stash;
    this.prev = prev;
    this.result = outcome === undefined ? null : outcome.result;
    this.error = outcome?.error;
    this.info = call.info ??= new Info(call.plan, realm, call.caller.givenVariables);
  }
}

/** What a handler sees of the parent's value: a copy of its own when it might write into it. */
function sourceFor(realm: Realm, { writes }: Handlers, call: FieldCall): unknown {
  return writes && typeof call.source === 'object' ? copy(realm, call.source) : call.source;
}

/**
 * Asks a data source, for as long as the request may take. A source that is too slow is an error of its own, which the response
 * handler sees in `ctx.error` and may pass on; after that nothing is asked any more.
 */
function invoke(source: DataSource, request: unknown, { caller }: FieldCall): Outcome | Promise<Outcome> {
  const { deadline } = caller;
  const late = (): Outcome => ({
    result: null,
    error: { message: 'Execution timed out.', type: `${source.errorPrefix ?? 'DataSource'}:ExecutionTimeoutException` },
  });
  if (deadline.isOver) return late();
  const outcome = source.invoke(request, caller);
  return outcome instanceof Promise ? deadline.race(outcome, late) : outcome;
}

/** One data source between two handlers. */
export class UnitResolver implements FieldResolver {
  private readonly realm: Realm;

  constructor(
    private readonly runtime: ResolverRuntime,
    private readonly handlers: Handlers,
    private readonly dataSource: DataSource,
  ) {
    this.realm = runtime.realm;
  }

  resolve(call: FieldCall): unknown {
    const { handlers, runtime } = this;
    const source = sourceFor(this.realm, handlers, call);
    const stash = this.realm.object();
    let request: unknown;
    try {
      request = runtime.run(
        handlers,
        handlers.request,
        new HandlerContext(this.realm, { call, source, stash, prev: null }),
        call,
      );
    } catch (error) {
      if (error instanceof EarlyReturn) return settle(this.realm, error.value, handlers.label);
      throw error;
    }
    const outcome = invoke(this.dataSource, settle(this.realm, request, handlers.label), call);
    return outcome instanceof Promise
      ? outcome.then((settled) => this.respond(call, source, stash, settled))
      : this.respond(call, source, stash, outcome);
  }

  private respond(call: FieldCall, source: unknown, stash: unknown, outcome: Outcome): unknown {
    const { handlers, runtime } = this;
    const context = new HandlerContext(this.realm, { call, source, stash, prev: null, outcome });
    return settle(this.realm, valueOf(() => runtime.run(handlers, handlers.response, context, call)).value, handlers.label);
  }
}

/** One function of a pipeline. */
export interface PipelineStep {
  readonly handlers: Handlers;
  readonly dataSource: DataSource;
}

/** A before handler, functions in order, an after handler. */
export class PipelineResolver implements FieldResolver {
  private readonly realm: Realm;

  constructor(
    private readonly runtime: ResolverRuntime,
    private readonly handlers: Handlers,
    private readonly steps: readonly PipelineStep[],
  ) {
    this.realm = runtime.realm;
  }

  async resolve(call: FieldCall): Promise<unknown> {
    const { handlers } = this;
    const run: PipelineRun = { call, stash: this.realm.object(), result: null };
    const before = this.handle(run, handlers, 'request', undefined);
    run.result = before.value;
    if (!before.early) {
      for (const step of this.steps) {
        const { value, skipToEnd } = await this.step(run, step);
        run.result = value;
        if (skipToEnd) break;
      }
    }
    const after = this.handle(run, handlers, 'response', { result: run.result });
    return after.value;
  }

  private async step(run: PipelineRun, { handlers, dataSource }: PipelineStep): Promise<Handled> {
    const request = this.handle(run, handlers, 'request', undefined);
    if (request.early) return request;
    const outcome = await invoke(dataSource, request.value, run.call);
    return this.handle(run, handlers, 'response', outcome);
  }

  /** Runs one handler; what it returns and what it leaves in the stash are copies, as if it had run elsewhere. */
  private handle(run: PipelineRun, handlers: Handlers, which: 'request' | 'response', outcome: Outcome | undefined): Handled {
    const realm = this.realm;
    const prev = realm.object();
    prev['result'] = run.result;
    const source = sourceFor(realm, handlers, run.call);
    const context = new HandlerContext(realm, { call: run.call, source, stash: run.stash, prev, outcome });
    const { value, early, skipToEnd } = valueOf(() => this.runtime.run(handlers, handlers[which], context, run.call));
    const settled = settledCopy(realm, value, handlers.label);
    run.stash = copy(realm, run.stash);
    return { value: settled, early, skipToEnd };
  }
}

interface PipelineRun {
  readonly call: FieldCall;
  stash: unknown;
  /** What the step before returned. */
  result: unknown;
}

interface Handled {
  readonly value: unknown;
  /** Whether the handler returned early, so that what belongs to it is skipped. */
  readonly early: boolean;
  /** Whether the rest of the pipeline is skipped too. */
  readonly skipToEnd: boolean;
}

/** What a handler returned, early or at its end. @throws FieldError */
function valueOf(handler: () => unknown): Handled {
  try {
    return { value: handler(), early: false, skipToEnd: false };
  } catch (error) {
    if (error instanceof EarlyReturn) return { value: error.value, early: true, skipToEnd: error.skipTo === 'END' };
    throw error;
  }
}
