import type { Context } from '@aws-appsync/utils';

/** The context of a field of Query or Mutation, or of a pipeline step. */
export type RootContext<Arguments extends object, Stash extends object, Result> = Context<
  Arguments,
  Stash,
  Record<string, unknown> | undefined,
  Record<string, unknown> | undefined,
  Result
>;

/** The context of a field of any other type: `source` is what the parent field's resolver returned. */
export type NestedContext<Arguments extends object, Stash extends object, Source extends object, Result> = Context<
  Arguments,
  Stash,
  Record<string, unknown> | undefined,
  Source,
  Result
> & { readonly source: Source };
