import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { EarlyReturn, FieldError, ResolverRuntime, type Handlers, type RunningField } from '@tillgraph/local-aws/testing/appsync';

/** Where the bundles are. */
export const BUNDLES = join(import.meta.dirname, '..', '..', '..', 'build', 'resolvers');

/** One handler of a bundle, what it was given, and what the local APPSYNC_JS made of it. */
export interface Recorded {
  readonly bundle: string;
  readonly handler: 'request' | 'response';
  readonly context: Readonly<Record<string, unknown>>;
  readonly outcome: Outcome;
}

/** What became of a handler, in terms that every runtime can say. */
export interface Outcome {
  readonly value?: unknown;
  readonly error?: string;
  /** What it complained about while it went on. */
  readonly appended: readonly string[];
}

/** Larger ones are about sizes, which are not looked at here. @unit characters */
const MAX_LENGTH = 100_000;

// Loaded as a setup file of vitest: whatever the tests of the resolvers evaluate is written down, a line each.
const file = process.env['RECORDED_EVALUATIONS'];
if (file !== undefined) record(file);

function record(file: string): void {
  const prototype = ResolverRuntime.prototype;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called on the instance below
  const { run } = prototype;
  prototype.run = function (this: ResolverRuntime, handlers: Handlers, handler, context: object, field: RunningField) {
    if (!existsSync(join(BUNDLES, `${handlers.label}.js`))) return run.call(this, handlers, handler, context, field);
    const given = JSON.stringify(context);
    const appended: string[] = [];
    // Behind it the field as it is: some of it is asked of its class.
    const listening = Object.assign(Object.create(field) as RunningField, {
      appendError(error: FieldError) {
        appended.push(error.message);
        field.appendError(error);
      },
    });
    const write = (rest: Omit<Outcome, 'appended'>) => {
      const outcome = JSON.stringify({ ...rest, appended });
      const side = handler === handlers.request ? 'request' : 'response';
      const line = `{"bundle":"${handlers.label}","handler":"${side}","context":${given},"outcome":${outcome}}`;
      if (line.length < MAX_LENGTH) appendFileSync(file, `${line}\n`);
    };
    try {
      const value = run.call(this, handlers, handler, context, listening);
      write({ value: value ?? null });
      return value;
    } catch (error) {
      if (error instanceof EarlyReturn) write({ value: error.value ?? null });
      else if (error instanceof FieldError) write({ error: error.message });
      throw error;
    }
  };
}
