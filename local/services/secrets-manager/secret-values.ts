import { createHash, randomUUID } from 'node:crypto';
import type { DataDirectory } from '../../data-directory.ts';
import type { SecretDefinition } from './definition.ts';
import { newPassword } from './password.ts';

/** What is in a secret now. */
export interface SecretValue {
  readonly text: string;
  readonly versionId: string;
  /** @unit ms since 1970 */
  readonly createdAt: number;
}

/** What a secret holds cannot be used as a login. */
export class LoginSecretError extends Error {
  override readonly name = 'LoginSecretError';
  readonly code = 'LOGIN_SECRET';

  constructor(
    readonly secret: string,
    reason: string,
  ) {
    super(`secret ${secret}: ${reason}`);
  }
}

const FILE = 'secrets.json';

type Kept = SecretValue & {
  /** Tells whether the value was made as it is declared now. */
  readonly declaration: string;
};

/**
 * The values of a stack's secrets: made up once, kept in the data directory for the owner's eyes only.
 *
 * @remarks As with CloudFormation, a secret that is declared otherwise than before gets a new value.
 */
export class SecretValues {
  private definitions: readonly SecretDefinition[] = [];
  private kept: Readonly<Record<string, Kept>>;

  constructor(private readonly directory: DataDirectory) {
    this.kept = (directory.kept(FILE) ?? {}) as Record<string, Kept>;
  }

  /** Say which secrets there are, and no others, and make the values that are missing. @throws PasswordError */
  declare(definitions: readonly SecretDefinition[]): void {
    this.definitions = definitions;
    const made = definitions.flatMap((definition): [string, Kept][] => {
      const declaration = createHash('sha256').update(JSON.stringify(definition.value)).digest('hex');
      if (this.kept[definition.arn]?.declaration === declaration) return [];
      const text = textOf(definition);
      return [[definition.arn, { text, versionId: randomUUID(), createdAt: Date.now(), declaration }]];
    });
    if (made.length === 0) return;
    this.kept = { ...this.kept, ...Object.fromEntries(made) };
    this.directory.keep(FILE, this.kept);
  }

  get all(): readonly SecretDefinition[] {
    return this.definitions;
  }

  /** @param id - name, ARN, or ARN without the six characters at its end; undefined when there is no such secret */
  find(id: string): (SecretDefinition & { readonly current: SecretValue }) | undefined {
    const found = this.all.find(({ name, arn }) => id === arn || id === name || id === arn.slice(0, -'-123456'.length));
    const current = found && this.kept[found.arn];
    return current && { ...found, current };
  }

  /** A secret that is a login to a database. @throws LoginSecretError when it is none */
  login(id: string): { readonly username: string; readonly password: string } {
    const found = this.find(id);
    if (found === undefined)
      throw new LoginSecretError(id, `the stack has no such secret: it has ${this.all.map(({ name }) => name).join(', ')}`);
    const { username, password } = fieldsOf(found.current.text);
    if (typeof username !== 'string' || typeof password !== 'string')
      throw new LoginSecretError(id, 'write a JSON object with the texts username and password into it');
    return { username, password };
  }
}

function textOf({ value }: SecretDefinition): string {
  if (value.kind === 'text') return value.text;
  const password = newPassword(value);
  return value.within === undefined ? password : JSON.stringify({ ...value.within.template, [value.within.key]: password });
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    return (JSON.parse(text) ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
}
