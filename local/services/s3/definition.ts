export interface BucketDefinition {
  readonly name: string;
  /** Whether what happens to its objects goes to EventBridge. */
  readonly sendsEvents: boolean;
  /** Whose requests are counted, each under the id of its filter. */
  readonly requestMetrics: readonly { readonly id: string; readonly prefix: string }[];
  /** What clients may ask of it: properties by their names, as declared, and the `PolicyDocument` of its policy. */
  readonly configuration: Readonly<Record<string, unknown>>;
}
