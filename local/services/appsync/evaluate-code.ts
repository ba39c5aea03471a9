import { EarlyReturn, FieldError } from './errors.ts';
import { type Handlers, ResolverRuntime } from './resolver-runtime.ts';
import { copy } from './values.ts';

/** What AppSync's EvaluateCode is given. */
export interface CodeToEvaluate {
  readonly code: string;
  /** Which of its handlers. */
  readonly function: 'request' | 'response';
  /** JSON of `ctx`. */
  readonly context: string;
}

/** What it answers; results are JSON, as texts. */
export interface CodeEvaluation {
  readonly evaluationResult?: string;
  /** What ended the handler. */
  readonly error?: { readonly message: string };
  /** What it left in `ctx.stash`. */
  readonly stash: string;
  /** What it complained about while it went on. */
  readonly outErrors: string;
  readonly logs: readonly string[];
}

/**
 * Evaluates handlers on their own, without an API. Code that comes again is loaded once.
 *
 * @source AppSync API reference, EvaluateCode
 */
export class CodeEvaluator {
  private readonly runtime = new ResolverRuntime((line) => this.logs.push(line));
  private readonly loaded = new Map<string, Handlers>();
  private logs: string[] = [];

  /** @throws CodeRefusedError, DefinitionError */
  evaluate({ code, function: name, context: text }: CodeToEvaluate): CodeEvaluation {
    const { realm } = this.runtime;
    const logs = (this.logs = []);
    const handlers = this.loaded.get(code) ?? this.runtime.load({ label: 'code', text: code });
    this.loaded.set(code, handlers);
    const given = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const args = given['arguments'] ?? {};
    const blank = {
      args,
      arguments: args,
      source: null,
      stash: {},
      result: null,
      prev: { result: null },
      identity: null,
      env: {},
    };
    const context = copy(realm, { ...blank, ...given }) as { readonly stash: unknown };
    const complaints: unknown[] = [];
    const field = {
      ...{ fieldName: 'field', parentTypeName: 'Query', mode: 'AWS_IAM' as const, responseHeaders: {} },
      appendError: ({ message, code: errorType, data, errorInfo }: FieldError) =>
        complaints.push({ message, errorType, data, errorInfo }),
    };
    const end = (rest: Partial<CodeEvaluation>): CodeEvaluation => ({
      ...rest,
      stash: JSON.stringify(context.stash),
      outErrors: JSON.stringify(complaints),
      logs,
    });
    const returned = (value: unknown) => end({ evaluationResult: JSON.stringify(value ?? null) });
    try {
      return returned(this.runtime.run(handlers, handlers[name], context, field));
    } catch (thrown) {
      if (thrown instanceof EarlyReturn) return returned(thrown.value);
      if (thrown instanceof FieldError) return end({ error: { message: thrown.message } });
      throw thrown;
    }
  }
}
