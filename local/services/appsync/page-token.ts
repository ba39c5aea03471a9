import { createCipheriv, createDecipheriv, createHash, createHmac } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A token that this API did not make, or made for another list. */
export class PageTokenError extends Error {
  override readonly name = 'PageTokenError';
  readonly code = 'PAGE_TOKEN';
}

/**
 * Seals where a list goes on into an opaque text, bound to the list.
 *
 * @remarks On AWS such a token is encrypted; here too, so that no client reads or builds one. The same place gives the same token.
 */
export class PageTokens {
  private readonly key: Buffer;

  constructor(apiId: string, secret: string) {
    this.key = createHmac('sha256', secret).update(`page tokens of ${apiId}`).digest();
  }

  /** @param list - what tells this list from every other */
  seal(list: string, place: unknown): string {
    const text = Buffer.from(JSON.stringify(place));
    const scope = this.scope(list);
    // The nonce comes from what is sealed: two different places never share one, and equal ones may.
    const nonce = createHmac('sha256', this.key).update(scope).update(text).digest().subarray(0, NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce).setAAD(scope);
    return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]).toString('base64');
  }

  /** @throws PageTokenError */
  open(list: string, token: string): unknown {
    const bytes = Buffer.from(token, 'base64');
    try {
      const nonce = bytes.subarray(0, NONCE_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', this.key, nonce, { authTagLength: TAG_BYTES }).setAAD(this.scope(list));
      decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
      const text = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES)), decipher.final()]);
      return JSON.parse(text.toString('utf8'));
    } catch (cause) {
      throw new PageTokenError('Invalid pagination token given: it is broken, or of another table, index or key condition.', {
        cause,
      });
    }
  }

  private scope(list: string): Buffer {
    return createHash('sha256').update(list).digest();
  }
}
