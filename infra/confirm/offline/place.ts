import type { Aws } from '../aws.ts';

/** A template as CloudFormation reads it, as far as it is looked at. */
export interface Template {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> }>
  >;
}

/** What can be asked without making anything. */
export interface OfflinePlace {
  readonly aws: Aws;
  readonly region: string;
  /** Of stage `prod`, the one with all there is. */
  readonly template: Template;
  /** The code of a resolver or step as it is deployed. @param name - such as `Query.customer` */
  bundle(this: void, name: string): string;
  /** Says how far a check with many parts is. */
  progress(this: void, done: number, all: number): void;
}
