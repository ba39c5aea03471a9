import type { Properties } from '../../template/properties.ts';
import type { GeneratedSecret, SecretDefinition } from './definition.ts';

/** What Secrets Manager makes when nothing else is said. @source Secrets Manager, GetRandomPassword */
const PASSWORD: GeneratedSecret = {
  kind: 'generated',
  length: 32,
  excludeCharacters: '',
  excludeLowercase: false,
  excludeUppercase: false,
  excludeNumbers: false,
  excludePunctuation: false,
  includeSpace: false,
  requireEachIncludedType: true,
};

/** `AWS::SecretsManager::Secret`. */
export function readSecret(properties: Properties, arn: string): SecretDefinition {
  properties.ignore({
    Name: 'read already',
    KmsKeyId: 'the data directory is as safe as the disk it is on',
    Tags: 'labels for the bill',
  });
  const description = properties.optionalString('Description');
  return {
    name: nameOf(arn),
    arn,
    ...(description !== undefined && { description }),
    value: readValue(properties),
  };
}

/** The secret that Redshift keeps for an administrator whose password it manages. */
export function managedSecret(arn: string, username: string): SecretDefinition {
  // No character that a connection string would have to escape.
  const value = { ...PASSWORD, within: { template: { username }, key: 'password' }, length: 40, excludePunctuation: true };
  return { name: nameOf(arn), arn, value };
}

/** Six characters of Secrets Manager's own stand behind the name. */
function nameOf(arn: string): string {
  return arn.replace(/^.*:secret:/, '').replace(/-[^-]{6}$/, '');
}

function readValue(properties: Properties): SecretDefinition['value'] {
  const text = properties.optionalString('SecretString');
  const generate = properties.optionalObject('GenerateSecretString');
  if (text !== undefined && generate !== undefined)
    return properties.refuse('SecretString', 'GenerateSecretString is there too: write one');
  if (text !== undefined) return { kind: 'text', text };
  if (generate === undefined)
    return properties.refuse('GenerateSecretString', 'a secret without a value cannot be read: write {}');
  const within = readWithin(generate);
  return {
    ...PASSWORD,
    ...(within && { within }),
    length: generate.wholeNumber('PasswordLength', 1, 4_096, PASSWORD.length),
    excludeCharacters: generate.optionalString('ExcludeCharacters') ?? '',
    excludeLowercase: generate.optionalBoolean('ExcludeLowercase') ?? false,
    excludeUppercase: generate.optionalBoolean('ExcludeUppercase') ?? false,
    excludeNumbers: generate.optionalBoolean('ExcludeNumbers') ?? false,
    excludePunctuation: generate.optionalBoolean('ExcludePunctuation') ?? false,
    includeSpace: generate.optionalBoolean('IncludeSpace') ?? false,
    requireEachIncludedType: generate.optionalBoolean('RequireEachIncludedType') ?? true,
  };
}

function readWithin(generate: Properties): GeneratedSecret['within'] {
  const [text, key] = [generate.optionalString('SecretStringTemplate'), generate.optionalString('GenerateStringKey')];
  if (text === undefined && key === undefined) return undefined;
  if (text === undefined) return generate.refuse('SecretStringTemplate', 'it is required beside GenerateStringKey');
  if (key === undefined) return generate.refuse('GenerateStringKey', 'it is required beside SecretStringTemplate');
  return { template: jsonObject(text) ?? generate.refuse('SecretStringTemplate', `${text} is not a JSON object`), key };
}

function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
