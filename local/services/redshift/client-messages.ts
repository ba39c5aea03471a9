/** A message of PostgreSQL's protocol: its kind, and what is in it. @source PostgreSQL manual, "Message Formats" */
export interface Message {
  readonly kind: string;
  readonly body: Buffer;
}

/** A message as bytes. */
export function frame(kind: string, ...parts: readonly (string | Buffer)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? text(part) : part)));
  const head = Buffer.alloc(5);
  head.write(kind, 0, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** A text, with the zero that ends it. */
const text = (value: string): Buffer => Buffer.from(`${value}\0`);

export const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

export const int16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};

/** The text that begins at a byte, and where what follows begins. */
export function textFrom(body: Buffer, start: number): { readonly value: string; readonly end: number } {
  const end = body.indexOf(0, start);
  return end < 0
    ? { value: body.toString('utf8', start), end: body.length }
    : { value: body.toString('utf8', start, end), end: end + 1 };
}

/** ErrorResponse. */
export const errorMessage = (code: string, message: string, severity = 'ERROR'): Buffer =>
  frame('E', `S${severity}`, `V${severity}`, `C${code}`, `M${message.replace(/^ERROR: /, '')}`, Buffer.from([0]));

/** A message may be as long as what is typed; more is no message of this protocol. @unit bytes */
const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;

/** Cuts what comes in pieces of any size into messages. */
export class MessageReader {
  private pending: Buffer = Buffer.alloc(0);

  /** @returns the messages that are whole now @throws RangeError when it is no message */
  read(chunk: Buffer): Message[] {
    this.pending = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
    const messages: Message[] = [];
    let at = 0;
    while (this.pending.length - at >= 5) {
      const length = this.pending.readInt32BE(at + 1);
      if (length < 4 || length > MAX_MESSAGE_BYTES) throw new RangeError(`a message cannot have ${String(length)} bytes`);
      if (this.pending.length - at < length + 1) break;
      messages.push({
        kind: String.fromCharCode(this.pending[at] ?? 0),
        body: this.pending.subarray(at + 5, at + 1 + length),
      });
      at += length + 1;
    }
    this.pending = this.pending.subarray(at);
    return messages;
  }
}
