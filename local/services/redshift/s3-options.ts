import type { Draft } from './draft.ts';
import { StatementError, notSupported } from './errors.ts';
import { stringValue } from './sql-lexer.ts';

/** A place in S3. */
export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

/** The text of a string at the place. @throws StatementError when something else is there */
export function textAt(draft: Draft, place: number, what: string): string {
  const token = draft.at(place);
  if (token?.kind !== 'string')
    throw new StatementError('42601', `syntax error at or near "${token?.text ?? 'end of input'}": ${what} is a text in quotes`);
  return stringValue(token.text);
}

/** `s3://bucket/key`. */
export function s3Location(url: string): S3Location {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.*)$/s.exec(url) ?? [];
  if (bucket === undefined || key === undefined)
    throw notSupported(`the location "${url}"`, "write 's3://bucket/prefix'; EMR, SSH and DynamoDB are not read locally");
  return { bucket, key };
}

/** Reads the options behind COPY's FROM and UNLOAD's TO, which may stand in any order. */
export class Options {
  /** Whether something says who reads or writes; AWS refuses to do it without. */
  hasCredentials = false;

  constructor(
    private readonly draft: Draft,
    private place: number,
  ) {}

  get isAtEnd(): boolean {
    return this.place >= this.draft.length || this.draft.word(this.place) === ';';
  }

  /** What stands here, for an error. */
  get found(): string {
    return this.draft.at(this.place)?.text ?? 'end of input';
  }

  /** Go past the words if they stand here. */
  accept(...words: readonly string[]): boolean {
    if (!this.draft.is(this.place, ...words)) return false;
    this.place += words.length;
    return true;
  }

  /** A text, behind an optional AS. */
  text(what: string): string {
    this.accept('AS');
    const text = textAt(this.draft, this.place, what);
    this.place += 1;
    return text;
  }

  /** One character, which may be written as an escape. */
  character(what: string): string {
    const text = this.text(what);
    if (text.length !== 1 || text.charCodeAt(0) > 127)
      throw new StatementError('22023', `${what} must be one ASCII character: got "${text}"`);
    return text;
  }

  /** A whole number, behind an optional AS, in quotes or not. */
  number(what: string): number {
    this.accept('AS');
    const token = this.draft.at(this.place);
    const value = Number(token?.kind === 'string' ? stringValue(token.text) : token?.text);
    if (!Number.isSafeInteger(value) || value < 0)
      throw new StatementError('22023', `${what} must be a whole number: got "${this.found}"`);
    this.place += 1;
    return value;
  }

  /** A switch that may say ON or OFF, TRUE or FALSE; ON when it says nothing. */
  flag(): boolean {
    if (this.accept('OFF|FALSE')) return false;
    this.accept('ON|TRUE');
    return true;
  }

  isText(): boolean {
    return this.draft.at(this.place)?.kind === 'string';
  }

  /** What says who, where and how encrypted: it makes no difference here. @returns whether something was read */
  acceptAccess(): boolean {
    if (this.accept('IAM_ROLE')) {
      this.hasCredentials = true;
      if (!this.accept('DEFAULT')) this.text('IAM_ROLE');
    } else if (this.accept('CREDENTIALS') || this.accept('WITH', 'CREDENTIALS')) {
      this.hasCredentials = true;
      this.text('CREDENTIALS');
    } else if (this.accept('ACCESS_KEY_ID')) {
      this.hasCredentials = true;
      this.text('ACCESS_KEY_ID');
    } else if (this.accept('SECRET_ACCESS_KEY|SESSION_TOKEN|REGION|KMS_KEY_ID')) this.text('it');
    else return this.accept('ENCRYPTED') || this.accept('AUTO');
    return true;
  }

  /** @throws StatementError when nothing said who */
  requireCredentials(statement: string): void {
    if (!this.hasCredentials)
      throw new StatementError('42601', `${statement} needs a role: write IAM_ROLE default, or IAM_ROLE 'arn:aws:iam::…'`);
  }
}
