import type { Code } from './definition.ts';
import { dynamodbModule } from './dynamodb-module.ts';
import { codeError, DefinitionError, EarlyReturn, FieldError } from './errors.ts';
import { DateFormatError } from './java-date-format.ts';
import { PatternError } from './java-pattern.ts';
import { createRealm, MAX_TURNS, type Realm } from './realm.ts';
import { ASSIGN, TOO_LONG } from './code-edits.ts';
import { MODULES, prepareCode } from './resolver-code.ts';
import { dynamodbUtil } from './util-dynamodb.ts';
import { appsyncUtils, type RunningField } from './util.ts';

/**
 * What becomes of a loop that is not over after `MAX_TURNS` turns: `cut` ends it there without an error, as AWS does, and says so
 * in the log; `refused` makes it an error.
 *
 * @remarks Nothing on AWS tells that elements were left out, so our own code must never come that far: its tests refuse.
 */
export type LongLoops = 'cut' | 'refused';

export type Handler = (context: object) => unknown;

/** A loaded module. */
export interface Handlers {
  readonly label: string;
  readonly request: Handler;
  readonly response: Handler;
  /** Whether the code may write into what it is given. */
  readonly writes: boolean;
}

/** Loads APPSYNC_JS modules into one world and runs their handlers. */
export class ResolverRuntime {
  readonly realm: Realm;
  private readonly modules: Readonly<Record<string, object>>;
  private readonly exported: Readonly<Record<string, ReadonlySet<string>>>;
  private readonly scope: readonly unknown[];
  private running: RunningField | undefined;
  private label = '';
  /** Whether the running handler was logged already. */
  private wasCut = false;

  /** @param log - receives what the code prints with `console`, and which loops were cut */
  constructor(
    private readonly log: (line: string) => void,
    private readonly longLoops: LongLoops = 'cut',
  ) {
    const tooLong = (): void => {
      this.cut();
    };
    this.realm = createRealm(log, tooLong);
    const dynamodb = dynamodbUtil(this.realm);
    const utils = appsyncUtils(this.realm, dynamodb, () => {
      if (this.running === undefined) throw codeError('util needs a running handler: it cannot be used while the code is loaded');
      return this.running;
    });
    this.modules = { '@aws-appsync/utils': utils, '@aws-appsync/utils/dynamodb': dynamodbModule(this.realm, dynamodb) };
    this.exported = Object.fromEntries(
      Object.entries(this.modules).map(([name, module]) => [name, new Set(Object.keys(module))]),
    );
    const assign = this.realm.evaluate('Object.assign', 'appsync-realm');
    this.scope = [this.modules, utils.util, utils.extensions, utils.runtime, tooLong, assign];
  }

  /** @throws CodeRefusedError, DefinitionError */
  load(code: Code): Handlers {
    const { body, writes } = prepareCode(code, this.exported);
    const opening = `(function (${MODULES}, util, extensions, runtime, ${TOO_LONG}, ${ASSIGN}) { 'use strict'; `;
    let module: { request?: unknown; response?: unknown };
    try {
      const factory = this.realm.evaluate(`${opening}${body}\n})`, code.label) as (...scope: unknown[]) => typeof module;
      module = factory(...this.scope);
    } catch (cause) {
      throw new DefinitionError(`${code.label} cannot be loaded: ${String(cause)}`, { cause });
    }
    const { request, response } = module;
    if (typeof request !== 'function' || typeof response !== 'function') {
      throw new DefinitionError(`${code.label}: request and response must be functions`);
    }
    return { label: code.label, request: request as Handler, response: response as Handler, writes };
  }

  /** Runs one handler. @throws FieldError, EarlyReturn */
  run(handlers: Handlers, handler: Handler, context: object, field: RunningField): unknown {
    this.running = field;
    this.label = handlers.label;
    this.wasCut = false;
    try {
      return handler(context);
    } catch (error) {
      if (error instanceof FieldError || error instanceof EarlyReturn) throw error;
      throw failure(handlers.label, error);
    } finally {
      this.running = undefined;
    }
  }

  private cut(): void {
    const place = `${this.label}: a loop has more than ${String(MAX_TURNS)} turns`;
    if (this.longLoops === 'refused') throw codeError(`${place}: AWS ends it there without an error, and the rest is lost`);
    if (this.wasCut) return;
    this.wasCut = true;
    this.log(`${place}: it ended there without an error, as on AWS, and the rest is lost`);
  }
}

/** What the code threw, with its place, as AppSync words it: `Query.customer:12:5: TypeError: …`. */
function failure(label: string, error: unknown): FieldError {
  const { name, message, stack } = error as Error;
  if (error instanceof PatternError || error instanceof DateFormatError) return codeError(`${label}: ${message}`, error);
  const start = stack?.indexOf(`${label}:`) ?? -1;
  const [, line, column] = /^:(\d+):(\d+)/.exec(start === -1 ? '' : (stack ?? '').slice(start + label.length)) ?? [];
  return codeError(`${label}${line === undefined ? '' : `:${line}:${column ?? '1'}`}: ${name}: ${message}`, error);
}
