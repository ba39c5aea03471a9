/** A resource that a function of the stack makes. */
export interface CustomResourceDefinition {
  readonly logicalId: string;
  /** `AWS::CloudFormation::CustomResource` or `Custom::<name>`. */
  readonly type: string;
  readonly functionName: string;
  readonly serviceToken: string;
  /** As the function gets them: every number and truth value is a text, as CloudFormation makes it. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** How long the function may take to answer. @unit seconds */
  readonly timeoutSeconds: number;
}
