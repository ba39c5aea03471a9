/** A rule of EventBridge on the default bus. */
export interface EventRuleDefinition {
  readonly name: string;
  readonly arn: string;
  /** The event pattern, as JSON. */
  readonly pattern: Readonly<Record<string, unknown>>;
  readonly enabled: boolean;
  readonly targets: readonly {
    readonly functionName: string;
    /** A JSON text that the function gets in the event's place. */
    readonly input?: string;
  }[];
}
