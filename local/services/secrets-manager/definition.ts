export interface SecretDefinition {
  readonly name: string;
  /** With the six characters that Secrets Manager puts behind the name. */
  readonly arn: string;
  readonly description?: string;
  /** Value of the version AWSCURRENT. */
  readonly value: GeneratedSecret | { readonly kind: 'text'; readonly text: string };
}

/** A password that is made up once, alone or as one more key of a JSON object. */
export interface GeneratedSecret {
  readonly kind: 'generated';
  /** The JSON object and the key that gets the password; absent: the secret is the password. */
  readonly within?: { readonly template: Readonly<Record<string, unknown>>; readonly key: string };
  /** 1 to 4,096 characters. */
  readonly length: number;
  readonly excludeCharacters: string;
  readonly excludeLowercase: boolean;
  readonly excludeUppercase: boolean;
  readonly excludeNumbers: boolean;
  readonly excludePunctuation: boolean;
  readonly includeSpace: boolean;
  /** At least one of each kind of character that is not excluded. */
  readonly requireEachIncludedType: boolean;
}
