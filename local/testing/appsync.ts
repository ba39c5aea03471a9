/** The resolver runtime and the schema reader, for tests that run a resolver without a server. */
export { EarlyReturn, FieldError } from '../services/appsync/errors.ts';
export { CodeEvaluator } from '../services/appsync/evaluate-code.ts';
export { ResolverRuntime } from '../services/appsync/resolver-runtime.ts';
export type { Handlers } from '../services/appsync/resolver-runtime.ts';
export { loadSchema, MODE_BITS } from '../services/appsync/schema.ts';
export type { RunningField } from '../services/appsync/util.ts';
export { copy } from '../services/appsync/values.ts';
