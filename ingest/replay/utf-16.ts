import { Buffer } from 'node:buffer';
import { TextDecoder } from 'node:util';

const UTF8_MARK = Buffer.from('\ufeff', 'utf8');

/** Why a text in UTF-16 is none. */
const DAMAGED_UTF16 = 'the file is UTF-16, and a character of it is damaged or cut off; save it as "CSV UTF-8"';

/** A text begins with the byte-order mark of UTF-16, and goes on as something else. */
export class DamagedUtf16Error extends Error {
  override readonly name = 'DamagedUtf16Error';
  readonly code = 'DAMAGED_UTF16';

  constructor(options?: ErrorOptions) {
    super(DAMAGED_UTF16, options);
  }
}

/** Makes UTF-8 with its mark of a text in UTF-16 with its own, wherever the bytes are cut; any other text stays as it is. */
export class TextBytes {
  private beginning: Buffer | undefined = Buffer.alloc(0);
  private decoder: TextDecoder | undefined;

  /** @throws DamagedUtf16Error */
  push(bytes: Buffer): Buffer {
    if (this.beginning === undefined) return this.decoder === undefined ? bytes : this.decoded(this.decoder, bytes);
    const beginning = Buffer.concat([this.beginning, bytes]);
    if (beginning.length < 2) {
      this.beginning = beginning;
      return Buffer.alloc(0);
    }
    this.beginning = undefined;
    const encoding = encodingOf(beginning);
    if (encoding === undefined) return beginning;
    this.decoder = new TextDecoder(encoding, { fatal: true });
    return Buffer.concat([UTF8_MARK, this.decoded(this.decoder, beginning)]);
  }

  /** What is left when the text ends. @throws DamagedUtf16Error */
  end(): Buffer {
    return this.decoder === undefined ? (this.beginning ?? Buffer.alloc(0)) : this.decoded(this.decoder, undefined);
  }

  private decoded(decoder: TextDecoder, bytes: Buffer | undefined): Buffer {
    try {
      return Buffer.from(decoder.decode(bytes, { stream: bytes !== undefined }), 'utf8');
    } catch (cause) {
      throw new DamagedUtf16Error({ cause });
    }
  }
}

function encodingOf(beginning: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  if (beginning[0] === 0xff && beginning[1] === 0xfe) return 'utf-16le';
  return beginning[0] === 0xfe && beginning[1] === 0xff ? 'utf-16be' : undefined;
}
